// ShownImages.swift
// The images that a trained model is looked at with.

package import Datasets

/// The images of one part, and those that all pictures of the collection have in common.
package struct ShownImages: Sendable {
  package let split: Split
  package let images: ImageDataset
  package let evaluation: EvaluationImages
  /// Where they are from, if they are not those that the run was trained on.
  package var otherSource: String?

  package init(_ data: DatasetSplits, _ split: Split = .test) {
    (self.split, images, evaluation) = (split, data[split], data.evaluation)
  }

  /// - Returns: nil for training images, which are not among them.
  init?(_ evaluation: EvaluationImages, _ split: Split) {
    switch split {
    case .training: return nil
    case .validation: images = evaluation.validation
    case .test: images = evaluation.test
    }
    (self.split, self.evaluation) = (split, evaluation)
  }
}
