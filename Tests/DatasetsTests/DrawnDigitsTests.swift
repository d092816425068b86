// DrawnDigitsTests.swift
// The drawn digits are always the same for a seed, balanced, and similar to MNIST's.

import Tensors
import Testing

@testable import Datasets

struct DrawnDigitsTests {
  private static let sample = DrawnDigits(seed: 0).draw("train", count: 1000, threads: 2)

  private func bytes(_ dataset: ImageDataset) -> [UInt8] { dataset.withPixels { Array($0) } }

  /// Change it only on purpose: all runs on `digits` change with it.
  @Test func seedZeroIsFixed() {
    let splits = DrawnDigits(seed: 0, learningCount: 1000, testCount: 500).splits(threads: 2)
    #expect(splits.fingerprint == "5ed5b5f5c9437816")
    #expect(splits.validation.count == 83 && splits.training.count == 917 && splits.test.count == 500)
    let isFirst = bytes(splits.validation).elementsEqual(bytes(Self.sample)[..<(83 * 784)])
    #expect(isFirst)
    #expect(splits.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
  }

  @Test("any number of threads draws the same", arguments: [1, 2, 3, 7])
  func threads(count: Int) {
    let digits = DrawnDigits(seed: 0).draw("train", count: 1000, threads: count)
    #expect(digits.labels == Self.sample.labels)
    // A truth value only: a failure should not print 784,000 elements.
    let same = bytes(digits) == bytes(Self.sample)
    #expect(same)
  }

  @Test("an image depends on nothing drawn before it") func alone() {
    var writer = DigitWriter(seed: 0, split: "train")
    var image = [UInt8](repeating: 0xAA, count: 784)
    for index in [999, 3, 500] {
      image.withUnsafeMutableBufferPointer { writer.draw(Self.sample.labels[index], index: index, into: $0) }
      #expect(image == Self.sample.image(index))
    }
  }

  @Test func seedsAndSplitsDiffer() {
    let others = [
      DrawnDigits(seed: 1).draw("train", count: 500, threads: 2),
      DrawnDigits(seed: 0).draw("test", count: 500, threads: 2),
    ]
    for other in others {
      #expect(other.labels != Array(Self.sample.labels[..<500]))
      #expect((0..<500).allSatisfy { other.image($0) != Self.sample.image($0) })
    }
    #expect(Set((0..<1000).map(Self.sample.image)).count == 1000)
  }

  @Test("each class equally often in each block, in no regular order") func balance() {
    for start in stride(from: 0, to: 1000, by: 500) {
      let labels = Self.sample.labels[start..<start + 500]
      for digit in 0..<10 { #expect(labels.count { $0 == digit } == 50) }
    }
    // About a tenth of 999 neighboring pairs are equal.
    let alike = zip(Self.sample.labels, Self.sample.labels.dropFirst()).count { $0 == $1 }
    #expect((60...140).contains(alike))
    // The cuts between training, validation and test fall between blocks.
    let block = DigitWriter.blockCount
    let digits = DrawnDigits(seed: 0)
    #expect(digits.learningCount == 60_000 && digits.testCount == 10_000)
    #expect(DatasetSplits.validationCount(of: digits.learningCount) % block == 0)
  }

  @Test("ink fills a 20×20 box around the center of mass") func geometry() {
    for index in 0..<1000 {
      let image = Self.sample.image(index)
      let inked = image.indices.filter { image[$0] > 0 }
      let (rows, columns) = (inked.map { $0 / 28 }, inked.map { $0 % 28 })
      guard let top = rows.min(), let bottom = rows.max(), let left = columns.min(), let right = columns.max() else {
        Issue.record("image \(index) is empty")
        continue
      }
      let side = max(bottom - top, right - left) + 1
      #expect((19...20).contains(side), "image \(index)")
      let mass = inked.reduce(0) { $0 + Double(image[$1]) }
      let row = inked.reduce(0) { $0 + Double(image[$1]) * (Double($1 / 28) + 0.5) } / mass
      let column = inked.reduce(0) { $0 + Double(image[$1]) * (Double($1 % 28) + 0.5) } / mass
      #expect(abs(row - 14) <= 0.51 && abs(column - 14) <= 0.51, "image \(index)")
    }
  }

  @Test("as much ink as MNIST: mean 0.1307, standard deviation 0.3081") func ink() {
    let values = bytes(Self.sample).map { Double($0) / 255 }
    let mean = values.reduce(0, +) / Double(values.count)
    let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    #expect(abs(mean - 0.1307) < 0.005)
    #expect(abs((square - mean * mean).squareRoot() - 0.3081) < 0.008)
  }

  @Test("the nearest of 900 images mostly shows the same digit, but not always") func separable() {
    let known = (0..<900).map(Self.sample.image)
    var right = 0
    for index in 900..<1000 {
      let image = Self.sample.image(index)
      var best = (distance: Int.max, label: UInt16(255))
      for (other, label) in zip(known, Self.sample.labels) {
        // Every third pixel is enough.
        var distance = 0
        for i in stride(from: 0, to: 784, by: 3) where distance < best.distance {
          let difference = Int(image[i]) - Int(other[i])
          distance += difference * difference
        }
        if distance < best.distance { best = (distance, label) }
      }
      if best.label == Self.sample.labels[index] { right += 1 }
    }
    #expect((80..<100).contains(right))
  }

  @Test("the masters of a glyph have the same strokes, points and corners") func glyphs() {
    #expect(Glyph.ofDigits.count == 10)
    for (digit, glyphs) in Glyph.ofDigits.enumerated() {
      for (number, glyph) in glyphs.enumerated() {
        #expect(glyph.frequency > 0)
        let corners = glyph.masters.map { path in
          path.map { stroke in stroke.indices.filter { $0 > 0 && stroke[$0] == stroke[$0 - 1] } }
        }
        let counts = glyph.masters.map { $0.map(\.count) }
        #expect(Set(corners).count == 1 && Set(counts).count == 1, "glyph \(number) of \(digit)")
        #expect(counts[0].allSatisfy { $0 >= 2 }, "glyph \(number) of \(digit)")
        for point in glyph.masters.joined().joined() {
          #expect((0...100).contains(point.x) && (0...100).contains(point.y), "glyph \(number) of \(digit)")
        }
      }
    }
  }
}
