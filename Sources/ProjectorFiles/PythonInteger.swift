// PythonInteger.swift
// Whole numbers in a configuration, as the protobuf library for Python reads them.

/// Reads what `text_format` reads: `int(text, 0)`, and octal behind a "0" as in C.
enum PythonInteger {
  /// The number of a token, or nil where there is none of 0 … 2³²−1.
  ///
  /// A sign, "0x", "0o" and "0b" are legal, and so is "_" between two digits. "-0" is 0.
  static func value(of token: Substring) -> Int? {
    let sign = token.utf8.first.flatMap { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") ? $0 : nil }
    let text = Array((sign == nil ? token : token.dropFirst()).lowercased().utf8)
    guard let first = text.first else { return nil }
    var magnitude: Int?
    if first == UInt8(ascii: "0"), text.count > 1 {
      let isOctal = sign != UInt8(ascii: "+") && text.allSatisfy { (0x30...0x39).contains($0) }
      switch text[1] {
      case UInt8(ascii: "x"): magnitude = digits(text.dropFirst(2), radix: 16, isPrefixed: true)
      case UInt8(ascii: "o"): magnitude = digits(text.dropFirst(2), radix: 8, isPrefixed: true)
      case UInt8(ascii: "b"): magnitude = digits(text.dropFirst(2), radix: 2, isPrefixed: true)
      // Only zeros may follow a zero in Python.
      default: magnitude = digits(text[...], radix: isOctal ? 8 : 1, isPrefixed: false)
      }
    } else {
      magnitude = digits(text[...], radix: 10, isPrefixed: false)
    }
    guard let magnitude, sign != UInt8(ascii: "-") || magnitude == 0 else { return nil }
    return magnitude
  }

  /// - Parameter isPrefixed: whether "_" may stand in front of the first digit.
  private static func digits(_ text: ArraySlice<UInt8>, radix: Int, isPrefixed: Bool) -> Int? {
    var (value, mayBreak, isWhole) = (0, isPrefixed, false)
    for byte in text {
      if byte == UInt8(ascii: "_") {
        guard mayBreak else { return nil }
        (mayBreak, isWhole) = (false, false)
        continue
      }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix else { return nil }
      value = value * radix + digit
      if value > Int(UInt32.max) { return nil }
      (mayBreak, isWhole) = (true, true)
    }
    return isWhole ? value : nil
  }
}
