// DelimitedText.swift
// Reads rows of cells from TSV, CSV or blank-separated text, with or without quotes.

package import ByteStreams

/// Reads rows of cells, one after the other. Lines end in LF or CR LF.
package struct DelimitedText<Source: ByteSource> {
  /// The cells of the last row, each with a zero behind it.
  package private(set) var bytes: [UInt8] = []
  /// Where each cell of the last row begins, and, at the end, where the next would.
  package private(set) var starts: [Int] = [0]
  /// The line on which the last row began, from 1.
  package private(set) var line = 0
  /// Whether the last row was an empty line. A quoted empty cell is not one.
  package private(set) var isBlankLine = false
  /// Whether the first cell of the last row was quoted.
  package private(set) var isFirstQuoted = false
  /// Whether the last row had a quoted cell.
  private(set) var hasQuotes = false
  /// Whether the last row began with a blank, in blank-separated text.
  private(set) var beginsBlank = false
  /// Whether a cell so far began with a quote that was not closed on its line, under `Quoting.withinLines`.
  package private(set) var hasOpenQuote = false
  /// Whether the text ended within quotes.
  private(set) var endsInQuotes = false
  private var source: Source
  private let path: String
  private let delimiter: Delimiter
  private let quoting: Quoting
  private var buffer: [UInt8]
  private var (place, end) = (0, 0)
  private var nextLine = 1
  private var spacedLine: [UInt8] = []
  /// Whether the text so far contains zero bytes or bytes above ASCII, which need a check.
  private var hasOddBytes = false

  /// The longest row that is read.
  static var rowLimit: Int { 1 << 28 }

  /// - Parameters:
  ///   - quoting: the default of the delimiter, if nil. Blank-separated cells are quoted within lines or not at all.
  ///   - bufferSize: the number of bytes read at once.
  package init(
    _ source: Source, delimiter: Delimiter, quoting: Quoting? = nil, path: String, bufferSize: Int = 1 << 18
  ) {
    self.source = source
    buffer = [UInt8](repeating: 0, count: bufferSize)
    self.path = path
    self.delimiter = delimiter
    let quoting = quoting ?? .suiting(delimiter)
    self.quoting = delimiter == .space && quoting != .never ? .withinLines : quoting
  }

  /// Cells of the last row.
  package var count: Int { starts.count - 1 }

  /// One cell's bytes.
  package subscript(cell: Int) -> ArraySlice<UInt8> { bytes[starts[cell]..<starts[cell + 1] - 1] }

  /// One cell's text.
  func text(_ cell: Int) -> String { String(decoding: self[cell], as: UTF8.self) }

  /// Reads the next row; false at the end. An empty line is a row of one empty cell.
  /// - Throws: `ArrayFileError.badText` for a quote without end, a row without end, or a text that is not UTF-8; or what
  ///   the source throws.
  package mutating func next() throws -> Bool {
    bytes.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    line = nextLine
    hasQuotes = false
    guard try fill() else { return false }
    if delimiter == .space {
      try readSpaced()
    } else {
      var isLast = try readCell()
      starts.append(bytes.count)
      isFirstQuoted = hasQuotes
      while !isLast {
        isLast = try readCell()
        starts.append(bytes.count)
      }
    }
    isBlankLine = bytes.count == 1 && !hasQuotes
    nextLine += 1
    if hasOddBytes { try check() }
    return true
  }

  /// Reads a cell; returns true at the end of the line.
  private mutating func readCell() throws -> Bool {
    try quoting.spansLines && peek() == UInt8(ascii: "\"") ? readQuoted() : readPlain()
  }

  /// Reads a cell up to a delimiter or the end of the line; returns true at the end of the line.
  private mutating func readPlain() throws -> Bool {
    let start = bytes.count
    let delimiter = delimiter.rawValue
    while try fill() {
      let stop = Self.copy(buffer, place..<end, upTo: delimiter, to: &bytes)
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

  /// Appends bytes up to a delimiter or line end.
  /// - Returns: its position, or the end of the range.
  @inline(__always)
  private static func copy(
    _ buffer: [UInt8], _ range: Range<Int>, upTo delimiter: UInt8, to bytes: inout [UInt8]
  ) -> Int {
    buffer.withUnsafeBufferPointer { buffer in
      var stop = range.lowerBound
      while stop < range.upperBound, buffer[stop] != delimiter, buffer[stop] != 0x0A { stop += 1 }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[range.lowerBound..<stop]))
      return stop
    }
  }

  /// Appends bytes up to a quote, and counts their line ends.
  /// - Returns: the position of the quote, or the end of the range.
  private static func copyQuoted(
    _ buffer: [UInt8], _ range: Range<Int>, to bytes: inout [UInt8], lines: inout Int
  ) -> Int {
    buffer.withUnsafeBufferPointer { buffer in
      var stop = range.lowerBound
      while stop < range.upperBound, buffer[stop] != UInt8(ascii: "\"") {
        if buffer[stop] == 0x0A { lines += 1 }
        stop += 1
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[range.lowerBound..<stop]))
      return stop
    }
  }

  /// Reads a cell in quotes; returns true at the end of the line.
  private mutating func readQuoted() throws -> Bool {
    hasQuotes = true
    place += 1
    while true {
      guard try fill() else {
        endsInQuotes = true
        throw ArrayFileError.badText(path: path, line: line, reason: "a quote has no end; double it if it is meant")
      }
      let stop = Self.copyQuoted(buffer, place..<end, to: &bytes, lines: &nextLine)
      if bytes.count > Self.rowLimit { throw tooLong() }
      place = stop
      if stop == end { continue }
      place += 1
      if try peek() != UInt8(ascii: "\"") { break }
      bytes.append(UInt8(ascii: "\""))
      place += 1
    }
    let inside = bytes.count
    // Bytes after the closing quote belong to the cell too.
    let isLast = try readPlain()
    if quoting == .strictlyAcrossLines, bytes.count > inside + 1 {
      throw ArrayFileError.badText(path: path, line: nextLine, reason: "text follows a closing quote")
    }
    return isLast
  }

  /// Reads a line of blank-separated cells.
  private mutating func readSpaced() throws {
    spacedLine.removeAll(keepingCapacity: true)
    while try fill() {
      let stop = buffer[place..<end].firstIndex(of: 0x0A) ?? end
      spacedLine += buffer[place..<stop]
      if spacedLine.count > Self.rowLimit { throw tooLong() }
      place = stop
      if stop < end {
        place += 1
        break
      }
    }
    if spacedLine.last == 0x0D { spacedLine.removeLast() }
    let hasQuoting = quoting != .never
    isFirstQuoted = hasQuoting && spacedLine.first == UInt8(ascii: "\"")
    beginsBlank = spacedLine.first.map(SpacedLine.isBlank) ?? false
    hasQuotes = SpacedLine.split(spacedLine, hasQuoting: hasQuoting, into: &bytes, starts: &starts)
    if starts.count == 1 {
      bytes.append(0)
      starts.append(1)
    }
  }

  /// Makes one cell of the first `count`, with blanks between them.
  mutating func joinFirst(_ count: Int) {
    for place in starts[1..<count] { bytes[place - 1] = UInt8(ascii: " ") }
    starts.removeSubrange(1..<count)
  }

  /// Adds an empty cell in front.
  mutating func prependEmptyCell() {
    bytes.insert(0, at: 0)
    starts = [0] + starts.map { $0 + 1 }
  }

  /// Removes quotes around a whole cell, under `Quoting.withinLines`.
  private mutating func finish(from start: Int) {
    let quote = UInt8(ascii: "\"")
    if quoting == .withinLines, bytes.count > start, bytes[start] == quote {
      var plain: [UInt8]?
      if bytes.count >= start + 2, bytes.last == quote { plain = Self.unquoted(bytes[start + 1..<bytes.count - 1]) }
      if let plain {
        bytes.replaceSubrange(start..., with: plain)
        hasQuotes = true
      } else {
        hasOpenQuote = true
      }
    }
    bytes.append(0)
  }

  /// Undoubles quotes; returns nil if one is not doubled.
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

  /// Checks that the last row is UTF-8 without zero bytes.
  private func check() throws {
    var (beyond, zeros) = (UInt8(0), 0)
    for byte in bytes {
      beyond |= byte
      zeros += byte == 0 ? 1 : 0
    }
    if zeros > count {
      throw ArrayFileError.badText(
        path: path, line: line,
        reason: "a zero byte, which text does not contain; get the file again, or give its --encoding")
    }
    if beyond & 0x80 == 0 || bytes.withUnsafeBufferPointer({ UTF8Check.isValid($0) }) { return }
    let cell = (0..<count).first { !self[$0].withUnsafeBufferPointer { UTF8Check.isValid($0) } } ?? 0
    throw ArrayFileError.notUTF8(path: path, line: line, column: cell, got: Array(self[cell].prefix(40)))
  }

  private func tooLong() -> ArrayFileError {
    .badText(path: path, line: line, reason: "the row is longer than \(Self.rowLimit) bytes")
  }

  private mutating func peek() throws -> UInt8? { try fill() ? buffer[place] : nil }

  /// Whether there is a byte at `place`.
  @inline(__always)
  private mutating func fill() throws -> Bool { place < end ? true : try refill() }

  /// Reads the next bytes; false at the end.
  private mutating func refill() throws -> Bool {
    (place, end) = (0, try buffer.withUnsafeMutableBytes { try source.read(into: $0) })
    if end > 0, !hasOddBytes {
      // Subtracting one sets the highest bit of zero bytes.
      hasOddBytes = buffer[..<end].reduce(0) { $0 | $1 | ($1 &- 1) } & 0x80 != 0
    }
    return end > 0
  }
}
