// ShadeRange.swift
// Which numbers of a picture are black and which are white.

import ArrayFiles

/// The numbers that become 0 and 255. Numbers beyond them are cut.
struct ShadeRange: Equatable, Sendable {
  let low: Float
  let high: Float

  /// Bytes that stay as they are.
  static let bytes = ShadeRange(low: 0, high: 255)

  private init(low: Float, high: Float) { (self.low, self.high) = (low, high) }

  /// The range for numbers from `lowest` to `highest`.
  ///
  /// Fractions from 0 to 1, and numbers from 0 to 255, keep their place in these ranges. Where fractions overshoot a little,
  /// as resampled pictures do, they are cut. In all other ranges the lowest number becomes 0 and the highest 255; without
  /// numbers below 0, 0 itself.
  /// - Parameter isWhole: whether the numbers can be no fractions.
  init(lowest: Float, highest: Float, isWhole: Bool) {
    let margin = isWhole ? 0 : max(highest, 0) * Self.overshoot
    if lowest < -margin {
      (low, high) = (lowest, highest)
    } else if highest <= (isWhole ? 1 : 1 + Self.overshoot) {
      (low, high) = (0, 1)
    } else {
      (low, high) = (0, (128...255).contains(highest) ? 255 : highest)
    }
  }

  /// The part of a range that numbers may go beyond it.
  private static let overshoot: Float = 0.1

  /// The sample that shows a number.
  func sample(_ value: Float) -> UInt8 {
    let scale = high > low ? 255 / (high - low) : 0
    return UInt8(max(0, min(255, (value - low) * scale + 0.5)))
  }

  /// What is done, in one line.
  /// - Parameter extremes: the lowest and the highest number.
  func note(_ extremes: (lowest: Float, highest: Float)) -> String {
    let (lowest, highest) = (Self.text(extremes.lowest), Self.text(extremes.highest))
    let cut = extremes.lowest < low || extremes.highest > high
    return "thumbnails: numbers from \(Self.text(low)) to \(Self.text(high)) are shown as 0 to 255"
      + (cut ? "; those beyond, from \(lowest) to \(highest), are cut" : "")
      + (extremes.lowest == extremes.highest ? "; all are \(lowest)" : "")
  }

  /// A whole number, or four digits.
  private static func text(_ value: Float) -> String {
    if value == value.rounded(), value.magnitude < 1e7 { return "\(Int(value))" }
    var scale = 1.0
    while Double(value.magnitude) * scale < 1000 { scale *= 10 }
    let rounded = (Double(value) * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded.magnitude < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
