// Histogram.swift
// Counts of numbers in intervals, as the histogram and distribution dashboards show them.

/// Intervals side by side, and how many numbers lie in each.
public struct Histogram: Equatable, Sendable {
  /// One interval: from `left` up to but without `right`; the last one with it.
  public struct Bucket: Equatable, Sendable {
    /// The lower edge.
    public var left: Double
    /// The upper edge.
    public var right: Double
    /// How many numbers lie between.
    public var count: Double

    /// An interval and its count.
    public init(left: Double, right: Double, count: Double) {
      self.left = left
      self.right = right
      self.count = count
    }
  }

  /// In rising order.
  public var buckets: [Bucket]

  /// A histogram made elsewhere.
  public init(buckets: [Bucket]) { self.buckets = buckets }

  /// The histogram of the finite ones of `values`.
  /// - Complexity: O(count), a few nanoseconds a value.
  public init(of values: [Float]) {
    var builder = HistogramBuilder()
    builder.add(values)
    self = builder.histogram
  }
}
