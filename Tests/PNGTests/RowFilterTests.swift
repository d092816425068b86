// RowFilterTests.swift
// The predictions of each filter, for all small neighbors and the largest, against their definitions.

import Testing

@testable import PNG

struct RowFilterTests {
  /// Section 9 of the format, word for word: a = left, b = above, c = above left.
  static func prediction(_ filter: RowFilter, _ a: Int, _ b: Int, _ c: Int) -> Int {
    switch filter {
    case .none: return 0
    case .sub: return a
    case .up: return b
    case .average: return (a + b) / 2
    case .paeth:
      let p = a + b - c
      let (toA, toB, toC) = (abs(p - a), abs(p - b), abs(p - c))
      if toA <= toB && toA <= toC { return a }
      if toB <= toC { return b }
      return c
    }
  }

  @Test("prediction of the second of two samples", arguments: RowFilter.allCases)
  func predictions(filter: RowFilter) {
    let values = Array(0..<14) + [126, 127, 128, 129, 253, 254, 255]
    for a in values {
      for b in values {
        for c in values {
          var output: [UInt8] = [0, 0]
          filter.apply(to: [UInt8(a), 77], above: [UInt8(c), UInt8(b)], count: 2, pixelBytes: 1, output: &output)
          #expect(output[1] == UInt8(truncatingIfNeeded: 77 - Self.prediction(filter, a, b, c)), "\(a) \(b) \(c)")
          filter.undo(&output, above: [UInt8(c), UInt8(b)], count: 2, pixelBytes: 1)
          #expect(output == [UInt8(a), 77], "\(a) \(b) \(c)")
        }
      }
    }
  }
}
