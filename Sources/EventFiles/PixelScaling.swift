// PixelScaling.swift
// Which numbers are black and which are white.

/// How numbers become samples of 0 … 255: in proportion, to the nearest, and cut off beyond the ends; NaN becomes 0.
public enum PixelScaling: Equatable, Sendable {
  /// 0 is black, 1 is white.
  case unit
  /// The lower bound is black, the upper one white.
  case range(ClosedRange<Float>)
  /// The smallest finite number of all images of the value is black, the largest white.
  case minimumToMaximum

  /// Samples of [pixels, channels]. Alpha is never stretched: 0 is transparent, 1 opaque.
  func samples(of values: [Float], channels: Int, hasAlpha: Bool) -> [UInt8] {
    let colors = hasAlpha ? channels - 1 : channels
    let bounds = bounds(of: values, channels: channels, colors: colors)
    let width = bounds.upperBound - bounds.lowerBound
    let factor = width > 0 ? 255 / width : 0
    return values.indices.map { index in
      let value = Double(values[index])
      let scaled = index % channels < colors ? (value - bounds.lowerBound) * factor : value * 255
      return UInt8(max(0, min(255, scaled.isNaN ? 0 : scaled.rounded())))
    }
  }

  private func bounds(of values: [Float], channels: Int, colors: Int) -> ClosedRange<Double> {
    switch self {
    case .unit: return 0...1
    case .range(let range): return Double(range.lowerBound)...Double(range.upperBound)
    case .minimumToMaximum:
      var (low, high) = (Float.infinity, -Float.infinity)
      for index in values.indices where index % channels < colors && values[index].isFinite {
        low = min(low, values[index])
        high = max(high, values[index])
      }
      return low <= high ? Double(low)...Double(high) : 0...1
    }
  }
}
