// Histogram.swift
// Counts of numbers in intervals, for the Histograms and Distributions dashboards.

/// Adjacent intervals, and the number of values in each.
public struct Histogram: Equatable, Sendable {
  /// One interval, which excludes `right` unless it is the last one.
  public struct Bucket: Equatable, Sendable {
    /// The lower edge.
    public var left: Double
    /// The upper edge.
    public var right: Double
    /// The number of values in the interval.
    public var count: Double

    /// An interval and its count.
    public init(left: Double, right: Double, count: Double) {
      self.left = left
      self.right = right
      self.count = count
    }
  }

  /// The intervals in rising order.
  public var buckets: [Bucket]

  /// A histogram from intervals counted elsewhere.
  public init(buckets: [Bucket]) { self.buckets = buckets }

  /// Counts the finite numbers in `values`.
  /// - Complexity: O(count), a few nanoseconds a value.
  public init(of values: [Float]) {
    var builder = HistogramBuilder()
    builder.add(values)
    self = builder.histogram
  }
}

/// Counts numbers in one pass, in intervals of equal width that widen as the range of the numbers grows.
///
/// The width is the smallest power of two with which at most 128 intervals hold every number, and the edges are multiples of it.
/// So at least 64 intervals are used wherever that many different numbers exist. Two adjacent intervals make exactly one of twice
/// the width, so widening loses nothing: the result depends neither on the order of the numbers nor on how they were split into
/// calls or between builders.
///
/// NaN and infinities are counted separately and are not an error.
public struct HistogramBuilder: Equatable, Sendable {
  /// The largest number of intervals.
  public static let bucketLimit = 128
  /// Number of finite values.
  public private(set) var count = 0
  /// Number of NaN and infinite values.
  public private(set) var nonFiniteCount = 0
  /// The smallest finite number, +infinity before the first.
  public private(set) var minimum = Float.infinity
  /// The largest finite number, -infinity before the first.
  public private(set) var maximum = -Float.infinity

  /// The intervals are 2^exponent wide.
  private var exponent = HistogramBuilder.smallestExponent
  /// The left edge of the first interval, in interval widths.
  private var first = 0.0
  private var counts = [Int](repeating: 0, count: HistogramBuilder.bucketLimit)
  /// The exponent of half the distance between neighboring floats near zero.
  private static let smallestExponent = -150

  /// An empty histogram.
  public init() {}

  /// Counts `values` too.
  public mutating func add(_ values: [Float]) { values.withUnsafeBufferPointer { add($0) } }

  /// Counts `values` too.
  /// - Complexity: O(count), a few nanoseconds a value; allocates only when the range grows.
  public mutating func add(_ values: UnsafeBufferPointer<Float>) {
    // Each portion stays in the first-level cache between finding its range and counting.
    var rest = values[...]
    while !rest.isEmpty {
      let portion = UnsafeBufferPointer(rebasing: rest.prefix(4096))
      rest = rest.dropFirst(4096)
      let seen = FiniteRange(of: portion)
      nonFiniteCount += portion.count - seen.count
      if seen.count == 0 { continue }
      widen(toHold: seen.minimum, seen.maximum)
      count += seen.count
      tally(portion, allFinite: seen.count == portion.count)
    }
  }

  /// Counts `values` too, rounded to 32 bits and clamped to the range of `Float`.
  /// - Complexity: O(count), a few nanoseconds a value.
  public mutating func add(_ values: [Double]) {
    add(values) { Float(max(-Double(Float.greatestFiniteMagnitude), min(Double(Float.greatestFiniteMagnitude), $0))) }
  }

  #if !(os(macOS) && arch(x86_64))
    /// Counts `values` too.
    /// - Complexity: O(count), a few nanoseconds a value.
    public mutating func add(_ values: [Float16]) { add(values) { Float($0) } }
  #endif

  @inline(__always)
  private mutating func add<Number: BinaryFloatingPoint>(_ values: [Number], converted: (Number) -> Float) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: min(values.count, 4096)) { portion in
      for start in stride(from: 0, to: values.count, by: 4096) {
        let part = values[start..<min(start + 4096, values.count)]
        for (index, value) in part.enumerated() {
          portion[index] = value.isFinite ? converted(value) : .nan
        }
        add(UnsafeBufferPointer(rebasing: portion[..<part.count]))
      }
    }
  }

  /// Adds the counts of `other`.
  public mutating func merge(_ other: HistogramBuilder) {
    nonFiniteCount += other.nonFiniteCount
    if other.count == 0 { return }
    var other = other
    widen(toHold: other.minimum, other.maximum)
    other.widen(toHold: minimum, maximum)
    // Now both have the same range, hence the same intervals.
    for index in counts.indices { counts[index] += other.counts[index] }
    count += other.count
  }

  /// The histogram of the numbers so far. Its outermost edges are the smallest and the largest number (0 instead of −0).
  public var histogram: Histogram {
    if count == 0 { return Histogram(buckets: []) }
    let width = Double(sign: .plus, exponent: exponent, significand: 1)
    let last = Int(HistogramBuilder.index(of: maximum, exponent) - first)
    return Histogram(
      buckets: (0...last).map { index in
        .init(
          left: index == 0 ? Double(minimum) + 0 : (first + Double(index)) * width,
          right: index == last ? Double(maximum) + 0 : (first + Double(index + 1)) * width,
          count: Double(counts[index]))
      })
  }

  /// Returns the interval of a number, counted from zero: exact, since it is a product with a power of two.
  private static func index(of value: Float, _ exponent: Int) -> Double {
    (Double(value) * Double(sign: .plus, exponent: -exponent, significand: 1)).rounded(.down)
  }

  /// Widens the intervals to cover the range from `low` to `high` too.
  private mutating func widen(toHold low: Float, _ high: Float) {
    let (low, high) = (min(low, minimum), max(high, maximum))
    if low == minimum && high == maximum { return }
    var wanted = exponent
    while Self.index(of: high, wanted) - Self.index(of: low, wanted) >= Double(Self.bucketLimit) { wanted += 1 }
    if count > 0 { move(to: wanted, first: Self.index(of: low, wanted)) }
    (exponent, first) = (wanted, Self.index(of: low, wanted))
    (minimum, maximum) = (low, high)
  }

  /// Moves the counts to intervals at least as wide, the first of them being `newFirst`.
  private mutating func move(to newExponent: Int, first newFirst: Double) {
    let ratio = Double(sign: .plus, exponent: exponent - newExponent, significand: 1)
    var moved = [Int](repeating: 0, count: Self.bucketLimit)
    for (index, count) in counts.enumerated() where count > 0 {
      moved[Int(((first + Double(index)) * ratio).rounded(.down) - newFirst)] += count
    }
    counts = moved
  }

  /// Counts numbers that the intervals cover.
  private mutating func tally(_ portion: UnsafeBufferPointer<Float>, allFinite: Bool) {
    if minimum == maximum {
      counts[0] += allFinite ? portion.count : portion.count { $0.isFinite }
      return
    }
    let (scale, first) = (Double(sign: .plus, exponent: -exponent, significand: 1), first)
    let whole = allFinite ? portion.count / 8 * 8 : 0
    counts.withUnsafeMutableBufferPointer { counts in
      for start in stride(from: 0, to: whole, by: 8) {
        let eight = UnsafeRawPointer(portion.baseAddress.unsafelyUnwrapped + start).loadUnaligned(as: SIMD8<Float>.self)
        let indices = Self.indices(of: SIMD8<Double>(eight) * scale, from: first)
        for lane in 0..<8 { counts[Int(truncatingIfNeeded: indices[lane])] &+= 1 }
      }
      for value in portion[whole...] where value.isFinite {
        counts[Int((Double(value) * scale).rounded(.down) - first)] &+= 1
      }
    }
  }

  /// Rounds `positions` down and counts them from `first`; the results are below `bucketLimit`.
  ///
  /// Different numbers in at most 128 intervals differ by at least 2^-25 of their size, so the positions are below 2^32, and
  /// adding a number as large as 2^52 rounds them to integers.
  @inline(__always)
  private static func indices(of positions: SIMD8<Double>, from first: Double) -> SIMD8<UInt64> {
    let large = SIMD8<Double>(repeating: 0x1.8p52)
    let nearest = (positions + large) - large
    let below = nearest.replacing(with: nearest - 1, where: nearest .> positions)
    // After adding 2^52, the lowest bits hold the integer.
    return unsafeBitCast(below - first + 0x1p52, to: SIMD8<UInt64>.self) & UInt64(bucketLimit - 1)
  }
}

/// Count, minimum and maximum of the finite numbers among some values.
private struct FiniteRange {
  var minimum = Float.infinity
  var maximum = -Float.infinity
  var count = 0

  init(of values: UnsafeBufferPointer<Float>) {
    var minima = SIMD8<Float>(repeating: .infinity)
    var maxima = -minima
    var counts = SIMD8<Int32>.zero
    let whole = values.count / 8 * 8
    for start in stride(from: 0, to: whole, by: 8) {
      let eight = UnsafeRawPointer(values.baseAddress.unsafelyUnwrapped + start).loadUnaligned(as: SIMD8<Float>.self)
      let finite = (eight - eight) .== SIMD8<Float>.zero
      minima.replace(with: eight, where: finite .& (eight .< minima))
      maxima.replace(with: eight, where: finite .& (eight .> maxima))
      counts.replace(with: counts &+ 1, where: finite)
    }
    (minimum, maximum, count) = (minima.min(), maxima.max(), Int(counts.wrappedSum()))
    for value in values[whole...] where value.isFinite {
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      count += 1
    }
  }
}
