// Canvas.swift
// A picture to be drawn on: discs, lines, rectangles and other pictures, with soft edges.

package import PNG

/// A place in a picture, in pixels: x to the right, y down; the middle of the first pixel is at 0.5, 0.5.
package typealias Place = SIMD2<Float>

/// A picture of colors that are mixed as they are drawn one over the other.
package struct Canvas {
  package let width: Int
  package let height: Int
  /// Red, green and blue of each pixel, 0 … 1.
  private var samples: [Float]

  /// - Precondition: width and height are 1 or more.
  package init(width: Int, height: Int, _ color: Color) {
    precondition(width >= 1 && height >= 1, "a canvas has pixels")
    self.width = width
    self.height = height
    let count = 3 * width * height
    samples = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      if color.red == color.green, color.green == color.blue { return buffer.initialize(repeating: color.red) }
      for start in stride(from: 0, to: count, by: 3) {
        buffer.initializeElement(at: start, to: color.red)
        buffer.initializeElement(at: start + 1, to: color.green)
        buffer.initializeElement(at: start + 2, to: color.blue)
      }
    }
  }

  /// Mixes `share` of a color into a pixel; none outside of the picture.
  package mutating func mix(_ color: Color, share: Float, x: Int, y: Int) {
    guard share > 0, x >= 0, y >= 0, x < width, y < height else { return }
    let start = 3 * (y * width + x)
    samples[start] += (color.red - samples[start]) * share
    samples[start + 1] += (color.green - samples[start + 1]) * share
    samples[start + 2] += (color.blue - samples[start + 2]) * share
  }

  /// Draws a disc. A pixel that its edge crosses is blended by about the fraction covered.
  package mutating func disc(at center: Place, radius: Float, _ color: Color, opacity: Float = 1) {
    guard let (columns, rows) = pixels(from: center - radius, to: center + radius) else { return }
    for y in rows {
      for x in columns {
        let offset = Place(Float(x) + 0.5, Float(y) + 0.5) - center
        let distance = (offset * offset).sum().squareRoot()
        mix(color, share: opacity * Self.coverage(radius - distance), x: x, y: y)
      }
    }
  }

  /// Straight lines with round ends, drawn as one: where they meet nothing is drawn twice.
  package mutating func lines(_ lines: [(from: Place, to: Place)], radius: Float, _ color: Color, opacity: Float = 1) {
    guard let first = lines.first else { return }
    var (low, high) = (first.from, first.from)
    for line in lines {
      low = pointwiseMin(low, pointwiseMin(line.from, line.to))
      high = pointwiseMax(high, pointwiseMax(line.from, line.to))
    }
    guard let (columns, rows) = pixels(from: low - radius, to: high + radius) else { return }
    for y in rows {
      for x in columns {
        let place = Place(Float(x) + 0.5, Float(y) + 0.5)
        let nearest = lines.reduce(Float.infinity) { min($0, Self.distance(place, $1.from, $1.to)) }
        mix(color, share: opacity * Self.coverage(radius - nearest), x: x, y: y)
      }
    }
  }

  /// A rectangle of whole pixels.
  package mutating func rectangle(x: Int, y: Int, width: Int, height: Int, _ color: Color, opacity: Float = 1) {
    for row in max(0, y)..<max(max(0, y), min(self.height, y + height)) {
      for column in max(0, x)..<max(max(0, x), min(self.width, x + width)) {
        mix(color, share: opacity, x: column, y: row)
      }
    }
  }

  /// The picture in gray, which is its green, or in colors; each sample rounded.
  package func image(isGray: Bool = false) -> PNGImage {
    let step = isGray ? 3 : 1
    let count = samples.count / step
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      samples.withUnsafeBufferPointer { samples in
        for place in 0..<count {
          let value = max(0, min(255, samples[place * step + (isGray ? 1 : 0)] * 255))
          // A Float this large has no fraction: what is added is rounded, and stands in its lowest bits.
          buffer.initializeElement(at: place, to: UInt8(truncatingIfNeeded: (value + 0x1p23).bitPattern))
        }
      }
      initialized = count
    }
    return PNGImage(width: width, height: height, format: isGray ? .gray : .rgb, pixels: pixels)
  }

  /// The pixels that a rectangle reaches, if there are any.
  private func pixels(from low: Place, to high: Place) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
    let limit = Place(Float(width - 1), Float(height - 1))
    let (first, last) = (pointwiseMax(low - 1, .zero), pointwiseMin(high + 1, limit))
    guard low.x.isFinite, low.y.isFinite, high.x.isFinite, high.y.isFinite, first.x <= last.x, first.y <= last.y else {
      return nil
    }
    return (Int(first.x)...Int(last.x), Int(first.y)...Int(last.y))
  }

  /// How much of a pixel lies inside of an edge that is `depth` pixels away from its middle.
  private static func coverage(_ depth: Float) -> Float { max(0, min(1, depth + 0.5)) }

  private static func distance(_ place: Place, _ from: Place, _ to: Place) -> Float {
    let (way, offset) = (to - from, place - from)
    let square = (way * way).sum()
    let share = square > 0 ? max(0, min(1, (way * offset).sum() / square)) : 0
    let rest = offset - share * way
    return (rest * rest).sum().squareRoot()
  }
}
