// Axis.swift
// Scales one axis of a plot: the place of a number, its ticks and their labels.

import Foundation

/// One direction of a plot.
struct Axis {
  /// The numbers at its ends; low < high.
  let low: Double
  let high: Double
  /// Whether equal factors take equal room.
  let isLogarithmic: Bool

  /// Makes an axis for all of these numbers, with some room at its ends.
  /// - Precondition: finite numbers, above 0 for a logarithmic axis.
  init(_ numbers: [Double], isLogarithmic: Bool) {
    self.isLogarithmic = isLogarithmic
    let (first, last) = (numbers.min() ?? 1, numbers.max() ?? 1)
    if isLogarithmic {
      let room = max(1.2, pow(last / first, 0.08))
      (low, high) = (first / room, last * room)
    } else {
      let room = last > first ? (last - first) * 0.08 : max(abs(first) * 0.1, 1e-6)
      (low, high) = (first - room, last + room)
    }
  }

  /// Returns the place of a number: 0 at the low end, 1 at the high end.
  func place(_ number: Double) -> Double {
    isLogarithmic ? log(number / low) / log(high / low) : (number - low) / (high - low)
  }

  /// About five round numbers on the axis, rising.
  var ticks: [Double] { isLogarithmic ? logarithmicTicks : linearTicks(count: 5) }

  private func linearTicks(count: Double) -> [Double] {
    let rough = (high - low) / count
    let power = pow(10, floor(log10(rough)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
    let (first, last) = ((low / step).rounded(.up), (high / step).rounded(.down))
    guard last >= first, last - first < 100 else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// Powers of ten, and multiples of them if there are fewer than four.
  private var logarithmicTicks: [Double] {
    let powers = Int(floor(log10(low)))...Int(ceil(log10(high)))
    for factors in [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]] as [[Double]] {
      let found = powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
      let shown = found.filter { (low...high).contains($0) }
      if shown.count >= 4 { return shown.count <= 9 ? shown : shown.enumerated().filter { $0.0 % 2 == 0 }.map(\.1) }
    }
    return linearTicks(count: 4)
  }

  /// Returns the labels of ticks, with enough decimals to tell them apart; thousands end in k, millions in M.
  static func labels(of ticks: [Double]) -> [String] {
    let gaps = zip(ticks, ticks.dropFirst()).map { $1 - $0 }
    let finest = gaps.min() ?? ticks.first ?? 1
    return ticks.map { tick in
      for (unit, name) in [(1e6, "M"), (1e3, "k")] where abs(tick) >= 10 * unit || (abs(tick) >= unit && name == "M") {
        return trimmed(tick / unit, decimals: 3) + name
      }
      return trimmed(tick, decimals: max(0, min(15, Int(-floor(log10(max(finest, 1e-12)) + 1e-9)))))
    }
  }

  private static func trimmed(_ number: Double, decimals: Int) -> String {
    var text = String(format: "%.\(decimals)f", number)
    if text.contains(".") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return text
  }
}
