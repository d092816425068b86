// HistogramTests.swift
// Histograms against the simplest way to count, for many numbers, orders and portions.

import Testing

@testable import EventFiles

@Suite struct HistogramTests {
  /// Counts with a dictionary; finds the width by trying all.
  static func naive(_ values: [Float]) -> Histogram {
    let finite = values.filter(\.isFinite).map { Double($0) }
    guard let low = finite.min(), let high = finite.max() else { return Histogram(buckets: []) }
    var width = Double(sign: .plus, exponent: -150, significand: 1)
    while (high / width).rounded(.down) - (low / width).rounded(.down) > 127 { width *= 2 }
    let (first, last) = ((low / width).rounded(.down), (high / width).rounded(.down))
    let counts = Dictionary(finite.map { (($0 / width).rounded(.down) - first, 1) }, uniquingKeysWith: +)
    let size = Int(last - first) + 1
    var buckets: [Histogram.Bucket] = []
    for index in 0..<size {
      let left = (first + Double(index)) * width
      buckets.append(.init(left: left, right: left + width, count: Double(counts[Double(index)] ?? 0)))
    }
    buckets[0].left = low
    buckets[size - 1].right = high
    return Histogram(buckets: buckets)
  }

  static let samples: [[Float]] = {
    var random = SplitMix(state: 1)
    func draws(_ count: Int, _ range: ClosedRange<Float>) -> [Float] {
      (0..<count).map { _ in .random(in: range, using: &random) }
    }
    return [
      [], [0], [-0.0], [0, -0.0], [3], [-3, -3, -3], [1, 2], [.nan], [.infinity, -.infinity, .nan],
      [1, .nan, 2, .infinity],
      [.greatestFiniteMagnitude, -.greatestFiniteMagnitude], [.leastNonzeroMagnitude], [0, .leastNonzeroMagnitude],
      [-.leastNonzeroMagnitude, .leastNonzeroMagnitude], [-1, -1e-30, 1e-30, 1] + Array(repeating: -1e-30, count: 9),
      [1, Float(1).nextUp], [.greatestFiniteMagnitude],
      [.greatestFiniteMagnitude, Float.greatestFiniteMagnitude.nextDown], [1e-38, 1e30], (0..<1000).map { Float($0) },
      (0...128).map { Float($0) }, (0...127).map { Float($0) }, (-64..<64).map { Float($0) },
      draws(1, -1...1), draws(7, -1...1), draws(9, 0...1e-30), draws(4096, -1...1), draws(4097, -5...100),
      draws(20_000, -0.1...0.1) + [.nan] + draws(3, -100...100), draws(5000, 1e10...1.0001e10),
      draws(300, -1e-3...1e-3).map { max($0, 0) },
    ]
  }()

  @Test("as by hand", arguments: samples.indices)
  func naive(_ index: Int) {
    let values = Self.samples[index]
    var builder = HistogramBuilder()
    builder.add(values)
    let expected = Self.naive(values)
    #expect(builder.histogram == expected)
    #expect(Histogram(of: values) == expected)
    #expect(builder.count == values.filter(\.isFinite).count)
    #expect(builder.nonFiniteCount == values.filter { !$0.isFinite }.count)
    #expect(expected.buckets.reduce(0) { $0 + $1.count } == Double(builder.count))
  }

  @Test("in any order, in portions, in two builders: the same", arguments: samples.indices, [1, 3, 8, 100])
  func portions(_ index: Int, _ size: Int) {
    let values = Self.samples[index].shuffled()
    let whole = Histogram(of: Self.samples[index])
    var (one, left, right) = (HistogramBuilder(), HistogramBuilder(), HistogramBuilder())
    for (number, start) in stride(from: 0, to: values.count, by: size).enumerated() {
      let portion = Array(values[start..<min(start + size, values.count)])
      one.add(portion)
      if number % 3 == 0 { left.add(portion) } else { right.add(portion) }
    }
    #expect(one.histogram == whole)
    left.merge(right)
    #expect(left.histogram == whole)
    #expect(left.nonFiniteCount == one.nonFiniteCount)
  }

  @Test func thereAreAtLeast64WhereNumbersAreMany() {
    for values in Self.samples where Set(values.filter(\.isFinite)).count > 1000 {
      #expect(Histogram(of: values).buckets.count >= 64)
      #expect(Histogram(of: values).buckets.count <= HistogramBuilder.bucketLimit)
    }
  }

  @Test func equalNumbersAreOneBucketWithoutWidth() {
    #expect(Histogram(of: [2, 2, 2]).buckets == [.init(left: 2, right: 2, count: 3)])
  }

  @Test func numbersOfOtherTypes() {
    for values in Self.samples {
      var (wide, narrow, want) = (HistogramBuilder(), HistogramBuilder(), HistogramBuilder())
      wide.add(values.map { Double($0) })
      #expect(wide.histogram == Histogram(of: values))
      let halves = values.map { Float16($0) }
      narrow.add(halves)
      want.add(halves.map { Float($0) })
      #expect(narrow == want)
    }
    var beyond = HistogramBuilder()
    beyond.add([1e300, -1e300, 1, Double.nan, .infinity])
    #expect(beyond.count == 3 && beyond.nonFiniteCount == 2)
    #expect(beyond.maximum == .greatestFiniteMagnitude && beyond.minimum == -.greatestFiniteMagnitude)
  }

  @Test func edgesJoin() {
    for values in Self.samples {
      let buckets = Histogram(of: values).buckets
      for (left, right) in zip(buckets, buckets.dropFirst()) { #expect(left.right == right.left) }
    }
  }
}

/// The same numbers in every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
