// Canvas.swift
// Draws discs, lines and rectangles with soft edges into a picture of colors.

package import PNG

/// A place in a picture, in pixels: x to the right, y down; the middle of the first pixel is at 0.5, 0.5.
package typealias Place = SIMD2<Float>

/// A picture to draw on; colors are mixed with those below them.
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

  /// Mixes `share` of a color into a pixel. Pixels outside of the picture are ignored.
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

  /// Draws straight lines with round ends as one shape: where they meet, nothing is drawn twice.
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

  /// Draws a rectangle of whole pixels.
  package mutating func rectangle(x: Int, y: Int, width: Int, height: Int, _ color: Color, opacity: Float = 1) {
    for row in max(0, y)..<max(max(0, y), min(self.height, y + height)) {
      for column in max(0, x)..<max(max(0, x), min(self.width, x + width)) {
        mix(color, share: opacity, x: column, y: row)
      }
    }
  }

  /// Returns the picture in colors, or in gray, which is its green; each sample is rounded.
  package func image(isGray: Bool = false) -> PNGImage {
    let step = isGray ? 3 : 1
    let count = samples.count / step
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      samples.withUnsafeBufferPointer { samples in
        for place in 0..<count {
          let value = max(0, min(255, samples[place * step + (isGray ? 1 : 0)] * 255))
          // A Float this large has no fraction: the sum is rounded, and the value is in its lowest bits.
          buffer.initializeElement(at: place, to: UInt8(truncatingIfNeeded: (value + 0x1p23).bitPattern))
        }
      }
      initialized = count
    }
    return PNGImage(width: width, height: height, format: isGray ? .gray : .rgb, pixels: pixels)
  }

  /// Returns the pixels that a rectangle reaches; nil if there are none.
  private func pixels(from low: Place, to high: Place) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
    let limit = Place(Float(width - 1), Float(height - 1))
    let (first, last) = (pointwiseMax(low - 1, .zero), pointwiseMin(high + 1, limit))
    guard low.x.isFinite, low.y.isFinite, high.x.isFinite, high.y.isFinite, first.x <= last.x, first.y <= last.y else {
      return nil
    }
    return (Int(first.x)...Int(last.x), Int(first.y)...Int(last.y))
  }

  /// Returns the fraction of a pixel inside an edge that is `depth` pixels away from its middle.
  private static func coverage(_ depth: Float) -> Float { max(0, min(1, depth + 0.5)) }

  private static func distance(_ place: Place, _ from: Place, _ to: Place) -> Float {
    let (way, offset) = (to - from, place - from)
    let square = (way * way).sum()
    let share = square > 0 ? max(0, min(1, (way * offset).sum() / square)) : 0
    let rest = offset - share * way
    return (rest * rest).sum().squareRoot()
  }
}

/// Red, green and blue, 0 … 1 each, as screens take them.
package struct Color: Hashable, Sendable {
  package var red: Float
  package var green: Float
  package var blue: Float

  package init(_ red: Float, _ green: Float, _ blue: Float) { (self.red, self.green, self.blue) = (red, green, blue) }

  /// Makes the color 0xRRGGBB.
  package init(_ code: UInt32) {
    func part(_ shift: UInt32) -> Float { Float(code >> shift & 255) / 255 }
    self.init(part(16), part(8), part(0))
  }

  /// Red, green and blue, 0 … 255 each.
  package var bytes: [UInt8] { [red, green, blue].map { UInt8(max(0, min(255, ($0 * 255).rounded()))) } }

  package static let white = Color(1, 1, 1)
  package static let black = Color(0, 0, 0)

  /// Returns this color mixed with `share` of another.
  package func mixed(with other: Color, share: Float) -> Color {
    Color(red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share)
  }
}

extension Color {
  /// The projector's colors of classes in their order: d3's category10 in steps of three.
  static let classes = [
    0x1F77B4, 0xD62728, 0xE377C2, 0x17BECF, 0x2CA02C, 0x8C564B, 0xBCBD22, 0xFF7F0E, 0x9467BD, 0x7F7F7F,
  ].map { Color($0) }

  /// Returns the color of the `number`th class; the ten colors repeat.
  package static func ofClass(_ number: Int) -> Color { classes[number % classes.count] }
}
