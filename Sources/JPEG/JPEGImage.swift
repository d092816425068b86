// JPEGImage.swift
// The bytes of a JPEG file to an image.

import ByteStreams
package import PNG

/// Decodes JPEG files.
package enum JPEGImage {
  /// The default limit on pixels: 134 million, which the largest cameras do not reach.
  package static let defaultPixelLimit = 1 << 27

  /// Returns whether the first bytes of a file are those of a JPEG.
  package static func isJPEG(front: some Sequence<UInt8>) -> Bool { front.starts(with: [0xFF, 0xD8, 0xFF]) }

  /// Decodes the image in the bytes of a JPEG file.
  /// - Parameter pixelLimit: the most pixels accepted.
  /// - Throws: as for a buffer.
  package static func decode(_ file: [UInt8], pixelLimit: Int = defaultPixelLimit) throws -> PNGImage {
    try file.withUnsafeBytes { try decode($0, pixelLimit: pixelLimit) }
  }

  /// Decodes the image in the bytes of a JPEG file. Thread-safe.
  ///
  /// Gray images stay gray; all others become RGB, those in CMYK by the usual formula without a color profile. The result is
  /// upright: the orientation in the file's EXIF data is applied. A truncated or damaged file is an error, never a part of the image.
  /// - Parameters:
  ///   - file: the whole file; bytes behind the image are ignored.
  ///   - pixelLimit: the most pixels accepted. No memory is allocated before this is checked.
  /// - Throws: `JPEGError`.
  /// - Complexity: O(bytes + samples); the samples once, twice to turn an image, and two bytes a sample more for a progressive file.
  package static func decode(
    _ file: UnsafeRawBufferPointer, pixelLimit: Int = defaultPixelLimit
  ) throws -> PNGImage {
    let header = try JPEGHeader(file)
    // Both sides are below 2¹⁶.
    guard header.width * header.height <= pixelLimit else {
      throw JPEGError.tooLarge(width: header.width, height: header.height, limit: pixelLimit)
    }
    try header.requireSamples(in: file.count)
    let samples = header.storedWidth * header.storedHeight * header.channels
    try requireMemory(samples * (header.isSequential ? 1 : 3))
    var pixels = try TurboJPEG.decompress(file, header)
    if header.channels == 4 {
      try requireMemory(samples / 4 * 3)
      pixels = rgb(invertedCMYK: pixels)
    }
    if header.orientation != .upright { try requireMemory(pixels.count) }
    return header.orientation.applied(
      to: PNGImage(width: header.storedWidth, height: header.storedHeight, format: header.format, pixels: pixels))
  }

  private static func requireMemory(_ bytes: Int) throws(JPEGError) {
    do { try MemoryCheck.require(bytes) } catch { throw .noMemory(bytes: error.bytes) }
  }

  /// Converts CMYK, stored as 255 minus the ink as Adobe does, to RGB: (255 − ink) × (255 − black) / 255 for each color.
  private static func rgb(invertedCMYK inks: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: inks.count / 4 * 3) { pixels, filled in
      for pixel in 0..<inks.count / 4 {
        let light = Int(inks[4 * pixel + 3])
        for channel in 0..<3 {
          // Rounded as an ink is removed from the light.
          let ink = (255 - Int(inks[4 * pixel + channel])) * light
          pixels[3 * pixel + channel] = UInt8(light - (ink + 127) / 255)
        }
      }
      filled = inks.count / 4 * 3
    }
  }
}
