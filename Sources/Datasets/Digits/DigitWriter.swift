// DigitWriter.swift
// Writes image after image of handwritten digits: image number i of a split depends on the seed, the split and i alone.

import Tensors

/// Draws digits one at a time; its buffers are used again from image to image.
struct DigitWriter {
  /// Labels are shuffled within blocks of this many images, each class equally often in a block.
  static let blockCount = 500

  let seed: UInt64
  let split: String
  private var path = PenPath()
  private var canvas = InkCanvas()

  init(seed: UInt64, split: String) {
    self.seed = seed
    self.split = split
  }

  /// The labels of a block's images.
  func labels(ofBlock block: Int) -> [UInt8] {
    var stream = RandomStream(seed: seed, name: "digits/\(split)/labels", index: UInt32(block))
    return stream.permutation(of: Self.blockCount).map { UInt8($0 % 10) }
  }

  /// Draws image number `index` of the split, a `digit`, into 28×28 bytes.
  mutating func draw(_ digit: UInt8, index: Int, into image: UnsafeMutableBufferPointer<UInt8>) {
    var stream = RandomStream(seed: seed, name: "digits/\(split)/images", index: UInt32(index))
    let glyph = Self.choose(from: Glyph.ofDigits[Int(digit)], by: stream.uniform())
    let hand = Hand(from: &stream)
    path.write(glyph, by: hand, from: &stream)
    canvas.draw(path, softness: hand.softness, into: image)
  }

  /// The glyph at the place `uniform` in [0, 1) of the shares laid end to end.
  private static func choose(from glyphs: [Glyph], by uniform: Float) -> Glyph {
    var rest = uniform * glyphs.reduce(0) { $0 + $1.share }
    for glyph in glyphs.dropLast() {
      rest -= glyph.share
      if rest < 0 { return glyph }
    }
    return glyphs[glyphs.count - 1]
  }
}
