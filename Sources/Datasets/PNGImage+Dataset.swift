// PNGImage+Dataset.swift
// One image of a dataset as a picture.

package import PNG
package import Tensors

extension PixelFormat {
  /// How images of so many channels are shown: 1 as gray, 3 as color, 4 as color with alpha, others as the gray of
  /// their mean.
  package init(showing channels: Int) {
    switch channels {
    case 3: self = .rgb
    case 4: self = .rgba
    default: self = .gray
    }
  }
}

extension PNGImage {
  /// The lines between the images of a sheet.
  package static let lineGray: UInt8 = 56

  /// A picture of nothing but one gray, opaque.
  package init(gray: UInt8, width: Int, height: Int, format: PixelFormat) {
    let pixel = (0..<format.channels).map { format.hasAlpha && $0 == format.channels - 1 ? 255 : gray }
    let pixels =
      format.channels == 1
      ? [UInt8](repeating: gray, count: width * height)
      : Array(repeatElement(pixel, count: width * height).joined())
    self.init(width: width, height: height, format: format, pixels: pixels)
  }

  /// The picture of one image.
  /// - Parameter image: H×W×C.
  /// - Precondition: there are `shape.count` values.
  package init(_ image: [UInt8], shape: ImageShape) {
    precondition(image.count == shape.count, "an image has height × width × channels values")
    let format = PixelFormat(showing: shape.channels)
    let pixels = format.channels == shape.channels ? image : Self.means(of: image, channels: shape.channels)
    self.init(width: shape.width, height: shape.height, format: format, pixels: pixels)
  }

  /// The mean of each pixel's channels, rounded.
  private static func means(of image: [UInt8], channels: Int) -> [UInt8] {
    stride(from: 0, to: image.count, by: channels).map { start in
      let sum = image[start..<start + channels].reduce(0) { $0 + Int($1) }
      return UInt8((sum + channels / 2) / channels)
    }
  }
}
