// PNGImage.swift
// A picture of 8-bit samples, row after row from the top left.

/// The samples of one pixel, in their order in memory.
public enum PixelFormat: UInt8, CaseIterable, Sendable {
  /// One sample: 0 black … 255 white.
  case gray = 1
  /// Gray, then alpha: 0 transparent … 255 opaque.
  case grayAlpha = 2
  /// Red, green, blue.
  case rgb = 3
  /// Red, green, blue, alpha.
  case rgba = 4

  /// The number of samples, and of bytes, of one pixel.
  public var channels: Int { Int(rawValue) }

  /// Whether the last sample is alpha.
  public var hasAlpha: Bool { self == .grayAlpha || self == .rgba }
}

/// A picture of 8-bit samples.
public struct PNGImage: Equatable, Sendable {
  /// The number of pixels in a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The meaning of a pixel's samples.
  public let format: PixelFormat
  /// [height, width, channels], from the top left, without gaps.
  public private(set) var pixels: [UInt8]

  /// Makes a picture of given samples.
  /// - Parameter pixels: [height, width, channels].
  /// - Precondition: width and height are 1 … 2³¹−1, and there are height × width × channels samples.
  public init(width: Int, height: Int, format: PixelFormat, pixels: [UInt8]) {
    precondition(PNGLayout.sides.contains(width) && PNGLayout.sides.contains(height), "a PNG has sides of 1 … 2³¹−1")
    precondition(pixels.count == width * height * format.channels, "a PNG has height × width × channels samples")
    self.width = width
    self.height = height
    self.format = format
    self.pixels = pixels
  }

  /// Makes a picture of zeros: black, and transparent where the format has alpha.
  /// - Precondition: width and height are 1 … 2³¹−1.
  public init(width: Int, height: Int, format: PixelFormat) {
    let count = width * height * format.channels
    self.init(width: width, height: height, format: format, pixels: [UInt8](repeating: 0, count: count))
  }

  /// The samples of the pixel in column `x` and row `y`.
  /// - Precondition: the pixel lies in the picture.
  public subscript(x: Int, y: Int) -> ArraySlice<UInt8> {
    precondition((0..<width).contains(x) && (0..<height).contains(y), "the pixel lies outside of the picture")
    let start = (y * width + x) * format.channels
    return pixels[start..<start + format.channels]
  }

  /// Copies all of `image` into this picture, its top left corner at column `x` and row `y`.
  /// - Precondition: both have one format, and `image` fits.
  /// - Complexity: O(samples of `image`).
  public mutating func paste(_ image: PNGImage, x: Int, y: Int) {
    precondition(image.format == format, "a picture is pasted into one of the same format")
    precondition(
      x >= 0 && y >= 0 && x + image.width <= width && y + image.height <= height, "a pasted picture must fit")
    let rowBytes = image.width * format.channels
    pixels.withUnsafeMutableBytes { target in
      image.pixels.withUnsafeBytes { source in
        for row in 0..<image.height {
          let start = ((y + row) * width + x) * format.channels
          let from = UnsafeRawBufferPointer(rebasing: source[row * rowBytes..<(row + 1) * rowBytes])
          UnsafeMutableRawBufferPointer(rebasing: target[start..<start + rowBytes]).copyMemory(from: from)
        }
      }
    }
  }

  /// Returns a copy of the rectangle whose top left corner is column `x`, row `y`.
  /// - Precondition: it lies in the picture and has a pixel.
  package func cropped(x: Int, y: Int, width: Int, height: Int) -> PNGImage {
    precondition(
      x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height, "the part lies in the picture")
    var part: [UInt8] = []
    part.reserveCapacity(width * height * format.channels)
    for row in y..<y + height {
      let start = (row * self.width + x) * format.channels
      part += pixels[start..<start + width * format.channels]
    }
    return PNGImage(width: width, height: height, format: format, pixels: part)
  }

  /// Returns the picture with each pixel repeated `factor` times across and down.
  /// - Precondition: factor ≥ 1.
  /// - Complexity: O(samples of the result).
  public func enlarged(by factor: Int) -> PNGImage {
    precondition(factor >= 1, "a picture is enlarged by 1 or more")
    let channels = format.channels
    var enlarged: [UInt8] = []
    enlarged.reserveCapacity(pixels.count * factor * factor)
    for y in 0..<height {
      let start = enlarged.count
      for x in 0..<width {
        let pixel = pixels[(y * width + x) * channels..<(y * width + x + 1) * channels]
        for _ in 0..<factor { enlarged += pixel }
      }
      let row = enlarged[start...]
      for _ in 1..<factor { enlarged += row }
    }
    return PNGImage(width: width * factor, height: height * factor, format: format, pixels: enlarged)
  }
}
