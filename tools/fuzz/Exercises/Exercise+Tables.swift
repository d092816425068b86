// Exercise+Tables.swift
// Text files of points and of labels, in every encoding, with every option for what their content leaves open.

import ArrayFiles
import ByteStreams
import PointMatrices

extension Exercise {
  private static let delimiters: [Delimiter?] = [nil, .tab, .comma, .semicolon, .space]
  private static let encodings: [TextEncoding?] = [nil] + TextEncoding.allCases

  /// The options that the first byte selects, and the text after it.
  private static func parts(of bytes: [UInt8]) -> (delimiter: Delimiter?, encoding: TextEncoding?, text: [UInt8]) {
    let choice = Int(bytes.first ?? 0)
    let encoding = encodings[choice / delimiters.count % encodings.count]
    return (delimiters[choice % delimiters.count], encoding, Array(bytes.dropFirst()))
  }

  /// Reads a text file of points, with and without a header, with some and all columns.
  static func readTable(_ bytes: [UInt8], _ directory: String) throws {
    let (delimiter, encoding, text) = parts(of: bytes)
    try readInParts(text, encoding, size: Int(bytes.last ?? 0) % 31 + 1)
    var options = PointTable.Options()
    (options.delimiter, options.encoding) = (delimiter, encoding)
    let choice = Int(bytes.last ?? 0)
    options.columns = ColumnChoice(["all", "0", "1-2", "a"][choice % 4])
    options.hasDecimalComma = choice / 4 % 2 == 1
    _ = try numbers(text, options, directory)
    (options.columns, options.hasDecimalComma) = (nil, false)
    let found = try numbers(text, options, directory)
    let told = try [true, false].map { hasHeader in
      options.hasHeader = hasHeader
      return try numbers(text, options, directory)
    }
    // The result without an option must equal one of the two results with it.
    if let found, !found.notes.contains("word2vec header"),
      !told.contains(where: { $0.map { isEqual($0, found) } ?? false })
    {
      throw Disagreement(what: "points with a header that was decided, and with each answer")
    }
  }

  /// Reads a text file of labels for several numbers of points, with and without a header.
  static func readLabels(_ bytes: [UInt8], _ directory: String) throws {
    let (delimiter, encoding, text) = parts(of: bytes)
    var options = LabelTable.Options()
    (options.delimiter, options.encoding) = (delimiter, encoding)
    let lines = text.count { $0 == 0x0A }
    for points in Set([2, lines - 1, lines, lines + 1]) where points > 0 {
      options.hasHeader = nil
      let found = try labels(text, points, options, directory)
      let told = try [true, false].map { hasHeader in
        options.hasHeader = hasHeader
        return try labels(text, points, options, directory)
      }
      if let found, !told.contains(where: { $0?.columns == found.columns }) {
        throw Disagreement(what: "labels with a header that was decided, and with each answer")
      }
    }
  }

  /// Checks that the text in UTF-8 and UTF-16 is the same table.
  private static func numbers(_ text: [UInt8], _ options: PointTable.Options, _ directory: String) throws
    -> PointTable?
  {
    let read = try withFile(text, directory) { try? PointTable($0, options) }
    if let read {
      let labels = read.labels
      if read.matrix.values.count != read.points * read.dimensions
        || labels.contains(where: { $0.cells.count != read.points })
        || Set(labels.map(\.name)).count != labels.count
      {
        throw Disagreement(
          what: "\(read.matrix.values.count) numbers and \(labels.count) columns of \(read.points) points")
      }
      if (read.firstOdd == nil) != read.matrix.values.allSatisfy(\.isFinite) {
        throw Disagreement(what: "numbers that are not finite")
      }
    }
    if options.encoding == nil, options.hasHeader == nil, let wide = wide(text) {
      let other = try withFile(wide, directory) { try? PointTable($0, options) }
      let isEqual = other.map { other in read.map { self.isEqual($0, other) } ?? false } ?? (read == nil)
      if !isEqual { throw Disagreement(what: "points in UTF-8 and UTF-16") }
    }
    return read
  }

  private static func labels(
    _ text: [UInt8], _ points: Int, _ options: LabelTable.Options, _ directory: String
  ) throws -> LabelTable? {
    let read = try withFile(text, directory) { try? LabelTable($0, points: points, of: "x", options) }
    if let read {
      let names = Set(read.columns.map(\.name))
      if names.count != read.columns.count || read.columns.contains(where: { $0.cells.count != points }) {
        throw Disagreement(what: "columns of \(points) points")
      }
    }
    if options.encoding == nil, options.hasHeader == nil, let wide = wide(text) {
      let other = try withFile(wide, directory) { try? LabelTable($0, points: points, of: "x", options) }
      if other?.columns != read?.columns { throw Disagreement(what: "labels in UTF-8 and UTF-16") }
    }
    return read
  }

  private static func isEqual(_ one: PointTable, _ other: PointTable) -> Bool {
    one.matrix.values.map(\.bitPattern) == other.matrix.values.map(\.bitPattern) && one.labels == other.labels
  }

  /// Returns the text as UTF-16 with a byte order mark; nil if it is not valid UTF-8.
  private static func wide(_ text: [UInt8]) -> [UInt8]? {
    guard !text.contains(0), !text.starts(with: [0xEF, 0xBB, 0xBF]),
      text.first.map({ $0 < 0x7F && $0 > 0x20 && $0 != 0x50 }) ?? false,
      let string = String(validating: text, as: UTF8.self)
    else { return nil }
    return [0xFE, 0xFF] + string.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
  }

  private static func withFile<Result>(
    _ text: [UInt8], _ directory: String, _ body: (String) throws -> Result
  ) throws -> Result {
    let path = Directory.join(directory, "table")
    defer { try? FileContents.remove(path) }
    try write(text, to: path)
    return try body(path)
  }

  /// Checks that a text read in small parts is the same text, with the same cells.
  private static func readInParts(_ text: [UInt8], _ encoding: TextEncoding?, size: Int) throws {
    func decoded(_ source: some ByteSource) -> [UInt8]? {
      guard var decoded = try? DecodedSource(source, encoding: encoding, path: "bytes") else { return nil }
      return try? decoded.readAll()
    }
    let whole = decoded(MemorySource(text))
    if whole != decoded(SlowSource(text, size: size)) { throw Disagreement(what: "a text decoded in parts") }
    if encoding != nil, encoding != .utf8, let whole, String(validating: whole, as: UTF8.self) == nil {
      throw Disagreement(what: "a decoded text that is not UTF-8")
    }
    for delimiter in Delimiter.allCases {
      for quoting in [Quoting.withinLines, .acrossLines, .strictlyAcrossLines] {
        let cells = cells(MemorySource(text), delimiter, quoting)
        if cells != self.cells(SlowSource(text, size: size), delimiter, quoting) {
          throw Disagreement(what: "a table read in parts")
        }
      }
    }
  }

  private static func cells(_ source: some ByteSource, _ delimiter: Delimiter, _ quoting: Quoting) -> [[[UInt8]]]? {
    var reader = DelimitedText(source, delimiter: delimiter, quoting: quoting, path: "bytes", bufferSize: 1 << 12)
    var rows: [[[UInt8]]] = []
    do {
      while try reader.next() { rows.append((0..<reader.count).map { Array(reader[$0]) }) }
    } catch {
      return nil
    }
    return rows
  }
}
