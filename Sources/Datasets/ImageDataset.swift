// ImageDataset.swift
// Images and their labels in memory.

import Parallel
package import Tensors

/// Images with their labels: 8-bit, N×H×W×C, channels last.
///
/// The pixels are shared: a dataset cut out of another costs nothing but its labels.
package struct ImageDataset: Sendable {
  package let shape: ImageShape
  /// One class number an image.
  package let labels: [UInt8]
  /// Pixels of these images and perhaps others, image after image.
  private let storage: [UInt8]
  /// The number of this dataset's first image in `storage`.
  private let first: Int

  /// - Parameters:
  ///   - pixels: N×H×W×C values, 0 … 255.
  ///   - labels: N class numbers.
  /// - Precondition: there are `shape.count` pixels a label.
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

  /// How many images there are.
  package var count: Int { labels.count }

  /// The images of `range`, without a copy of their pixels.
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

  /// A copy of one image's pixels, H×W×C.
  package func image(_ index: Int) -> [UInt8] {
    withPixels { Array($0[index * shape.count..<(index + 1) * shape.count]) }
  }

  /// Copies of the images of given numbers, in that order.
  /// - Parameter threads: at most so many copy.
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
