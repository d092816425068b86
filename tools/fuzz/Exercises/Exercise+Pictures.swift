// Exercise+Pictures.swift
// Picture files: PNG, JPEG, and the headers of other formats.

import JPEG
import PNG

extension Exercise {
  static func readPicture(_ bytes: [UInt8]) throws {
    _ = bytes.withUnsafeBytes { ImageHeader($0) }
    for file in [bytes, PictureBytes.repaired(bytes), try PictureBytes.deflated(bytes)] {
      guard let image = try? PNGImage.decode(file, limit: 1 << 22) else { continue }
      if try PNGImage.decode(image.encoded()) != image { throw Disagreement(what: "a picture written and read again") }
    }
  }

  /// Decodes a JPEG twice, and compares it with its header.
  static func readJPEG(_ bytes: [UInt8]) throws {
    let header = bytes.withUnsafeBytes { file in
      if let found = ImageHeader(file) { _ = found.isTruncated(file) }
      return try? JPEGHeader(file)
    }
    do throws(any Error) {
      let image = try JPEGImage.decode(bytes, pixelLimit: 1 << 18)
      if (header?.width, header?.height, header?.format) != (image.width, image.height, image.format) {
        throw Disagreement(what: "a picture's header and its samples")
      }
      if try JPEGImage.decode(bytes) != image { throw Disagreement(what: "a picture decoded twice") }
    } catch is JPEGError {}
  }
}
