// TextFormat.swift
// The part of protobuf's text format that a configuration needs: messages, strings, numbers.

import ByteStreams

enum TextFormat {
  /// The text between double quotes, every byte outside of printable ASCII as an octal escape.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for byte in text.utf8 {
      switch byte {
      case 0x0A: result += "\\n"
      case 0x0D: result += "\\r"
      case 0x09: result += "\\t"
      case 0x22: result += "\\\""
      case 0x27: result += "\\'"
      case 0x5C: result += "\\\\"
      case 0x20..<0x7F: result.unicodeScalars.append(Unicode.Scalar(byte))
      default: result += "\\" + byte.zeroPadded(to: 3, radix: 8)
      }
    }
    return result + "\""
  }

  /// Reads fields one after the other, as protobuf's own parser does. Comments go from "#" to the end of the line.
  struct Reader {
    private let bytes: [UInt8]
    private var offset = 0
    /// Up to where the lines have been counted.
    private var counted = (offset: 0, line: 1)

    /// Whether a message has just begun, so that no separator may come.
    private var isAtStart = true

    init(_ text: String) {
      // TensorBoard opens the file as text: every kind of line end becomes a line feed.
      bytes = text.utf8.contains(0x0D) ? Self.withLineFeeds(Array(text.utf8)) : Array(text.utf8)
    }

    private static func withLineFeeds(_ bytes: [UInt8]) -> [UInt8] {
      var (result, before): ([UInt8], UInt8) = ([], 0)
      for byte in bytes {
        if byte != 0x0A || before != 0x0D { result.append(byte == 0x0D ? 0x0A : byte) }
        before = byte
      }
      return result
    }

    /// The line that the reader stands in, counted from 1.
    mutating func currentLine() -> Int {
      counted.line += bytes[counted.offset..<offset].count { $0 == UInt8(ascii: "\n") }
      counted.offset = offset
      return counted.line
    }

    /// The name of the next field, or nil at the end of the text or, in a message, behind its closing brace.
    mutating func nextField(inMessage closing: UInt8? = nil) throws(ProjectorError) -> String? {
      skipSpace()
      // A comma or a semicolon may stand behind a field.
      if !isAtStart, peek == UInt8(ascii: ",") || peek == UInt8(ascii: ";") {
        offset += 1
        skipSpace()
      }
      isAtStart = false
      guard let byte = peek else {
        if closing != nil { throw failure("a closing brace is missing") }
        return nil
      }
      if byte == closing {
        offset += 1
        return nil
      }
      let name = word()
      if name.isEmpty { throw failure("a field's name is missing") }
      return name
    }

    /// Reads one message, or a list of them between brackets. `body` gets the brace that closes the message.
    mutating func messages(
      _ body: (_ reader: inout Reader, _ closing: UInt8) throws(ProjectorError) -> Void
    ) throws(ProjectorError) {
      skipSpace()
      if peek == UInt8(ascii: ":") { offset += 1 }
      skipSpace()
      guard peek == UInt8(ascii: "[") else {
        let closing = try beginMessage()
        return try body(&self, closing)
      }
      offset += 1
      skipSpace()
      var isFirst = true
      while peek != UInt8(ascii: "]") {
        if !isFirst { try expect(UInt8(ascii: ",")) }
        isFirst = false
        try checkBrace()
        let closing = try beginMessage()
        try body(&self, closing)
        skipSpace()
      }
      offset += 1
    }

    /// Checks that a brace is next: in a list no colon may stand before it.
    private mutating func checkBrace() throws(ProjectorError) {
      skipSpace()
      if peek != UInt8(ascii: "{"), peek != UInt8(ascii: "<") { throw failure("\"{\" is missing") }
    }

    /// The opening brace of a message.
    /// - Returns: the brace that closes it.
    mutating func beginMessage() throws(ProjectorError) -> UInt8 {
      skipSpace()
      if peek == UInt8(ascii: ":") { offset += 1 }
      skipSpace()
      isAtStart = true
      if peek == UInt8(ascii: "<") {
        offset += 1
        return UInt8(ascii: ">")
      }
      try expect(UInt8(ascii: "{"))
      return UInt8(ascii: "}")
    }

    /// Numbers of 0 … 2³²−1: one, or a list of them between brackets.
    mutating func numbers() throws(ProjectorError) -> [Int] {
      try expect(UInt8(ascii: ":"))
      skipSpace()
      guard peek == UInt8(ascii: "[") else { return [try number()] }
      offset += 1
      var numbers: [Int] = []
      skipSpace()
      while peek != UInt8(ascii: "]") {
        if !numbers.isEmpty { try expect(UInt8(ascii: ",")) }
        skipSpace()
        numbers.append(try number())
        skipSpace()
      }
      offset += 1
      return numbers
    }

    /// A string of UTF-8 between quotes; several of them become one.
    mutating func string() throws(ProjectorError) -> String {
      try expect(UInt8(ascii: ":"))
      skipSpace()
      var text: [UInt8] = []
      guard let first = peek, Self.isQuote(first) else { throw failure("\"\"\" is missing") }
      while let quote = peek, Self.isQuote(quote) {
        offset += 1
        while let byte = peek, byte != quote, byte != UInt8(ascii: "\n") {
          offset += 1
          if byte == UInt8(ascii: "\\") { text += try escaped() } else { text.append(byte) }
        }
        guard peek == quote else { throw failure("a closing quote is missing") }
        offset += 1
        skipSpace()
      }
      guard let string = String(validating: text, as: UTF8.self) else { throw failure("a string is not UTF-8") }
      return string
    }

    /// A failure at this place.
    func failure(_ reason: String) -> ProjectorError {
      let lines = bytes[counted.offset..<offset].count { $0 == UInt8(ascii: "\n") }
      return .badConfig(line: counted.line + lines, reason: reason)
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    /// A number of 0 … 2³²−1.
    private mutating func number() throws(ProjectorError) -> Int {
      let start = offset
      var end = start
      while end < bytes.count, Self.isInNumber(bytes[end]) { end += 1 }
      // Any other character is a token of its own, a digit of another script too.
      let other = start == end ? scalar(at: start) : nil
      if let other, other.properties.numericType == .decimal, let value = other.properties.numericValue {
        offset += String(other).utf8.count
        return Int(value)
      }
      let token = String(decoding: bytes[start..<end], as: UTF8.self)
      guard let number = PythonInteger.value(of: token[...]) else { throw failure("a number is missing") }
      offset = end
      return number
    }

    private static func isInNumber(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }

    /// Returns the bytes that an escape stands for, after its backslash.
    private mutating func escaped() throws(ProjectorError) -> [UInt8] {
      guard let byte = peek else { throw failure("a closing quote is missing") }
      offset += 1
      switch byte {
      case UInt8(ascii: "a"): return [0x07]
      case UInt8(ascii: "b"): return [0x08]
      case UInt8(ascii: "f"): return [0x0C]
      case UInt8(ascii: "n"): return [0x0A]
      case UInt8(ascii: "r"): return [0x0D]
      case UInt8(ascii: "t"): return [0x09]
      case UInt8(ascii: "v"): return [0x0B]
      case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): return [byte]
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        offset -= 1
        guard let byte = UInt8(exactly: try digits(1...3, radix: 8)) else { throw failure("an unknown escape") }
        return [byte]
      case UInt8(ascii: "x"): return [UInt8(truncatingIfNeeded: try digits(1...2, radix: 16))]
      case UInt8(ascii: "u"): return try character(digits(4...4, radix: 16))
      case UInt8(ascii: "U"): return try character(digits(8...8, radix: 16))
      case UInt8(ascii: "N"), UInt8(ascii: "\n"): throw failure("an unknown escape")
      // TensorBoard keeps the backslash of any other escape.
      default: return [UInt8(ascii: "\\"), byte]
      }
    }

    private mutating func digits(_ count: ClosedRange<Int>, radix: Int) throws(ProjectorError) -> UInt32 {
      let digits = bytes[offset...].prefix(count.upperBound).prefix {
        Character(Unicode.Scalar($0)).hexDigitValue.map { $0 < radix } ?? false
      }
      guard digits.count >= count.lowerBound, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
      else { throw failure("an unknown escape") }
      offset += digits.count
      return value
    }

    private func character(_ value: UInt32) throws(ProjectorError) -> [UInt8] {
      guard let scalar = Unicode.Scalar(value) else { throw failure("an unknown escape") }
      return Array(String(Character(scalar)).utf8)
    }

    private mutating func expect(_ byte: UInt8) throws(ProjectorError) {
      skipSpace()
      guard peek == byte else { throw failure("\"\(Character(Unicode.Scalar(byte)))\" is missing") }
      offset += 1
    }

    /// Letters, digits and underscores.
    private mutating func word() -> String {
      let start = offset
      while let byte = peek, (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F {
        offset += 1
      }
      return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func skipSpace() {
      while let byte = peek {
        if byte == UInt8(ascii: "#") {
          while let byte = peek, byte != UInt8(ascii: "\n") { offset += 1 }
        } else if byte == 0x20 || (0x09...0x0D).contains(byte) || (0x1C...0x1F).contains(byte) {
          offset += 1
        } else if byte >= 0x80, let scalar = scalar(at: offset), scalar.properties.isWhitespace {
          offset += String(scalar).utf8.count
        } else {
          return
        }
      }
    }

    /// The character that begins at a place. All bytes are UTF-8.
    private func scalar(at place: Int) -> Unicode.Scalar? {
      String(decoding: bytes[place..<min(place + 4, bytes.count)], as: UTF8.self).unicodeScalars.first
    }
  }
}
