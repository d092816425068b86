// ImageDataset.swift
// Images and their labels in memory, and a collection's training, validation and test parts.

import ByteStreams
import Parallel
package import Tensors

/// Images with their labels: 8-bit, N×H×W×C, channels last.
///
/// A part of a dataset uses the same pixels; only its labels are copied.
package struct ImageDataset: Sendable {
  package let shape: ImageShape
  /// One class number an image; all 0 if the images have no labels.
  package let labels: [UInt16]
  /// The name of each class; empty if classes are only numbers.
  package let classNames: [String]
  /// Whether the collection says to which class an image belongs.
  package let hasLabels: Bool
  /// One name an image, for example the path of its file below the collection's directory; nil if images have no names.
  package let names: [String]?
  /// Pixels of these images, and perhaps of others, image after image.
  private let storage: [UInt8]
  /// The number of this dataset's first image in `storage`.
  private let first: Int

  /// - Parameters:
  ///   - pixels: N×H×W×C values, 0 … 255.
  ///   - labels: N class numbers, or N zeros if the images have no labels.
  ///   - classNames: the name of each class, if classes have names.
  ///   - names: N names, if the images have names.
  /// - Precondition: there are `shape.count` pixels for each label, and a name for each if there are names.
  package init(
    shape: ImageShape, pixels: [UInt8], labels: [UInt16], classNames: [String] = [], hasLabels: Bool = true,
    names: [String]? = nil
  ) {
    precondition(pixels.count == labels.count * shape.count, "as many images as labels")
    precondition(names.map { $0.count == labels.count } ?? true, "as many names as labels")
    self.init(
      shape: shape, labels: labels, classNames: classNames, hasLabels: hasLabels, names: names, storage: pixels,
      first: 0)
  }

  private init(
    shape: ImageShape, labels: [UInt16], classNames: [String], hasLabels: Bool, names: [String]?, storage: [UInt8],
    first: Int
  ) {
    self.shape = shape
    self.labels = labels
    self.classNames = classNames
    self.hasLabels = hasLabels
    self.names = names
    self.storage = storage
    self.first = first
  }

  /// Number of images.
  package var count: Int { labels.count }

  /// Returns the images of `range`, without a copy of their pixels.
  /// - Precondition: the range lies in 0 ... count.
  package subscript(range: Range<Int>) -> ImageDataset {
    ImageDataset(
      shape: shape, labels: Array(labels[range]), classNames: classNames, hasLabels: hasLabels,
      names: names.map { Array($0[range]) }, storage: storage, first: first + range.lowerBound)
  }

  /// Returns the name of an image's class: its number if classes have no names.
  package func className(of index: Int) -> String {
    classNames.isEmpty ? "\(labels[index])" : classNames[Int(labels[index])]
  }

  /// Returns the images of several datasets, one after the other.
  /// - Precondition: one dataset or more, of one shape and with the same classes.
  package static func joined(_ parts: [ImageDataset]) -> ImageDataset {
    precondition(!parts.isEmpty && parts.allSatisfy { $0.shape == parts[0].shape }, "datasets of one shape")
    let names = parts.compactMap(\.names)
    return ImageDataset(
      shape: parts[0].shape, pixels: parts.map { part in part.withPixels { Array($0) } }.concatenated,
      labels: parts.flatMap(\.labels), classNames: parts[0].classNames, hasLabels: parts[0].hasLabels,
      names: names.count == parts.count ? names.flatMap(\.self) : nil)
  }

  /// Calls `body` with the pixels, N×H×W×C.
  package func withPixels<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try storage.withUnsafeBufferPointer {
      let start = first * shape.count
      return try body(UnsafeBufferPointer(rebasing: $0[start..<start + count * shape.count]))
    }
  }

  /// Returns a copy of one image's pixels, H×W×C.
  package func image(_ index: Int) -> [UInt8] {
    withPixels { Array($0[index * shape.count..<(index + 1) * shape.count]) }
  }

  /// Returns copies of the images of given numbers, in that order.
  /// - Parameter threads: the most threads that copy.
  /// - Precondition: the numbers lie in 0 ..< count.
  package func gathered(_ numbers: [Int], threads: Int = processorCount) -> ImageDataset {
    let (size, chunk) = (shape.count, 256)
    let pixels = storage.withUnsafeBufferPointer { stored in
      // Only read.
      nonisolated(unsafe) let stored = stored
      return [UInt8](count: numbers.count * size, partSize: chunk * size, threads: threads) { index, bytes in
        for place in 0..<bytes.count / size {
          let from = (first + numbers[index * chunk + place]) * size
          _ = bytes[(place * size)...].update(fromContentsOf: stored[from..<from + size])
        }
      }
    }
    return ImageDataset(
      shape: shape, pixels: pixels, labels: numbers.map { labels[$0] }, classNames: classNames,
      hasLabels: hasLabels,
      names: names.map { names in numbers.map { names[$0] } })
  }
}

/// A collection of images in its training, validation and test parts.
package struct DatasetSplits: Sendable {
  /// The collection's name, for people.
  package let name: String
  /// The recognized kind in a few words, for example "PNG pictures in 3 class folders"; empty if the name says it.
  package let kind: String
  package let training: ImageDataset
  package let evaluation: EvaluationImages
  /// Sixteen hexadecimal digits that change with any pixel, label or shape.
  package let fingerprint: String

  package var validation: ImageDataset { evaluation.validation }
  package var test: ImageDataset { evaluation.test }
  /// The meaning of each label.
  package var classNames: [String] { evaluation.classNames }
  /// Remarks on the files and on repeated images, one line each.
  /// - Complexity: O(pixels), which takes milliseconds for MNIST.
  package var notes: [String] { evaluation.notes + [RepeatedImages(in: self).note].compactMap(\.self) }
  /// The shape of all images; the three parts agree.
  package var shape: ImageShape { training.shape }

  /// - Parameters:
  ///   - learning: validation images, followed by training images.
  ///   - validation: number of validation images; the usual number, if nil.
  /// - Precondition: `learning` holds two images or more; the shapes agree.
  init(
    name: String, kind: String = "", learning: ImageDataset, test: ImageDataset, validation: Int? = nil,
    classNames: [String],
    notes: [String] = []
  ) {
    precondition(learning.shape == test.shape && learning.count >= 2)
    let cut = validation ?? Self.validationCount(of: learning.count)
    self.name = name
    self.kind = kind
    training = learning[cut..<learning.count]
    evaluation = EvaluationImages(validation: learning[0..<cut], test: test, classNames: classNames, notes: notes)
    fingerprint = ContentHash.fingerprint(of: [learning, test])
  }

  /// - Precondition: the shapes agree, and there are training images.
  init(name: String, kind: String, training: ImageDataset, evaluation: EvaluationImages) {
    precondition(training.shape == evaluation.shape && training.count >= 1)
    self.name = name
    self.kind = kind
    self.training = training
    self.evaluation = evaluation
    fingerprint = ContentHash.fingerprint(of: [training, evaluation.validation, evaluation.test])
  }

  /// Returns the number of validation images among `count`: 5,000, or a twelfth of fewer than 20,000, but at least 1.
  static func validationCount(of count: Int) -> Int { count < 20_000 ? max(1, count / 12) : 5_000 }
}

/// The validation and test images of a collection, a sixth of the whole: enough to evaluate a trained model.
package struct EvaluationImages: Sendable {
  package let validation: ImageDataset
  package let test: ImageDataset
  /// The meaning of each label.
  package let classNames: [String]
  /// Remarks on the files, one line each.
  package let notes: [String]
  /// Sixteen hexadecimal digits that change with any pixel, label or shape of these images.
  package let fingerprint: String

  package var shape: ImageShape { validation.shape }

  init(validation: ImageDataset, test: ImageDataset, classNames: [String], notes: [String] = []) {
    (self.validation, self.test, self.classNames, self.notes) = (validation, test, classNames, notes)
    fingerprint = ContentHash.fingerprint(of: [validation, test])
  }
}
