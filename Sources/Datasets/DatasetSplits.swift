// DatasetSplits.swift
// One collection of images in its three parts.

package import Tensors

/// What a model learns from, is watched on and is judged by.
package struct DatasetSplits: Sendable {
  /// What people call the collection.
  package let name: String
  package let training: ImageDataset
  package let evaluation: EvaluationImages
  /// Sixteen hexadecimal digits that change with any pixel, label or shape.
  package let fingerprint: String

  package var validation: ImageDataset { evaluation.validation }
  package var test: ImageDataset { evaluation.test }
  /// The meaning of each label.
  package var classNames: [String] { evaluation.classNames }
  /// What there is to say about the files, a line each.
  package var notes: [String] { evaluation.notes }
  /// Of all images; the three parts agree.
  package var shape: ImageShape { training.shape }

  /// - Parameter learning: training and validation images; the first validate.
  /// - Precondition: `learning` holds two images or more; the shapes agree.
  init(name: String, learning: ImageDataset, test: ImageDataset, classNames: [String], notes: [String] = []) {
    precondition(learning.shape == test.shape && learning.count >= 2)
    let cut = Self.validationCount(of: learning.count)
    self.name = name
    training = learning[cut..<learning.count]
    evaluation = EvaluationImages(validation: learning[0..<cut], test: test, classNames: classNames, notes: notes)
    fingerprint = ContentHash.fingerprint(of: [learning, test])
  }

  /// How many of `count` training images validate: 5,000, or a twelfth where there are fewer than 20,000, but at least 1.
  static func validationCount(of count: Int) -> Int { count < 20_000 ? max(1, count / 12) : 5_000 }
}
