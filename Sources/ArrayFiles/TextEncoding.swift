// TextEncoding.swift
// The encoding of a text file: UTF-8, UTF-16 or a single-byte one, and how it is recognized.

/// An encoding of text.
package enum TextEncoding: String, CaseIterable, Sendable {
  case utf8 = "utf-8"
  /// UTF-16 whose byte order mark tells the byte order.
  case utf16 = "utf-16"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  case latin1 = "latin1"
  case windows1252 = "windows-1252"

  /// The name in messages.
  var title: String {
    switch self {
    case .latin1: "Latin-1"
    case .windows1252: "Windows-1252"
    default: rawValue.uppercased()
    }
  }

  /// Returns the encoding that a byte order mark shows, and the length of the mark.
  static func marked(_ front: ArraySlice<UInt8>) -> (encoding: TextEncoding, length: Int)? {
    if front.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
    if front.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
    if front.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
    return nil
  }

  /// Detects UTF-16 without a byte order mark. If half of the characters or more are ASCII, all zero bytes have even or all
  /// have odd positions, and no control characters stand beside them. Text in other encodings has no zero bytes.
  static func unmarkedUTF16(_ front: ArraySlice<UInt8>) -> TextEncoding? {
    var zeros = (even: 0, odd: 0)
    for (place, byte) in front.enumerated() where byte == 0 {
      let (isEven, other) = (place % 2 == 0, front.startIndex + (place ^ 1))
      if isEven { zeros.even += 1 } else { zeros.odd += 1 }
      if other < front.endIndex, front[other] < 0x20, ![0x09, 0x0A, 0x0D].contains(front[other]) { return nil }
    }
    let half = (front.count / 2 + 1) / 2
    if zeros.even == 0, zeros.odd > 0, zeros.odd >= half { return .utf16LittleEndian }
    if zeros.odd == 0, zeros.even > 0, zeros.even >= half { return .utf16BigEndian }
    return nil
  }

  /// The characters of the bytes 80 to 9F in Windows-1252. Five bytes have none and remain control characters.
  static let windowsCharacters: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E,
    0x178,
  ]

  /// Decodes an encoding with one byte per character; returns nil for the others.
  func text(ofBytes bytes: some Sequence<UInt8>) -> String? {
    guard self == .latin1 || self == .windows1252 else { return nil }
    var scalars = String.UnicodeScalarView()
    for byte in bytes { if let scalar = Unicode.Scalar(character(byte)) { scalars.append(scalar) } }
    return String(scalars)
  }

  /// Returns the code point of a byte in Latin-1 or Windows-1252.
  func character(_ byte: UInt8) -> UInt16 {
    self == .windows1252 && byte & 0xE0 == 0x80 ? Self.windowsCharacters[Int(byte) - 0x80] : UInt16(byte)
  }
}

/// Validates UTF-8 without creating a string.
enum UTF8Check {
  /// Whether the bytes are valid UTF-8: complete, shortest form, no surrogates, nothing above U+10FFFF.
  /// - Complexity: O(bytes).
  static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var place = 0
    while place < bytes.count {
      let first = bytes[place]
      place += 1
      if first < 0x80 { continue }
      // Number of continuation bytes, and the range of the first, which excludes overlong forms and surrogates.
      let (length, low, high): (Int, UInt8, UInt8)
      switch first {
      case 0xC2...0xDF: (length, low, high) = (1, 0x80, 0xBF)
      case 0xE0: (length, low, high) = (2, 0xA0, 0xBF)
      case 0xED: (length, low, high) = (2, 0x80, 0x9F)
      case 0xE1...0xEF: (length, low, high) = (2, 0x80, 0xBF)
      case 0xF0: (length, low, high) = (3, 0x90, 0xBF)
      case 0xF1...0xF3: (length, low, high) = (3, 0x80, 0xBF)
      case 0xF4: (length, low, high) = (3, 0x80, 0x8F)
      default: return false
      }
      guard place + length <= bytes.count, (low...high).contains(bytes[place]) else { return false }
      for next in place + 1..<place + length where bytes[next] & 0xC0 != 0x80 { return false }
      place += length
    }
    return true
  }
}
