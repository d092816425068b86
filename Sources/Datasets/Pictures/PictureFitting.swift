// PictureFitting.swift
// A picture brought to the height, width and channels of a collection.

package import PNG
package import Tensors

/// Changes pictures to one shape.
///
/// Samples are averaged as they are stored, not in linear light. A picture that becomes smaller is averaged over areas; one that
/// becomes larger is interpolated by cubic curves (Catmull and Rom).
package struct PictureFitting: Sendable {
  /// 1 channel for gray, 3 for color.
  package let shape: ImageShape
  package let fit: PictureFit

  /// - Precondition: 1 or 3 channels.
  package init(_ shape: ImageShape, _ fit: PictureFit = .crop) {
    precondition(shape.channels == 1 || shape.channels == 3, "gray or color")
    (self.shape, self.fit) = (shape, fit)
  }

  /// Returns the samples of a picture, [height, width, channels]. Transparent pixels are mixed with white.
  package func samples(of picture: PNGImage) -> [UInt8] {
    let samples = Self.opaque(picture, channels: shape.channels)
    if (picture.height, picture.width) == (shape.height, shape.width) { return samples }
    let (width, height) = (Double(picture.width), Double(picture.height))
    let across = Double(shape.width) / width
    let down = Double(shape.height) / height
    switch fit {
    case .stretch:
      return resampled(
        samples, picture, columns: Axis(0..<width, of: picture.width, count: shape.width),
        rows: Axis(0..<height, of: picture.height, count: shape.height))
    case .crop:
      let scale = max(across, down)
      let (kept, tall) = (Double(shape.width) / scale, Double(shape.height) / scale)
      let (left, top) = (max(0, (width - kept) / 2), max(0, (height - tall) / 2))
      return resampled(
        samples, picture, columns: Axis(left..<min(width, left + kept), of: picture.width, count: shape.width),
        rows: Axis(top..<min(height, top + tall), of: picture.height, count: shape.height))
    case .pad:
      let scale = min(across, down)
      let inner = ImageShape(
        height: max(1, min(shape.height, Int((height * scale).rounded()))),
        width: max(1, min(shape.width, Int((width * scale).rounded()))), channels: shape.channels)
      let middle = PictureFitting(inner, .stretch).samples(of: picture)
      return bordered(middle, inner)
    }
  }

  /// Returns a smaller picture in the middle of a black one.
  private func bordered(_ samples: [UInt8], _ inner: ImageShape) -> [UInt8] {
    let (top, left) = ((shape.height - inner.height) / 2, (shape.width - inner.width) / 2)
    let rowCount = inner.width * inner.channels
    var bordered = [UInt8](repeating: 0, count: shape.count)
    for row in 0..<inner.height {
      let start = ((top + row) * shape.width + left) * shape.channels
      bordered.replaceSubrange(start..<start + rowCount, with: samples[row * rowCount..<(row + 1) * rowCount])
    }
    return bordered
  }

  /// Returns a picture's samples in gray or color, transparent pixels mixed with white.
  ///
  /// Gray is the luma of ITU-R BT.601: 0.299 red, 0.587 green, 0.114 blue.
  static func opaque(_ picture: PNGImage, channels: Int) -> [UInt8] {
    let from = picture.format.channels
    if from == channels { return picture.pixels }
    let (hasAlpha, isColor) = (picture.format.hasAlpha, from >= 3)
    let area = picture.width * picture.height
    return picture.pixels.withUnsafeBufferPointer { pixels in
      [UInt8](unsafeUninitializedCapacity: area * channels) { target, filled in
        for pixel in 0..<area {
          let start = pixel * from
          var (red, green, blue) = (UInt32(pixels[start]), UInt32(0), UInt32(0))
          (green, blue) = isColor ? (UInt32(pixels[start + 1]), UInt32(pixels[start + 2])) : (red, red)
          if hasAlpha {
            let alpha = UInt32(pixels[start + from - 1])
            func mixed(_ sample: UInt32) -> UInt32 { (sample * alpha + 255 * (255 - alpha) + 127) / 255 }
            (red, green, blue) = (mixed(red), mixed(green), mixed(blue))
          }
          if channels == 1 {
            let luma = isColor ? (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16 : red
            target.initializeElement(at: pixel, to: UInt8(truncatingIfNeeded: luma))
          } else {
            target.initializeElement(at: 3 * pixel, to: UInt8(truncatingIfNeeded: red))
            target.initializeElement(at: 3 * pixel + 1, to: UInt8(truncatingIfNeeded: green))
            target.initializeElement(at: 3 * pixel + 2, to: UInt8(truncatingIfNeeded: blue))
          }
        }
        filled = area * channels
      }
    }
  }

  /// Returns the samples at new columns and rows: first across, then down.
  private func resampled(_ samples: [UInt8], _ picture: PNGImage, columns: Axis, rows: Axis) -> [UInt8] {
    let channels = shape.channels
    let (oldWidth, newWidth) = (picture.width * channels, shape.width * channels)
    // Only the rows that the result needs.
    let used = rows.used
    var across = [Float](repeating: 0, count: used.count * newWidth)
    for row in used {
      let (from, target) = (row * oldWidth, (row - used.lowerBound) * newWidth)
      for column in 0..<shape.width {
        let weights = columns.weights[column]
        for channel in 0..<channels {
          var sum: Float = 0
          var place = from + weights.first * channels + channel
          for weight in weights.values {
            sum += weight * Float(samples[place])
            place += channels
          }
          across[target + column * channels + channel] = sum
        }
      }
    }
    return (0..<shape.height).flatMap { row in
      let weights = rows.weights[row]
      return (0..<newWidth).map { column in
        var sum: Float = 0
        for (step, weight) in weights.values.enumerated() {
          sum += weight * across[(weights.first + step - used.lowerBound) * newWidth + column]
        }
        return UInt8(max(0, min(255, sum + 0.5)))
      }
    }
  }
}

/// The new samples along one axis, each a weighted mean of old ones.
private struct Axis {
  /// The number of the first old sample, and the weights from there on, with the sum 1.
  let weights: [(first: Int, values: [Float])]

  /// The old samples that any new one needs.
  var used: Range<Int> {
    let first = weights.map(\.first).min() ?? 0
    return first..<(weights.map { $0.first + $0.values.count }.max() ?? first)
  }

  /// - Parameters:
  ///   - range: the part of the old axis that the new samples cover.
  ///   - old: number of old samples.
  ///   - count: number of new samples.
  init(_ range: Range<Double>, of old: Int, count: Int) {
    let step = (range.upperBound - range.lowerBound) / Double(count)
    weights = (0..<count).map { index in
      let low = range.lowerBound + Double(index) * step
      return step >= 1 ? Self.area(low, low + step, old) : Self.cubic(low + step / 2, old)
    }
  }

  /// Returns the fractions of the old samples between two places.
  private static func area(_ low: Double, _ high: Double, _ old: Int) -> (first: Int, values: [Float]) {
    let first = max(0, min(old - 1, Int(low.rounded(.down))))
    let end = max(first + 1, min(old, Int(high.rounded(.up))))
    return normalized(first, (first..<end).map { max(0, min(high, Double($0 + 1)) - max(low, Double($0))) })
  }

  /// Returns the weights of a cubic curve at a place; samples beyond the ends have none.
  private static func cubic(_ place: Double, _ old: Int) -> (first: Int, values: [Float]) {
    let first = max(0, min(old - 1, Int((place - 1.5).rounded(.down))))
    let end = max(first + 1, min(old, Int((place + 2.5).rounded(.down))))
    return normalized(first, (first..<end).map { curve(abs(place - Double($0) - 0.5)) })
  }

  /// Catmull and Rom's curve, a = −1/2 (R. Keys, 1981).
  private static func curve(_ distance: Double) -> Double {
    switch distance {
    case ..<1: (1.5 * distance - 2.5) * distance * distance + 1
    case ..<2: ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    default: 0
    }
  }

  private static func normalized(_ first: Int, _ weights: [Double]) -> (first: Int, values: [Float]) {
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return (first, [1]) }
    return (first, weights.map { Float($0 / sum) })
  }
}
