// Canvas+Images.swift
// Draws other pictures on a canvas: enlarged, shrunk, or in one color.

package import PNG

extension Canvas {
  /// Draws a picture, each of its pixels as a square of `enlarging` pixels.
  package mutating func draw(_ image: PNGImage, x: Int, y: Int, enlarging: Int = 1) {
    for row in 0..<image.height {
      for column in 0..<image.width {
        let (color, opacity) = Self.color(image[column, row])
        rectangle(
          x: x + column * enlarging, y: y + row * enlarging, width: enlarging, height: enlarging, color,
          opacity: opacity)
      }
    }
  }

  /// Draws a picture scaled to fit a square: each pixel is the mean of the area that it shows.
  /// - Parameter ink: the color of gray pictures, with their brightness as its opacity; nil draws them in gray.
  package mutating func draw(_ image: PNGImage, x: Int, y: Int, side: Int, ink: Color? = nil) {
    let longer = max(image.width, image.height)
    let (width, height) = (max(1, image.width * side / longer), max(1, image.height * side / longer))
    let (left, top) = (x + (side - width) / 2, y + (side - height) / 2)
    for row in 0..<height {
      for column in 0..<width {
        let (color, opacity) = Self.mean(
          of: image, from: Place(Float(column), Float(row)), to: Place(Float(column + 1), Float(row + 1)),
          scale: Place(Float(image.width) / Float(width), Float(image.height) / Float(height)))
        if let ink, image.format == .gray {
          mix(ink, share: color.green, x: left + column, y: top + row)
        } else {
          mix(color, share: opacity, x: left + column, y: top + row)
        }
      }
    }
  }

  /// Returns the mean of a rectangle that is given in units of `scale` pixels.
  private static func mean(
    of image: PNGImage, from low: Place, to high: Place, scale: Place
  ) -> (color: Color, opacity: Float) {
    let (low, high) = (low * scale, high * scale)
    var (red, green, blue, opacity, area) = (Float(0), Float(0), Float(0), Float(0), Float(0))
    for y in Int(low.y)..<max(Int(low.y) + 1, min(image.height, Int(high.y.rounded(.up)))) {
      let rows = min(high.y, Float(y + 1)) - max(low.y, Float(y))
      for x in Int(low.x)..<max(Int(low.x) + 1, min(image.width, Int(high.x.rounded(.up)))) {
        let part = rows * (min(high.x, Float(x + 1)) - max(low.x, Float(x)))
        let (color, share) = color(image[min(x, image.width - 1), min(y, image.height - 1)])
        red += part * color.red
        green += part * color.green
        blue += part * color.blue
        opacity += part * share
        area += part
      }
    }
    guard area > 0 else { return (.black, 0) }
    return (Color(red / area, green / area, blue / area), opacity / area)
  }

  private static func color(_ samples: ArraySlice<UInt8>) -> (Color, opacity: Float) {
    let values = samples.map { Float($0) / 255 }
    switch values.count {
    case 1: return (Color(values[0], values[0], values[0]), 1)
    case 2: return (Color(values[0], values[0], values[0]), values[1])
    case 3: return (Color(values[0], values[1], values[2]), 1)
    default: return (Color(values[0], values[1], values[2]), values[3])
    }
  }
}
