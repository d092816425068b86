// PNGImage+Cropping.swift
// A part of a picture.

package import PNG

extension PNGImage {
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
}
