// PythonNumber.swift
// Numbers as Python reads them: `float` in a tensor file, `int` in a configuration.

/// Reads what `float` reads: white space around the number, digits of any script, "_" between two digits, "nan" and "inf".
enum PythonNumber {
  /// The number in a cell, or nil where `float` raises an error.
  static func value(of cell: ArraySlice<UInt8>) -> Float? {
    if cell.contains(where: { $0 >= 0x80 || $0 == UInt8(ascii: "_") }) {
      guard let plain = plain(cell) else { return nil }
      return number(plain[...])
    }
    return number(cell)
  }

  /// A cell of ASCII without "_".
  private static func number(_ cell: ArraySlice<UInt8>) -> Float? {
    var (start, end) = (cell.startIndex, cell.endIndex)
    while start < end, isBlank(cell[start]) { start += 1 }
    while start < end, isBlank(cell[end - 1]) { end -= 1 }
    let text = cell[start..<end]
    guard isDecimal(text) || isWord(text) else { return nil }
    return Float(String(decoding: text, as: UTF8.self))
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Whether bytes are an optional sign, digits with at most one point, and an optional exponent.
  private static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
    var (place, end) = (text.startIndex, text.endIndex)
    func skipSign() { if place < end, text[place] == 0x2B || text[place] == 0x2D { place += 1 } }
    func digits() -> Int {
      let first = place
      while place < end, isDigit(text[place]) { place += 1 }
      return place - first
    }
    skipSign()
    var count = digits()
    if place < end, text[place] == UInt8(ascii: ".") {
      place += 1
      count += digits()
    }
    guard count > 0 else { return false }
    if place < end, text[place] | 0x20 == UInt8(ascii: "e") {
      place += 1
      skipSign()
      if digits() == 0 { return false }
    }
    return place == end
  }

  /// Whether bytes are "nan", "inf" or "infinity" in any case, with an optional sign.
  private static func isWord(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= 9 else { return false }
    let word = String(decoding: text.drop { $0 == 0x2B || $0 == 0x2D }, as: UTF8.self).lowercased()
    return text.count <= word.utf8.count + 1 && ["nan", "inf", "infinity"].contains(word)
  }

  /// The cell in ASCII: white space becomes a blank, a digit of another script an ASCII digit. "_" between digits is dropped.
  private static func plain(_ cell: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in String(decoding: cell, as: UTF8.self).unicodeScalars {
      if scalar.isASCII {
        bytes.append(UInt8(scalar.value))
      } else if scalar.properties.isWhitespace {
        bytes.append(0x20)
      } else if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue {
        bytes.append(0x30 + UInt8(value))
      } else {
        return nil
      }
    }
    for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
      guard place > 0, place + 1 < bytes.count, isDigit(bytes[place - 1]), isDigit(bytes[place + 1]) else { return nil }
    }
    return bytes.filter { $0 != UInt8(ascii: "_") }
  }
}

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
