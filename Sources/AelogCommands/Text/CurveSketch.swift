// CurveSketch.swift
// A series of any length in a few characters.

/// Collects numbers in the order in which they come; memory stays the same however many there are.
package struct CurveSketch {
  private struct Bin {
    var sum = 0.0
    var count = 0
    var mean: Double? { count > 0 ? sum / Double(count) : nil }
  }

  /// Bins kept: a few times the columns that are drawn.
  private static let most = 128
  private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  private var bins: [Bin] = []
  /// Numbers that a bin takes.
  private var capacity = 1
  /// Numbers that the last bin has been given, the ones that are not finite too.
  private var taken = 0

  package init() {}

  /// Takes the next number; NaN and infinities make a gap.
  package mutating func add(_ number: Double) {
    if bins.isEmpty || taken == capacity {
      if bins.count == Self.most { halve() }
      bins.append(Bin())
      taken = 0
    }
    taken += 1
    guard number.isFinite else { return }
    bins[bins.count - 1].sum += number
    bins[bins.count - 1].count += 1
  }

  /// The curve from its smallest to its largest mean, at most `columns` wide.
  /// - Precondition: columns > 0.
  package func text(columns: Int) -> String {
    let width = min(columns, bins.count)
    let means = (0..<width).map { column -> Double? in
      let range = column * bins.count / width..<max((column + 1) * bins.count / width, column * bins.count / width + 1)
      let parts = bins[range]
      let count = parts.reduce(0) { $0 + $1.count }
      return count > 0 ? parts.reduce(0) { $0 + $1.sum } / Double(count) : nil
    }
    let finite = means.compactMap(\.self).filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return String(repeating: " ", count: width) }
    return String(
      means.map { mean -> Character in
        guard let mean, mean.isFinite else { return " " }
        let share = high > low ? mean / (high - low) - low / (high - low) : 0.5
        return Self.levels[min(max(Int(share * 8), 0), 7)]
      })
  }

  /// Two bins become one, so that as many numbers again find room.
  private mutating func halve() {
    bins = stride(from: 0, to: bins.count, by: 2).map { index in
      let (first, second) = (bins[index], bins[index + 1])
      return Bin(sum: first.sum + second.sum, count: first.count + second.count)
    }
    capacity *= 2
    taken = capacity
  }
}
