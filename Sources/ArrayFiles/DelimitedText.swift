// DelimitedText.swift
// Rows of cells in a text file: TSV, CSV, with or without quotes.

package import ByteStreams

/// What stands between cells, and whether quotes may hide it.
package enum Delimiter: UInt8, Sendable {
  case tab = 9
  case comma = 44
  case semicolon = 59

  /// By the file's name; else by what the first line has.
  package static func detected(name: String, firstLine: some Sequence<UInt8>) -> Delimiter {
    let (name, line) = (name.lowercased(), Set(firstLine))
    if name.hasSuffix(".tsv") || name.hasSuffix(".tab") { return .tab }
    let order: [Delimiter] = name.hasSuffix(".csv") ? [.comma, .semicolon] : [.tab, .comma, .semicolon]
    return order.first { line.contains($0.rawValue) } ?? order[0]
  }
}

/// Reads rows of cells, one after the other.
///
/// Between commas or semicolons cells may be quoted as in RFC 4180: delimiters and line ends in quotes belong to the cell, two
/// quotes are one. Between tabs a cell is unquoted only where it begins and ends with a quote on one line: lists of words
/// have lone quotes. Lines end in LF or CR LF. A byte order mark at the front is passed over.
package struct DelimitedText<Source: ByteSource> {
  /// The cells of the last row, each with a zero behind it.
  package private(set) var bytes: [UInt8] = []
  /// Where each cell of the last row begins, and, at the end, where the next would.
  package private(set) var starts: [Int] = [0]
  /// The line that the last row began on, from 1.
  package private(set) var line = 0
  private var source: Source
  private let path: String
  private let delimiter: UInt8
  private let spansLines: Bool
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)
  private var (place, end) = (0, 0)
  private var nextLine = 1

  /// The longest row that is read: nothing in a page can be as long.
  static var rowLimit: Int { 1 << 28 }

  package init(_ source: Source, delimiter: Delimiter, path: String) {
    self.source = source
    self.path = path
    self.delimiter = delimiter.rawValue
    spansLines = delimiter != .tab
  }

  /// Cells of the last row.
  package var count: Int { starts.count - 1 }

  /// One cell's bytes.
  package subscript(cell: Int) -> ArraySlice<UInt8> { bytes[starts[cell]..<starts[cell + 1] - 1] }

  /// Reads the next row; false at the end. An empty line is a row of one empty cell.
  /// - Throws: `ArrayFileError.badText` for a quote without end or a row without end, or what the source throws.
  package mutating func next() throws -> Bool {
    bytes.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    line = nextLine
    guard try fill() else { return false }
    if line == 1, place == 0, buffer[..<end].starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    while true {
      let isLast = try spansLines && peek() == UInt8(ascii: "\"") ? readQuoted() : readPlain()
      starts.append(bytes.count)
      if isLast {
        nextLine += 1
        return true
      }
    }
  }

  /// A cell up to a delimiter or the line's end; true at the line's end.
  private mutating func readPlain() throws -> Bool {
    let start = bytes.count
    while try fill() {
      let stop = buffer[place..<end].firstIndex { $0 == delimiter || $0 == 0x0A } ?? end
      bytes += buffer[place..<stop]
      if bytes.count > Self.rowLimit { throw tooLong() }
      place = stop
      if stop == end { continue }
      place += 1
      if buffer[stop] == delimiter {
        finish(from: start)
        return false
      }
      break
    }
    if bytes.count > start, bytes.last == 0x0D { bytes.removeLast() }
    finish(from: start)
    return true
  }

  /// A cell in quotes; true at the line's end.
  private mutating func readQuoted() throws -> Bool {
    place += 1
    while true {
      guard try fill() else {
        throw ArrayFileError.badText(path: path, line: line, reason: "a quote has no end; double it if it is meant")
      }
      let stop = buffer[place..<end].firstIndex(of: UInt8(ascii: "\"")) ?? end
      nextLine += buffer[place..<stop].count { $0 == 0x0A }
      bytes += buffer[place..<stop]
      if bytes.count > Self.rowLimit { throw tooLong() }
      place = stop
      if stop == end { continue }
      place += 1
      if try peek() != UInt8(ascii: "\"") { break }
      bytes.append(UInt8(ascii: "\""))
      place += 1
    }
    // What follows the closing quote belongs to the cell too.
    return try readPlain()
  }

  /// Between tabs, quotes around a whole cell go.
  private mutating func finish(from start: Int) {
    let quote = UInt8(ascii: "\"")
    if !spansLines, bytes.count >= start + 2, bytes[start] == quote, bytes.last == quote {
      let inner = bytes[start + 1..<bytes.count - 1]
      if let plain = Self.unquoted(inner) { bytes.replaceSubrange(start..., with: plain) }
    }
    bytes.append(0)
  }

  /// Every quote must be doubled; nil where one is not.
  private static func unquoted(_ cell: ArraySlice<UInt8>) -> [UInt8]? {
    let quote = UInt8(ascii: "\"")
    if !cell.contains(quote) { return Array(cell) }
    var plain: [UInt8] = []
    var rest = cell
    while let byte = rest.popFirst() {
      if byte == quote { guard rest.popFirst() == quote else { return nil } }
      plain.append(byte)
    }
    return plain
  }

  private func tooLong() -> ArrayFileError {
    .badText(path: path, line: line, reason: "the row is longer than \(Self.rowLimit) bytes")
  }

  private mutating func peek() throws -> UInt8? { try fill() ? buffer[place] : nil }

  /// Whether there is a byte at `place`.
  private mutating func fill() throws -> Bool {
    if place < end { return true }
    (place, end) = (0, try buffer.withUnsafeMutableBytes { try source.read(into: $0) })
    return end > 0
  }
}
