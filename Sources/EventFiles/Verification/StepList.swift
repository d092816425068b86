// StepList.swift
// The steps that a loader holds of a series, kept as runs of equal distances.

/// Steps in the order of their arrival. Steps logged at regular distances take no memory, however many.
struct StepList {
  private struct Span {
    let first: Int64
    let stride: Int64
    var count: Int
    /// The largest step of this span and of all before it.
    var largest: Int64

    subscript(index: Int) -> Int64 { first &+ stride &* Int64(index) }
    var last: Int64 { self[count - 1] }
  }

  private var spans: [Span] = []
  private(set) var count = 0

  var last: Int64? { spans.last?.last }
  var largest: Int64? { spans.last?.largest }

  /// The steps themselves.
  var steps: [Int64] { spans.flatMap { span in (0..<span.count).map { span[$0] } } }

  @inline(__always)
  mutating func append(_ step: Int64) {
    count += 1
    if let end = spans.indices.last {
      let span = spans[end]
      let (distance, overflow) = step.subtractingReportingOverflow(span.last)
      if !overflow, span.count == 1 || distance == span.stride {
        let stride = span.count == 1 ? distance : span.stride
        spans[end] = Span(first: span.first, stride: stride, count: span.count + 1, largest: max(span.largest, step))
        return
      }
    }
    spans.append(Span(first: step, stride: 0, count: 1, largest: max(spans.last?.largest ?? step, step)))
  }

  /// Forgets the steps that are `step` or larger.
  /// - Returns: how many they were; `work` grows by the number of spans looked at.
  mutating func removeAll(from step: Int64, work: inout Int) -> Int {
    let before = count
    var kept: [Span] = []
    while let span = spans.last, span.largest >= step {
      work += 1
      spans.removeLast()
      count -= span.count
      kept += Self.part(of: span, below: step).reversed()
    }
    for span in kept.reversed() {
      spans.append(
        Span(
          first: span.first, stride: span.stride, count: span.count,
          largest: max(spans.last?.largest ?? .min, span.first, span.last)))
      count += span.count
    }
    return before - count
  }

  /// What of a span is below `step`: its front where it rises, its end where it falls.
  private static func part(of span: Span, below step: Int64) -> [Span] {
    let below = (low: 0, high: span.count)
    let isRising = span.stride >= 0
    // The first index at which "below" changes, by halving: steps of a span are in order.
    var (low, high) = below
    while low < high {
      let middle = (low + high) / 2
      if (span[middle] < step) == isRising { low = middle + 1 } else { high = middle }
    }
    let range = isRising ? 0..<low : low..<span.count
    if range.isEmpty { return [] }
    return [Span(first: span[range.lowerBound], stride: span.stride, count: range.count, largest: .min)]
  }
}
