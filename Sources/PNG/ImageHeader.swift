// ImageHeader.swift
// The format and the size of an image from its first bytes, as a browser would find them.

/// What an encoded image says about itself.
package struct ImageHeader: Equatable {
  package enum Format: String { case png = "PNG", gif = "GIF", bmp = "BMP", jpeg = "JPEG" }

  package let format: Format
  /// In pixels.
  package let width: Int
  /// In pixels.
  package let height: Int

  /// The header of a file of one of the formats that TensorBoard names to browsers, or nil.
  package init?(_ file: UnsafeRawBufferPointer) {
    if file.count >= 24, file.starts(with: [137, 80, 78, 71, 13, 10, 26, 10]) {
      self.init(format: .png, width: file.big(4, at: 16), height: file.big(4, at: 20))
    } else if file.count >= 10, file.starts(with: [71, 73, 70, 56]) {
      self.init(format: .gif, width: file.little(2, at: 6), height: file.little(2, at: 8))
    } else if file.count >= 26, file.starts(with: [66, 77]) {
      let height = Int32(truncatingIfNeeded: file.little(4, at: 22))
      self.init(format: .bmp, width: file.little(4, at: 18), height: Int(height.magnitude))
    } else if file.starts(with: [0xFF, 0xD8, 0xFF]), let size = Self.jpegSize(file) {
      self.init(format: .jpeg, width: size.width, height: size.height)
    } else {
      return nil
    }
  }

  private init(format: Format, width: Int, height: Int) {
    self.format = format
    self.width = width
    self.height = height
  }

  /// The size in a JPEG's first frame header, behind the segments that come before it.
  private static func jpegSize(_ file: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    var offset = 2
    while offset + 9 <= file.count, file[offset] == 0xFF {
      let marker = file[offset + 1]
      if marker == 0xFF {
        offset += 1
        continue
      }
      // Frame headers are C0 … CF without tables (C4), extensions (C8) and arithmetic coding (CC).
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        return (file.big(2, at: offset + 7), file.big(2, at: offset + 5))
      }
      offset += 2 + max(2, file.big(2, at: offset + 2))
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func big(_ count: Int, at offset: Int) -> Int {
    (0..<count).reduce(0) { $0 << 8 | Int(self[offset + $1]) }
  }

  fileprivate func little(_ count: Int, at offset: Int) -> Int {
    (0..<count).reversed().reduce(0) { $0 << 8 | Int(self[offset + $1]) }
  }
}
