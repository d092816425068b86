// UTF8Check.swift
// Validates UTF-8.

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
