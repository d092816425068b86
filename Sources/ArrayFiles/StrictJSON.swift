// StrictJSON.swift
// A JSON reader as strict as the official safetensors reader. Foundation would accept 4.0 as an integer, and a byte order mark.

/// Reads JSON (RFC 8259) one value after the other. Only the position is stored.
struct StrictJSON {
  /// The bytes are not the expected JSON.
  struct Fault: Error {}

  private let bytes: [UInt8]
  /// Whether NaN, Infinity and -Infinity are numbers, as Python's json module writes them.
  private let hasNaN: Bool
  private var place = 0
  private var depth = 0
  /// Maximum depth of nested arrays and objects, as in the official reader.
  private static let depthLimit = 127

  init(_ bytes: [UInt8], hasNaN: Bool = false) { (self.bytes, self.hasNaN) = (bytes, hasNaN) }

  /// The first byte of the next value; nil at the end.
  var next: UInt8? {
    mutating get {
      while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
      return place < bytes.count ? bytes[place] : nil
    }
  }

  /// Checks that nothing follows.
  mutating func end() throws(Fault) { if next != nil { throw Fault() } }

  private mutating func take(_ character: Character) throws(Fault) {
    guard next == character.asciiValue else { throw Fault() }
    place += 1
  }

  private mutating func open(_ bracket: Character) throws(Fault) {
    try take(bracket)
    depth += 1
    if depth > Self.depthLimit { throw Fault() }
  }

  /// Skips the comma before an element that is not the first; returns false after the last element.
  private mutating func advance(_ isFirst: inout Bool, closing: Character) throws(Fault) -> Bool {
    if next == closing.asciiValue {
      place += 1
      depth -= 1
      return false
    }
    if !isFirst { try take(",") }
    isFirst = false
    return true
  }

  /// Hands each key of an object to `body`, which reads the value behind it.
  mutating func object(_ body: (_ json: inout StrictJSON, _ key: String) throws -> Void) throws {
    try open("{")
    var isFirst = true
    while try advance(&isFirst, closing: "}") {
      let key = try string()
      try take(":")
      try body(&self, key)
    }
  }

  /// Calls `body` for each element of an array; it reads the element.
  mutating func array(_ body: (_ json: inout StrictJSON) throws -> Void) throws {
    try open("[")
    var isFirst = true
    while try advance(&isFirst, closing: "]") { try body(&self) }
  }

  /// A whole number of 0 or more, written as one.
  mutating func natural() throws(Fault) -> Int {
    let text = try number()
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { throw Fault() }
    return number
  }

  private mutating func number() throws(Fault) -> String {
    guard next != nil else { throw Fault() }
    let start = place
    func digits(_ place: inout Int) throws(Fault) {
      let count = bytes[place...].prefix { (0x30...0x39).contains($0) }.count
      if count == 0 { throw Fault() }
      place += count
    }
    func skip(_ place: inout Int, _ characters: String) -> Bool {
      guard place < bytes.count, characters.utf8.contains(bytes[place]) else { return false }
      place += 1
      return true
    }
    _ = skip(&place, "-")
    if !skip(&place, "0") { try digits(&place) }
    if skip(&place, ".") { try digits(&place) }
    if skip(&place, "eE") {
      _ = skip(&place, "+-")
      try digits(&place)
    }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    guard let value = Double(text), value.isFinite else { throw Fault() }
    return text
  }

  /// A text between double quotes.
  mutating func string() throws(Fault) -> String {
    try take("\"")
    var start = place
    var text: [UInt8] = []
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        text += bytes[start..<place]
        place += 1
        guard let string = String(validating: text, as: UTF8.self) else { throw Fault() }
        return string
      case UInt8(ascii: "\\"):
        text += bytes[start..<place]
        place += 1
        text += try escaped()
        start = place
      case 0..<0x20: throw Fault()
      default: place += 1
      }
    }
    throw Fault()
  }

  /// Returns the character that an escape stands for, after its backslash.
  private mutating func escaped() throws(Fault) -> [UInt8] {
    guard place < bytes.count else { throw Fault() }
    let letter = bytes[place]
    place += 1
    if letter == UInt8(ascii: "u") {
      var value = try hexadecimal()
      if (0xD800..<0xDC00).contains(value) {
        guard bytes[place...].starts(with: Array("\\u".utf8)) else { throw Fault() }
        place += 2
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw Fault() }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw Fault() }
      return Array(String(Character(scalar)).utf8)
    }
    let letters = Array("\"\\/bfnrt".utf8)
    let meanings: [UInt8] = [0x22, 0x5C, 0x2F, 0x08, 0x0C, 0x0A, 0x0D, 0x09]
    guard let index = letters.firstIndex(of: letter) else { throw Fault() }
    return [meanings[index]]
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    let digits = bytes[place...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw Fault() }
    place += 4
    return value
  }

  /// Passes over `null`, if it is next.
  mutating func null() -> Bool {
    guard next == UInt8(ascii: "n"), bytes[place...].starts(with: Array("null".utf8)) else { return false }
    place += 4
    return true
  }

  /// Passes over a value, whatever it is.
  mutating func skip() throws {
    switch next {
    case UInt8(ascii: "{"): try object { (json, _) in try json.skip() }
    case UInt8(ascii: "["): try array { try $0.skip() }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "f"):
      guard let word = ["null", "true", "false"].first(where: { bytes[place...].starts(with: Array($0.utf8)) }) else {
        throw Fault()
      }
      place += word.utf8.count
    default: if !skipNaN() { _ = try number() }
    }
  }

  private mutating func skipNaN() -> Bool {
    guard hasNaN, let word = ["NaN", "Infinity", "-Infinity"].first(where: { bytes[place...].starts(with: $0.utf8) })
    else { return false }
    place += word.utf8.count
    return true
  }

  /// Returns the bytes of the next value. A list of numbers is only searched for its end.
  mutating func value() throws -> ArraySlice<UInt8> {
    guard next == UInt8(ascii: "["), let end = bytes[place...].firstIndex(of: UInt8(ascii: "]")) else {
      _ = next
      let start = place
      try skip()
      return bytes[start..<place]
    }
    let start = place
    if bytes[(start + 1)..<end].contains(where: {
      UInt8(ascii: "[") == $0 || UInt8(ascii: "\"") == $0 || UInt8(ascii: "{") == $0
    }) {
      try skip()
    } else {
      place = end + 1
    }
    return bytes[start..<place]
  }
}
