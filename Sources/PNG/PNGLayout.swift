// PNGLayout.swift
// The constants of the format: Portable Network Graphics, third edition, W3C.

enum PNGLayout {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Width and height (section 11.2.1).
  static let sides = 1...Int(Int32.max)
  static let headerBytes = 13
  /// Length and name before a chunk's bytes, and the checksum of name and bytes after them (section 5.3).
  static let lengthBytes = 4
  static let nameBytes = 4
  static let checksumBytes = 4
  static let largestChunk = Int(Int32.max)
}

/// The color types of section 11.2.1.
enum ColorType: UInt8 {
  case gray = 0
  case rgb = 2
  case palette = 3
  case grayAlpha = 4
  case rgba = 6

  init(_ format: PixelFormat) {
    self =
      switch format {
      case .gray: .gray
      case .grayAlpha: .grayAlpha
      case .rgb: .rgb
      case .rgba: .rgba
      }
  }

  /// Samples of a pixel in the file.
  var channels: Int {
    switch self {
    case .gray, .palette: 1
    case .grayAlpha: 2
    case .rgb: 3
    case .rgba: 4
    }
  }

  /// The bits a sample may have.
  var depths: Set<Int> {
    switch self {
    case .gray: [1, 2, 4, 8, 16]
    case .palette: [1, 2, 4, 8]
    case .grayAlpha, .rgb, .rgba: [8, 16]
    }
  }
}
