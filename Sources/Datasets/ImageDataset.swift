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
  /// One class number an image.
  package let labels: [UInt8]
  /// Pixels of these images, and perhaps of others, image after image.
  private let storage: [UInt8]
  /// The number of this dataset's first image in `storage`.
  private let first: Int

  /// - Parameters:
  ///   - pixels: N×H×W×C values, 0 … 255.
  ///   - labels: N class numbers.
  /// - Precondition: there are `shape.count` pixels for each label.
  package init(shape: ImageShape, pixels: [UInt8], labels: [UInt8]) {
    precondition(pixels.count == labels.count * shape.count, "as many images as labels")
    self.init(shape: shape, labels: labels, storage: pixels, first: 0)
  }

  private init(shape: ImageShape, labels: [UInt8], storage: [UInt8], first: Int) {
    self.shape = shape
    self.labels = labels
    self.storage = storage
    self.first = first
  }

  /// Number of images.
  package var count: Int { labels.count }

  /// Returns the images of `range`, without a copy of their pixels.
  /// - Precondition: the range lies in 0 ... count.
  package subscript(range: Range<Int>) -> ImageDataset {
    ImageDataset(shape: shape, labels: Array(labels[range]), storage: storage, first: first + range.lowerBound)
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
    return ImageDataset(shape: shape, pixels: pixels, labels: numbers.map { labels[$0] })
  }
}

/// A collection of images in its training, validation and test parts.
package struct DatasetSplits: Sendable {
  /// The collection's name, for people.
  package let name: String
  package let training: ImageDataset
  package let evaluation: EvaluationImages
  /// Sixteen hexadecimal digits that change with any pixel, label or shape.
  package let fingerprint: String

  package var validation: ImageDataset { evaluation.validation }
  package var test: ImageDataset { evaluation.test }
  /// The meaning of each label.
  package var classNames: [String] { evaluation.classNames }
  /// Remarks on the files, one line each.
  package var notes: [String] { evaluation.notes }
  /// The shape of all images; the three parts agree.
  package var shape: ImageShape { training.shape }

  /// - Parameter learning: validation images, followed by training images.
  /// - Precondition: `learning` holds two images or more; the shapes agree.
  init(name: String, learning: ImageDataset, test: ImageDataset, classNames: [String], notes: [String] = []) {
    precondition(learning.shape == test.shape && learning.count >= 2)
    let cut = Self.validationCount(of: learning.count)
    self.name = name
    training = learning[cut..<learning.count]
    evaluation = EvaluationImages(validation: learning[0..<cut], test: test, classNames: classNames, notes: notes)
    fingerprint = ContentHash.fingerprint(of: [learning, test])
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

/// A fast 64-bit hash of a sequence of numbers and byte strings, without protection against forgery.
///
/// Four lanes of multiply and shift keep the processor's multiplier busy: several bytes a cycle.
struct ContentHash {
  private var lanes: (UInt64, UInt64, UInt64, UInt64) = (
    0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89
  )
  private static let odd: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Returns the hash of the pixels, labels and extents of all parts.
  static func fingerprint(of parts: [ImageDataset]) -> String {
    var hash = ContentHash()
    for part in parts {
      for extent in [part.count, part.shape.height, part.shape.width, part.shape.channels] { hash.add(UInt64(extent)) }
      part.labels.withUnsafeBytes { hash.add($0) }
      part.withPixels { hash.add(UnsafeRawBufferPointer($0)) }
    }
    return hash.hexadecimal
  }

  /// Mixes a word into a state. The step is reversible, so no word is lost; high bits move to low ones.
  private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word) &* odd
    return product ^ (product >> 29)
  }

  mutating func add(_ word: UInt64) {
    lanes = (Self.mix(lanes.1, word), lanes.2, lanes.3, Self.mix(lanes.0, ~word))
  }

  /// Adds the number of bytes and the bytes.
  /// - Complexity: O(bytes).
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(UInt64(bytes.count))
    var (a, b, c, d) = lanes
    let whole = bytes.count & ~31
    func word(at offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    for offset in stride(from: 0, to: whole, by: 32) {
      a = Self.mix(a, word(at: offset))
      b = Self.mix(b, word(at: offset + 8))
      c = Self.mix(c, word(at: offset + 16))
      d = Self.mix(d, word(at: offset + 24))
    }
    lanes = (a, b, c, d)
    for byte in bytes[whole...] { add(UInt64(byte)) }
  }

  /// The hash of everything added, as sixteen hexadecimal digits.
  var hexadecimal: String {
    var hash = Self.mix(Self.mix(Self.mix(Self.mix(0, lanes.0), lanes.1), lanes.2), lanes.3)
    hash = Self.mix(hash, hash >> 32)
    return hash.zeroPadded(to: 16, radix: 16)
  }
}
