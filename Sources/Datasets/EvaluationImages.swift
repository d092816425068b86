// EvaluationImages.swift
// What a model is watched and judged by: all that who looks at a trained one needs, a sixth of the whole.

package import Tensors

/// The validation and test images of a collection.
package struct EvaluationImages: Sendable {
  package let validation: ImageDataset
  package let test: ImageDataset
  /// The meaning of each label.
  package let classNames: [String]
  /// What there is to say about the files, a line each.
  package let notes: [String]
  /// Sixteen hexadecimal digits that change with any pixel, label or shape of them.
  package let fingerprint: String

  package var shape: ImageShape { validation.shape }

  init(validation: ImageDataset, test: ImageDataset, classNames: [String], notes: [String] = []) {
    (self.validation, self.test, self.classNames, self.notes) = (validation, test, classNames, notes)
    fingerprint = ContentHash.fingerprint(of: [validation, test])
  }
}

extension ContentHash {
  /// The hash of all pixels, labels and extents.
  static func fingerprint(of parts: [ImageDataset]) -> String {
    var hash = ContentHash()
    for part in parts {
      for extent in [part.count, part.shape.height, part.shape.width, part.shape.channels] { hash.add(UInt64(extent)) }
      part.labels.withUnsafeBytes { hash.add($0) }
      part.withPixels { hash.add(UnsafeRawBufferPointer($0)) }
    }
    return hash.hexadecimal
  }
}
