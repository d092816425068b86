// ImageHeader.swift
// Finds the format and the size of an image in its first bytes, as a browser does.

/// The format and size that an encoded image declares.
package struct ImageHeader: Equatable {
  package enum Format: String {
    case png = "PNG", gif = "GIF", bmp = "BMP", jpeg = "JPEG", webp = "WebP", avif = "AVIF", ico = "ICO"
  }

  /// The formats that browsers show, for messages.
  package static let formats = "PNG, JPEG, GIF, BMP, WebP, AVIF or ICO"

  package let format: Format
  /// In pixels.
  package let width: Int
  /// In pixels.
  package let height: Int

  /// Reads the header of a file; nil if browsers do not show its format. TensorBoard sends the bytes; the browser finds their format.
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
    } else if let size = Self.webpSize(file) {
      self.init(format: .webp, width: size.width, height: size.height)
    } else if let size = Self.avifSize(file) {
      self.init(format: .avif, width: size.width, height: size.height)
    } else if let size = Self.iconSize(file) {
      self.init(format: .ico, width: size.width, height: size.height)
    } else {
      return nil
    }
  }

  private init(format: Format, width: Int, height: Int) {
    self.format = format
    self.width = width
    self.height = height
  }

  /// Returns the size in a JPEG's first frame header, which follows other segments.
  private static func jpegSize(_ file: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    guard let frame = JPEGSegments(file).first(where: \.isFrame)?.contents, frame.count >= 5 else { return nil }
    return (file.big(2, at: frame.lowerBound + 3), file.big(2, at: frame.lowerBound + 1))
  }

  /// Returns the size in a WebP's first chunk: lossy, lossless or extended.
  private static func webpSize(_ file: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    guard file.count >= 30, file.has("RIFF", at: 0), file.has("WEBP", at: 8) else { return nil }
    if file.has("VP8 ", at: 12) { return (file.little(2, at: 26) & 0x3FFF, file.little(2, at: 28) & 0x3FFF) }
    if file.has("VP8L", at: 12) {
      let bits = file.little(4, at: 21)
      return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
    }
    return file.has("VP8X", at: 12) ? (file.little(3, at: 24) + 1, file.little(3, at: 27) + 1) : nil
  }

  /// Returns the size in an AVIF's first `ispe` property.
  private static func avifSize(_ file: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    guard file.count >= 32, file.has("ftyp", at: 4), file.has("avif", at: 8) || file.has("avis", at: 8) else {
      return nil
    }
    let place = (16..<min(file.count - 15, 1 << 16)).first { file.has("ispe", at: $0) }
    return place.map { (file.big(4, at: $0 + 8), file.big(4, at: $0 + 12)) }
  }

  /// Returns the size of an icon's largest picture; 0 stands for 256.
  private static func iconSize(_ file: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
    guard file.count >= 22, file.starts(with: [0, 0, 1, 0]) else { return nil }
    let count = file.little(2, at: 4)
    guard count > 0, file.count >= 6 + 16 * count else { return nil }
    let sizes = (0..<count).map { index in
      let (width, height) = (Int(file[6 + 16 * index]), Int(file[7 + 16 * index]))
      return (width: width == 0 ? 256 : width, height: height == 0 ? 256 : height)
    }
    return sizes.max { $0.width * $0.height < $1.width * $1.height }
  }

  /// Returns whether the file ends before its picture does. Browsers show the part that is there, or nothing.
  package func isTruncated(_ file: UnsafeRawBufferPointer) -> Bool {
    switch format {
    case .png: !file.suffix(12).elementsEqual([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
    case .bmp: file.count < file.little(4, at: 2)
    case .webp: file.count < file.little(4, at: 4) + 8
    case .jpeg: !Self.hasEndOfJPEG(file)
    case .gif: Self.isTruncatedGIF(file)
    case .avif, .ico: false
    }
  }

  /// Returns whether an end marker follows the first scan: its bytes do not occur within a scan.
  private static func hasEndOfJPEG(_ file: UnsafeRawBufferPointer) -> Bool {
    guard let scan = JPEGSegments(file).first(where: \.isScan)?.contents else { return false }
    return zip(file.dropFirst(scan.lowerBound), file.dropFirst(scan.lowerBound + 1)).contains {
      $0 == 0xFF && $1 == 0xD9
    }
  }

  /// Returns whether a GIF ends within a block. If only its last byte is missing, the picture is whole.
  private static func isTruncatedGIF(_ file: UnsafeRawBufferPointer) -> Bool {
    func table(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }
    guard file.count >= 13 else { return true }
    var offset = 13 + table(file[10])
    var hasPicture = false
    while offset < file.count {
      switch file[offset] {
      case 0x21: offset += 2
      case 0x2C:
        guard offset + 11 <= file.count else { return true }
        offset += 11 + table(file[offset + 9])
        hasPicture = true
      default: return !hasPicture
      }
      while offset < file.count, file[offset] != 0 { offset += 1 + Int(file[offset]) }
      if offset >= file.count { return true }
      offset += 1
    }
    return !hasPicture
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func has(_ text: StaticString, at offset: Int) -> Bool {
    count >= offset + text.utf8CodeUnitCount
      && self[offset..<offset + text.utf8CodeUnitCount].elementsEqual(
        UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  fileprivate func big(_ count: Int, at offset: Int) -> Int {
    (0..<count).reduce(0) { $0 << 8 | Int(self[offset + $1]) }
  }

  fileprivate func little(_ count: Int, at offset: Int) -> Int {
    (0..<count).reversed().reduce(0) { $0 << 8 | Int(self[offset + $1]) }
  }
}
