// BookmarksCheck.swift
// Checks a file of stored views: reads it as the page's JSON parser does.

import ByteStreams

/// Checks one file of stored views.
struct BookmarksCheck {
  let file: String
  let embedding: String
  private static let isEmpty = "the page's list of views stays empty, without a message"

  /// - Throws: `FileError`.
  func run(_ tally: inout ProjectorTally) throws {
    let source = try FileSource(file, accepting: .regular)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var views = ViewList()
    var text = TextCheck()
    var isFirst = true
    while true {
      let count = try buffer.withUnsafeMutableBytes { buffer in
        var source = source
        return try source.fill(buffer)
      }
      if count == 0 { break }
      if isFirst, buffer[..<count].starts(with: [0xFF, 0xFE]) || buffer[..<count].starts(with: [0xFE, 0xFF]) {
        // The page reads UTF-16 with a byte order mark. Nobody writes it, so nothing more is checked.
        return
      }
      buffer.withUnsafeBytes { text.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      // The page drops a byte order mark at the front.
      let start = isFirst && buffer[..<count].starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      isFirst = false
      buffer.withUnsafeBytes { views.add(UnsafeRawBufferPointer(rebasing: $0[start..<count])) }
    }
    views.finish()
    report(views, isText: text.endsWhole, &tally)
  }

  private func report(_ views: ViewList, isText: Bool, _ tally: inout ProjectorTally) {
    if let fault = views.fault {
      add(&tally, views.line, "no JSON: \(fault)", Self.isEmpty)
    } else if !views.isArray {
      add(&tally, nil, "no array of views", Self.isEmpty)
    } else if let (number, line) = views.badElement {
      add(
        &tally, line, "element \(number) of the array is no object",
        number == 1 ? Self.isEmpty : "the page lists the views before it, and no other")
    } else if let (number, line) = views.emptyView {
      add(
        &tally, line, "element \(number) of the array has no \"projections\"",
        "the page lists it, and a click on it shows nothing")
    } else if !isText {
      add(&tally, nil, "some bytes are no UTF-8", "the page shows U+FFFD in their place")
    }
  }

  private func add(_ tally: inout ProjectorTally, _ line: Int?, _ what: String, _ effect: String) {
    tally.add(.badBookmarks, file: file, line: line, embedding: embedding, what, effect)
  }
}

/// Follows JSON (RFC 8259) byte by byte. It keeps one byte for each open array or object, and no value.
struct ViewList {
  private static let places = Array("projections".utf8)
  private enum State: Equatable {
    case value, firstElement, firstKey, key, colon, afterValue
    case string(isKey: Bool), escape(isKey: Bool), unicode(isKey: Bool, left: Int)
    case word(Word, next: Int)
    case minus, zero, whole, point, fraction, exponentStart, exponentSign, exponent
  }

  private enum Word: String { case yes = "true", no = "false", null }

  /// The first syntax error.
  private(set) var fault: String?
  /// The line of the fault, counted from 1.
  private(set) var line = 1
  /// Whether the outermost value is an array.
  private(set) var isArray = false
  /// The first element that is a number, a text or a word, and its line. Elements are counted from 1.
  private(set) var badElement: (number: Int, line: Int)?
  /// The first element without places of points, and its line.
  private(set) var emptyView: (number: Int, line: Int)?
  private var viewLine = 1
  private var hasPlaces = false
  /// The beginning of a view's key.
  private var key: [UInt8] = []
  private var elements = 0
  private var state = State.value
  /// The brackets that are open.
  private var open: [UInt8] = []

  /// Takes the next bytes.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes {
      if fault != nil { return }
      // Most bytes are inside of strings and numbers.
      if case .string(let isKey) = state {
        takeInString(byte, isKey)
      } else if !takeInNumber(byte) {
        take(byte)
      }
      if byte == 0x0A, fault == nil { line += 1 }
    }
  }

  /// Takes the end of the file.
  mutating func finish() {
    if fault != nil { return }
    // A number ends with the file.
    _ = takeInNumber(0x20)
    if fault == nil, state != .afterValue || !open.isEmpty { fault = "it ends in the middle" }
  }

  private mutating func stumble(_ byte: UInt8) {
    let character = (0x21..<0x7F).contains(byte) ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
    fault = "\(character) at this place"
  }

  private mutating func takeInString(_ byte: UInt8, _ isKey: Bool) {
    switch byte {
    case UInt8(ascii: "\""):
      state = isKey ? .colon : .afterValue
      if isKey, open.count == 2, key == Self.places { hasPlaces = true }
    case UInt8(ascii: "\\"): state = .escape(isKey: isKey)
    case 0..<0x20: stumble(byte)
    default: if isKey, open.count == 2, key.count <= Self.places.count { key.append(byte) }
    }
  }

  /// Takes a byte of a number. False where the state is no number's, or where the number has ended before the byte.
  private mutating func takeInNumber(_ byte: UInt8) -> Bool {
    let isDigit = (0x30...0x39).contains(byte)
    let isExponent = byte | 0x20 == UInt8(ascii: "e")
    switch state {
    case .minus where isDigit: state = byte == 0x30 ? .zero : .whole
    case .zero where byte == UInt8(ascii: "."), .whole where byte == UInt8(ascii: "."): state = .point
    case .zero where isExponent, .whole where isExponent, .fraction where isExponent: state = .exponentStart
    case .whole where isDigit, .fraction where isDigit, .exponent where isDigit: break
    case .point where isDigit: state = .fraction
    case .exponentStart where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"): state = .exponentSign
    case .exponentStart where isDigit, .exponentSign where isDigit: state = .exponent
    case .zero, .whole, .fraction, .exponent:
      state = .afterValue
      return false
    case .minus, .point, .exponentStart, .exponentSign: stumble(byte)
    default: return false
    }
    return true
  }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .escape(let isKey):
      if byte == UInt8(ascii: "u") {
        state = .unicode(isKey: isKey, left: 4)
      } else if "\"\\/bfnrt".utf8.contains(byte) {
        state = .string(isKey: isKey)
      } else {
        stumble(byte)
      }
    case .unicode(let isKey, let left):
      guard Character(Unicode.Scalar(byte)).isHexDigit, byte < 0x80 else { return stumble(byte) }
      state = left == 1 ? .string(isKey: isKey) : .unicode(isKey: isKey, left: left - 1)
    case .word(let word, let next):
      let letters = Array(word.rawValue.utf8)
      guard byte == letters[next] else { return stumble(byte) }
      state = next + 1 == letters.count ? .afterValue : .word(word, next: next + 1)
    default:
      if byte != 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { takeMark(byte) }
    }
  }

  /// Takes a byte between values.
  private mutating func takeMark(_ byte: UInt8) {
    switch (state, byte) {
    case (.firstElement, UInt8(ascii: "]")), (.firstKey, UInt8(ascii: "}")): close()
    case (.value, _), (.firstElement, _): begin(byte)
    case (.firstKey, UInt8(ascii: "\"")), (.key, UInt8(ascii: "\"")):
      state = .string(isKey: true)
      key = []
    case (.colon, UInt8(ascii: ":")): state = .value
    case (.afterValue, UInt8(ascii: ",")) where !open.isEmpty:
      state = open.last == UInt8(ascii: "{") ? .key : .value
    case (.afterValue, UInt8(ascii: "]")) where open.last == UInt8(ascii: "["): close()
    case (.afterValue, UInt8(ascii: "}")) where open.last == UInt8(ascii: "{"): close()
    default: stumble(byte)
    }
  }

  private mutating func close() {
    open.removeLast()
    state = .afterValue
    if open.count == 1, isArray, !hasPlaces, emptyView == nil { emptyView = (elements, viewLine) }
  }

  private mutating func begin(_ byte: UInt8) {
    if open.isEmpty { isArray = byte == UInt8(ascii: "[") }
    if open.count == 1, isArray {
      elements += 1
      (viewLine, hasPlaces) = (line, false)
      let isObject = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
      if !isObject, badElement == nil { badElement = (elements, line) }
    }
    switch byte {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      open.append(byte)
      state = byte == UInt8(ascii: "[") ? .firstElement : .firstKey
    case UInt8(ascii: "\""): state = .string(isKey: false)
    case UInt8(ascii: "-"): state = .minus
    case UInt8(ascii: "0"): state = .zero
    case 0x31...0x39: state = .whole
    case UInt8(ascii: "t"): state = .word(.yes, next: 1)
    case UInt8(ascii: "f"): state = .word(.no, next: 1)
    case UInt8(ascii: "n"): state = .word(.null, next: 1)
    default: stumble(byte)
    }
  }
}
