// SweepSpecification+Batch.swift
// The default batch size, where a collection has fewer images.

import Networks
import Training

extension SweepSpecification {
  /// Makes the number of training images the batch size, where they are fewer than the default and no batch size is given.
  /// - Returns: one line about that, if so.
  package mutating func fitBatch(to images: Int) throws(SweepError) -> String? {
    let usual = TrainingConfiguration(architecture: .convolutional(filters: [1], downsampling: .pool)).batchSize
    guard choices[.batchSize] == nil, images >= 1, images < usual else { return nil }
    choices[.batchSize] = [try OptionChoice("\(images)", of: .batchSize)]
    return TrainingConfiguration.fittedBatch(images)
  }
}
