// JSONRows.swift
// Splits JSON into rows: the values of JSON lines, or the elements of one list.

import ByteStreams

/// Reads the rows of a JSON text, one after the other. Only the current row is in memory.
struct JSONRows<Source: ByteSource> {
  /// The bytes of the last row.
  private(set) var row: [UInt8] = []
  /// The line on which the last row began, from 1.
  private(set) var line = 0
  private var source: Source
  private let path: String
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var (place, end) = (0, 0)
  private var currentLine = 1
  private var start = Start.unknown
  private var isFirst = true

  /// How the text begins.
  private enum Start {
    case unknown, lines, list, ended
    /// JSON lines whose first row is a list, of which the bracket has been read.
    case listRow
  }

  /// The longest row that is read.
  static var rowLimit: Int { 1 << 28 }

  init(_ source: Source, path: String) { (self.source, self.path) = (source, path) }

  /// Reads the next row; false at the end.
  /// - Throws: `ArrayFileError.badText` with the line, or what the source throws.
  mutating func next() throws -> Bool {
    row.removeAll(keepingCapacity: true)
    if start == .unknown { try begin() }
    if start == .listRow {
      start = .lines
      row.append(UInt8(ascii: "["))
      line = currentLine
      try readNested(depth: 1)
      isFirst = false
      return true
    }
    guard start != .ended else { return try refuseMore() }
    var byte = try peekValue()
    if start == .list {
      guard let element = byte else { throw bad("the list has no end; get the file again") }
      if element == UInt8(ascii: "]") {
        place += 1
        start = .ended
        return try refuseMore()
      }
      if !isFirst {
        guard element == UInt8(ascii: ",") else {
          throw bad("got \(shown(element)), want a comma between two elements")
        }
        place += 1
        byte = try peekValue()
      }
    }
    guard let first = byte else { return false }
    isFirst = false
    line = currentLine
    try readValue(first)
    return true
  }

  /// Reads the beginning: a list of lists, objects or texts is the list of rows.
  private mutating func begin() throws {
    start = .lines
    guard try peekValue() == UInt8(ascii: "[") else { return }
    line = currentLine
    place += 1
    let next = try peekValue()
    start = next.map { "[{\"]".utf8.contains($0) } ?? true ? .list : .listRow
  }

  private mutating func readValue(_ first: UInt8) throws {
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      row.append(first)
      place += 1
      try readNested(depth: 1)
    case UInt8(ascii: "\""):
      row.append(first)
      place += 1
      try readText()
    default:
      while let byte = try peek(), !",]} \n\r\t".utf8.contains(byte) {
        row.append(byte)
        place += 1
        if row.count > 1000 { throw bad("the text is no JSON") }
      }
      if row.isEmpty { throw bad("got \(shown(first)), want an object or a list") }
    }
  }

  /// Reads up to the end of an object or a list.
  private mutating func readNested(depth: Int) throws {
    var depth = depth
    while depth > 0 {
      guard let byte = try peek() else { throw bad("the row that begins here has no end; get the file again", line) }
      row.append(byte)
      place += 1
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""): try readText()
      case 0x0A: currentLine += 1
      default: break
      }
      if row.count > Self.rowLimit { throw bad("the row is longer than \(Self.rowLimit) bytes", line) }
    }
  }

  /// Reads up to the end of a text, whose first quote has been read.
  private mutating func readText() throws {
    var isEscaped = false
    while true {
      guard let byte = try peek() else { throw bad("a text has no end; get the file again", line) }
      if row.count > Self.rowLimit { throw bad("the row is longer than \(Self.rowLimit) bytes", line) }
      row.append(byte)
      place += 1
      if byte == 0x0A { currentLine += 1 }
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\"") {
        return
      } else {
        isEscaped = byte == UInt8(ascii: "\\")
      }
    }
  }

  /// Refuses anything behind the list.
  private mutating func refuseMore() throws -> Bool {
    if let byte = try peekValue() { throw bad("got \(shown(byte)) behind the end of the list") }
    return false
  }

  /// Skips blanks, and returns the next byte.
  private mutating func peekValue() throws -> UInt8? {
    while let byte = try peek() {
      if byte == 0x0A { currentLine += 1 }
      guard byte == 0x20 || (0x09...0x0D).contains(byte) else { return byte }
      place += 1
    }
    return nil
  }

  private mutating func peek() throws -> UInt8? {
    if place == end { (place, end) = (0, try buffer.withUnsafeMutableBytes { try source.read(into: $0) }) }
    return end > 0 ? buffer[place] : nil
  }

  private func bad(_ reason: String, _ line: Int? = nil) -> ArrayFileError {
    .badText(path: path, line: line ?? currentLine, reason: reason)
  }

  private func shown(_ byte: UInt8) -> String { DisplayName.quoted(String(decoding: [byte], as: UTF8.self)) }
}

/// The fields of a JSON object, or the list that stands in its place.
struct JSONRecord {
  /// The names, in order, and the bytes of their values.
  private(set) var fields: [(name: String, value: ArraySlice<UInt8>)] = []
  /// The row itself, if it is no object.
  private(set) var bare: ArraySlice<UInt8>?

  /// - Throws: `ArrayFileError.badText` for bytes that are no JSON.
  init(_ row: [UInt8], line: Int, path: String) throws(ArrayFileError) {
    var json = StrictJSON(row, hasNaN: true)
    do {
      if json.next == UInt8(ascii: "{") {
        var found: [(name: String, value: ArraySlice<UInt8>)] = []
        try json.object { json, name in found.append((name, try json.value())) }
        fields = found
      } else {
        bare = try json.value()
      }
      try json.end()
    } catch {
      throw .badText(
        path: path, line: line, reason: "the row that begins here is no JSON; give one object or list for each point")
    }
  }

  /// Returns the text of a scalar value: of a string its characters, of a number its digits as written, nothing of null. Nil for an
  /// object or a list.
  static func text(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    switch value.first {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return nil
    case UInt8(ascii: "n"): return []
    case UInt8(ascii: "\""):
      var json = StrictJSON(Array(value))
      return (try? json.string()).map { Array($0.utf8)[...] }
    default: return value
    }
  }
}
