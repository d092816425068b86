// ValueScale.swift
// The numbers of an array that become black and white, told by the user or recognized from all numbers of the array.

import ByteStreams

/// The numbers that become the samples 0 and 255. Numbers beyond them are clipped.
package struct ValueScale: Hashable, Sendable {
  package let low: Float
  package let high: Float

  /// The lowest and the highest number of an array.
  package typealias Extremes = (lowest: Float, highest: Float)

  /// The scale of bytes, which do not change.
  package static let bytes = ValueScale(low: 0, high: 255)

  private init(low: Float, high: Float) { (self.low, self.high) = (low, high) }

  /// The scales that are recognized, the first that fits before the others.
  private static let known = [
    ValueScale(low: 0, high: 1), ValueScale(low: -1, high: 1), ValueScale(low: 0, high: 16), bytes,
  ]

  /// The fraction of a range by which numbers may overshoot it.
  private static let overshoot: Float = 0.1

  /// Bytes of which none is above this number may have another scale than 0 … 255.
  static let darkBytes: UInt8 = 16

  /// Recognizes the scale of images to learn from; nil if none of the known ones fits.
  ///
  /// The first of these that holds all numbers: 0 … 1, −1 … 1, 0 … 16, and 0 … 255 if the highest is 128 or more. Fractions may
  /// overshoot 0 … 1 and −1 … 1 by a tenth, as in resampled pictures. Bytes are 0 … 255 if any is above 16.
  /// - Parameters:
  ///   - isWhole: whether all numbers are whole.
  ///   - areBytes: whether the elements are 8-bit numbers without sign.
  package init?(recognizing extremes: Extremes, isWhole: Bool, areBytes: Bool) {
    if areBytes, extremes.highest > Float(Self.darkBytes) || extremes.highest == 0 {
      self = .bytes
      return
    }
    let margin = isWhole ? 0 : Self.overshoot
    let found = Self.known.first { scale in
      let margin = scale.high == 1 ? margin : 0
      return extremes.lowest >= scale.low - margin && extremes.highest <= scale.high + margin
        && (scale != .bytes || extremes.highest >= 128)
    }
    guard let found else { return nil }
    self = found
  }

  /// Chooses the scale of pictures to look at, which fits any numbers.
  ///
  /// Fractions from 0 to 1 have the range 0 … 1, and numbers up to between 128 and 255 have the range 0 … 255. Fractions that
  /// overshoot a little, as in resampled pictures, are clipped. For all other numbers the range ends with the highest; it begins
  /// with the lowest if that is negative, else with 0.
  /// - Parameter isWhole: whether all numbers are whole.
  package init(showing extremes: Extremes, isWhole: Bool) {
    let (lowest, highest) = extremes
    let margin = isWhole ? 0 : max(highest, 0) * Self.overshoot
    if lowest < -margin {
      (low, high) = (lowest, highest)
    } else if highest <= (isWhole ? 1 : 1 + Self.overshoot) {
      (low, high) = (0, 1)
    } else {
      (low, high) = (0, (128...255).contains(highest) ? 255 : highest)
    }
  }

  /// Returns the sample of a number.
  package func sample(_ value: Float) -> UInt8 {
    let scale = high > low ? 255 / (high - low) : 0
    return UInt8(max(0, min(255, (value - low) * scale + 0.5)))
  }
}

extension ValueScale {
  /// Reads two numbers, the lower one first, for example "0..16".
  package init?(text: String) {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let bounds = [text[..<dots.lowerBound], text[dots.upperBound...]].compactMap { Float($0) }
    guard bounds.count == 2, bounds.allSatisfy(\.isFinite), bounds[0] < bounds[1],
      (bounds[1] - bounds[0]).isFinite
    else { return nil }
    self.init(low: bounds[0], high: bounds[1])
  }

  /// The scale as an option gives it, for example "0..16"; it reads back to the same numbers.
  package var text: String { "\(Self.exact(low))..\(Self.exact(high))" }

  private static func exact(_ value: Float) -> String {
    value == value.rounded() && value.magnitude < 1e7 ? "\(Int(value))" : "\(value)"
  }

  /// The scale in words, for example "0 to 16".
  package var range: String { "\(Self.shown(low)) to \(Self.shown(high))" }

  /// Returns a line that says which numbers are shown as which shades.
  package func note(_ extremes: Extremes) -> String {
    "thumbnails: numbers from \(range) are shown as 0 to 255" + (clipping(extremes).map { "; \($0)" } ?? "")
      + (extremes.lowest == extremes.highest ? "; all are \(Self.shown(extremes.lowest))" : "")
  }

  /// Returns a clause about numbers beyond the scale; nil if there are none.
  package func clipping(_ extremes: Extremes) -> String? {
    guard extremes.lowest < low || extremes.highest > high else { return nil }
    return "numbers beyond, from \(Self.shown(extremes.lowest)) to \(Self.shown(extremes.highest)), are clipped"
  }

  /// Returns a whole number as it is, and any other with four digits.
  package static func shown(_ value: Float) -> String {
    if value == value.rounded(), value.magnitude < 1e7 { return "\(Int(value))" }
    var scale = 1.0
    while Double(value.magnitude) * scale < 1000 { scale *= 10 }
    let rounded = (Double(value) * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded.magnitude < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
