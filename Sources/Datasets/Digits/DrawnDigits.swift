// DrawnDigits.swift
// A collection of handwritten digits that needs no download: 60,000 images for training, 10,000 for testing.

import Parallel
import Tensors

/// The digits of one seed: 28×28 gray, ten classes, ink 255 on paper 0.
package struct DrawnDigits {
  let seed: UInt64
  let learningCount: Int
  let testCount: Int

  static let shape = ImageShape(height: InkCanvas.side, width: InkCanvas.side, channels: 1)

  /// - Parameters:
  ///   - learningCount: number of training and validation images.
  ///   - testCount: number of test images.
  /// - Precondition: both counts are multiples of 500, and not 0.
  package init(seed: UInt64, learningCount: Int = 60_000, testCount: Int = 10_000) {
    self.seed = seed
    self.learningCount = learningCount
    self.testCount = testCount
  }

  /// Bytes of all pixels.
  var byteCount: Int { (learningCount + testCount) * Self.shape.count }

  /// Draws all images with at most `threads` threads; they are the same for any number.
  package func splits(threads: Int) -> DatasetSplits {
    DatasetSplits(
      name: "digits",
      learning: draw("train", count: learningCount, threads: threads),
      test: draw("test", count: testCount, threads: threads), classNames: Self.classNames)
  }

  /// Draws only the validation and test images.
  package func evaluation(threads: Int) -> EvaluationImages {
    let count = DatasetSplits.validationCount(of: learningCount)
    let blocks = (count + DigitWriter.blockCount - 1) / DigitWriter.blockCount
    let first = draw("train", count: blocks * DigitWriter.blockCount, threads: threads)
    return EvaluationImages(
      validation: first[0..<count], test: draw("test", count: testCount, threads: threads),
      classNames: Self.classNames)
  }

  private static let classNames = (0..<10).map(String.init)

  /// Draws the first `count` images of a split.
  /// - Precondition: `count` is a multiple of the block size.
  func draw(_ split: String, count: Int, threads: Int) -> ImageDataset {
    let blockCount = DigitWriter.blockCount
    precondition(count % blockCount == 0)
    var labels: [UInt16] = []
    let pixels = [UInt8](unsafeUninitializedCapacity: count * Self.shape.count) { buffer, initialized in
      // Each block of images is written by one thread only.
      nonisolated(unsafe) let pixels = buffer
      let blocks = parallelMap(count / blockCount, threads: threads) { block in
        var writer = DigitWriter(seed: seed, split: split)
        let labels = writer.labels(ofBlock: block)
        for (place, label) in labels.enumerated() {
          let index = block * blockCount + place
          let range = index * Self.shape.count..<(index + 1) * Self.shape.count
          writer.draw(label, index: index, into: UnsafeMutableBufferPointer(rebasing: pixels[range]))
        }
        return labels
      }
      labels = Array(blocks.joined())
      initialized = buffer.count
    }
    return ImageDataset(shape: Self.shape, pixels: pixels, labels: labels)
  }
}

/// Draws the digits of a split one at a time, reusing its buffers; image i depends only on the seed, the split and i.
struct DigitWriter {
  /// Images in a block: labels are shuffled within blocks, and each class is equally frequent in a block.
  static let blockCount = 500

  let seed: UInt64
  let split: String
  private var path = PenPath()
  private var canvas = InkCanvas()

  init(seed: UInt64, split: String) {
    self.seed = seed
    self.split = split
  }

  /// Returns the labels of a block's images.
  func labels(ofBlock block: Int) -> [UInt16] {
    var stream = RandomStream(seed: seed, name: "digits/\(split)/labels", index: UInt32(block))
    return stream.permutation(of: Self.blockCount).map { UInt16($0 % 10) }
  }

  /// Draws image number `index` of the split, a `digit`, into 28×28 bytes.
  mutating func draw(_ digit: UInt16, index: Int, into image: UnsafeMutableBufferPointer<UInt8>) {
    var stream = RandomStream(seed: seed, name: "digits/\(split)/images", index: UInt32(index))
    let glyph = Self.choose(from: Glyph.ofDigits[Int(digit)], by: stream.uniform())
    let hand = Hand(from: &stream)
    path.write(glyph, by: hand, from: &stream)
    canvas.draw(path, softness: hand.softness, into: image)
  }

  /// Chooses a glyph in proportion to the frequencies, by a number `uniform` in [0, 1).
  private static func choose(from glyphs: [Glyph], by uniform: Float) -> Glyph {
    var rest = uniform * glyphs.reduce(0) { $0 + $1.frequency }
    for glyph in glyphs.dropLast() {
      rest -= glyph.frequency
      if rest < 0 { return glyph }
    }
    return glyphs[glyphs.count - 1]
  }
}
