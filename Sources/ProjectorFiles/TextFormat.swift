// TextFormat.swift
// The part of protobuf's text format that a configuration needs: messages, strings, numbers.

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
      default:
        let digits = String(byte, radix: 8)
        result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return result + "\""
  }

  /// Reads fields one after the other. Comments go from "#" to the end of the line.
  struct Reader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The name of the next field, or nil at the end of the text or, in a message, behind its closing brace.
    mutating func nextField(inMessage: Bool) throws(ProjectorError) -> String? {
      skipSpace()
      guard let byte = peek else {
        if inMessage { throw failure("a closing brace is missing") }
        return nil
      }
      if inMessage, byte == UInt8(ascii: "}") {
        offset += 1
        return nil
      }
      let name = word()
      if name.isEmpty { throw failure("a field's name is missing") }
      return name
    }

    /// The opening brace of a message.
    mutating func beginMessage() throws(ProjectorError) {
      skipSpace()
      if peek == UInt8(ascii: ":") { offset += 1 }
      try expect(UInt8(ascii: "{"))
    }

    /// A number of 0 … 2³²−1.
    mutating func number() throws(ProjectorError) -> Int {
      try expect(UInt8(ascii: ":"))
      skipSpace()
      guard let number = UInt32(word()) else { throw failure("a number is missing") }
      return Int(number)
    }

    /// A string of UTF-8 between quotes.
    mutating func string() throws(ProjectorError) -> String {
      try expect(UInt8(ascii: ":"))
      try expect(UInt8(ascii: "\""))
      var text: [UInt8] = []
      while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\n") {
        offset += 1
        text.append(byte == UInt8(ascii: "\\") ? try escaped() : byte)
      }
      guard peek == UInt8(ascii: "\"") else { throw failure("a closing quote is missing") }
      offset += 1
      guard let string = String(validating: text, as: UTF8.self) else { throw failure("a string is not UTF-8") }
      return string
    }

    /// A failure at this place.
    func failure(_ reason: String) -> ProjectorError {
      .badConfig(line: 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }, reason: reason)
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func escaped() throws(ProjectorError) -> UInt8 {
      guard let byte = peek else { throw failure("a closing quote is missing") }
      offset += 1
      switch byte {
      case UInt8(ascii: "n"): return 0x0A
      case UInt8(ascii: "r"): return 0x0D
      case UInt8(ascii: "t"): return 0x09
      case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): return byte
      case UInt8(ascii: "0")...UInt8(ascii: "3"):
        let digits = bytes[(offset - 1)...].prefix(3)
        guard digits.count == 3, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) else {
          throw failure("an unknown escape")
        }
        offset += 2
        return value
      default: throw failure("an unknown escape")
      }
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
        } else if byte == 0x20 || (0x09...0x0D).contains(byte) {
          offset += 1
        } else {
          return
        }
      }
    }
  }
}
