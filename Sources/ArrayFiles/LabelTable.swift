// LabelTable.swift
// Named text columns of a TSV or CSV file.

import ByteStreams

/// The labels of points: columns of equal length with unique names that are not empty.
package struct LabelTable: Equatable, Sendable {
  package struct Column: Hashable, Sendable {
    package var name: String
    package var cells: [String]

    package init(name: String, cells: [String]) {
      self.name = name
      self.cells = cells
    }
  }

  /// The user's answers about a file. An answer that is nil is decided from the content.
  package struct Options: Equatable, Sendable {
    package var hasHeader: Bool?
    package var delimiter: Delimiter?
    package var encoding: TextEncoding?
    /// The name of a column that the user expects.
    package var wanted: String?

    package init() {}
  }

  package let columns: [Column]
  /// Number of cells that were cut because they had more than `cellLimit` characters.
  package let shortened: Int
  /// Describes what was recognized: "header line".
  package let notes: [String]

  /// The maximum number of characters in a cell. The page freezes when it shows a label of megabytes.
  package static let cellLimit = 1000

  /// Reads the file at `path`.
  /// - Parameters:
  ///   - points: the number of rows wanted. A file with one more row has a header.
  ///   - tensors: the file of the points, for messages.
  /// - Throws: `ArrayFileError`, `FileError`.
  /// - Complexity: O(bytes).
  package init(_ path: String, points: Int, of tensors: String, _ options: Options = Options()) throws {
    let input = try InputFile(path)
    if try Self.isJSON(input) {
      try self.init(json: input, points: points, of: tensors, encoding: options.encoding)
    } else {
      try self.init(input, points: points, of: tensors, options)
    }
  }

  /// Reads an open file.
  package init(_ input: InputFile, points: Int, of tensors: String, _ options: Options = Options()) throws {
    let path = input.path
    let file = TextFile(input, of: .labels, encoding: options.encoding)
    var source = try file.open()
    let front = try source.front()
    let found = try DelimiterChoice(
      front.bytes, isWhole: front.isWhole, points: points, path: path, wanted: options.delimiter)
    var read = try Self.read(file, found, points: points, of: tensors, options)
    if read.rows.isFirstShorter, !read.hasHeader {
      throw ArrayFileError.raggedLine(
        path: path, line: 2, got: read.rows.columns.count, want: read.rows.columns.count - 1)
    }
    var names = read.rows.take(points: points, hasHeader: read.hasHeader)
    while read.hasHeader, names.count > 1, ColumnNames.isUnnamed(names[0]), Self.areCounting(read.rows.columns[0]) {
      read.notes.append("\(ColumnDescription.title(0, names[0])) is a row number and is skipped")
      names.removeFirst()
      read.rows.removeFirstColumn()
    }
    self.columns = zip(ColumnNames.different(names), read.rows.columns).map { Column(name: $0, cells: $1) }
    shortened = read.rows.shortened
    if source.encoding != .utf8 { read.notes.insert(source.encoding.title, at: 0) }
    notes = read.notes
  }

  package init(columns: [Column], shortened: Int, notes: [String]) {
    (self.columns, self.shortened, self.notes) = (columns, shortened, notes)
  }

  /// Rows and their meaning.
  private struct Reading {
    var rows: LabelRows
    let hasHeader: Bool
    var notes: [String]
  }

  /// Reads the rows with the quoting that yields one row per point.
  private static func read(
    _ file: TextFile, _ found: DelimiterChoice, points: Int, of tensors: String, _ options: Options
  ) throws -> Reading {
    var notes = found.notes
    let rows: LabelRows
    if found.delimiter == .tab {
      let (read, quoting) = try tabbedRows(file, points: points, options)
      rows = read
      if quoting == .strictlyAcrossLines { notes.append("quoted tabs or line breaks") }
    } else {
      do {
        rows = try LabelRows(file, found.delimiter, .suiting(found.delimiter), limit: points + 2)
      } catch ArrayFileError.raggedLine(let path, let line, let got, let want, nil) where options.delimiter == nil {
        throw ArrayFileError.raggedLine(
          path: path, line: line, got: got, want: want,
          advice: "give --delimiter tab if the \(found.delimiter.plural) belong to the labels")
      }
    }
    let header = LabelHeader(rows, points: points, wanted: options.wanted)
    let hasHeader = try hasHeader(rows, header, points: points, of: tensors, file.path, options)
    return Reading(rows: rows, hasHeader: hasHeader, notes: notes + (hasHeader ? ["header line"] : []))
  }

  /// Reads tab-separated rows. A quote can be a word or enclose tabs and line breaks.
  /// - Throws: `ArrayFileError` if both readings yield one row per point, from different lines.
  private static func tabbedRows(
    _ file: TextFile, points: Int, _ options: Options
  ) throws -> (LabelRows, Quoting) {
    let limit = points + 2
    let plain = Result { try LabelRows(file, .tab, .withinLines, limit: limit) }
    if case .success(let plain) = plain, !plain.hasOpenQuote { return (plain, .withinLines) }
    guard let strict = try? LabelRows(file, .tab, .strictlyAcrossLines, limit: limit) else {
      return (try plain.get(), .withinLines)
    }
    guard case .success(let plain) = plain else { return (strict, .strictlyAcrossLines) }
    // Every quote is closed at the end of a cell. With as many rows, the quotes enclose tabs only.
    if strict.count == plain.count { return (strict, .strictlyAcrossLines) }
    let answers = options.hasHeader.map { [$0] } ?? [true, false]
    func fits(_ rows: LabelRows) -> Bool {
      answers.contains { rows.fits(points, hasHeader: $0) && !($0 && rows.isFirstOpen) }
    }
    guard fits(strict) else { return (plain, .withinLines) }
    guard fits(plain) else { return (strict, .strictlyAcrossLines) }
    // The plain rows need fewer blank lines.
    if options.hasHeader != nil { return (plain, .withinLines) }
    throw ArrayFileError.unreadable(
      path: file.path, reason: "its quotes could be labels or enclose line breaks",
      advice: "give --header or --no-header")
  }

  private static func hasHeader(
    _ rows: LabelRows, _ header: LabelHeader, points: Int, of tensors: String, _ path: String, _ options: Options
  ) throws -> Bool {
    guard let told = options.hasHeader else {
      return try header.decide(rows, points: points, of: tensors, path: path)
    }
    guard rows.fits(points, hasHeader: told) else {
      throw ArrayFileError.rowCount(path: path, got: rows.count - (told ? 1 : 0), want: points, of: tensors)
    }
    return told
  }

  /// Whether texts are 0, 1, 2, … or 1, 2, 3, ….
  static func areCounting(_ texts: [String]) -> Bool {
    guard let first = texts.first.flatMap({ Int($0) }), first == 0 || first == 1 else { return false }
    return texts.enumerated().allSatisfy { Int($1) == first + $0 }
  }

  /// Returns a cell's text, cut at the limit.
  static func cell(_ bytes: ArraySlice<UInt8>) -> (text: String, isCut: Bool) {
    if bytes.count <= cellLimit { return (String(decoding: bytes, as: UTF8.self), false) }
    let text = String(decoding: bytes.prefix(cellLimit * 16), as: UTF8.self)
    let front = text.prefix(cellLimit)
    return front.endIndex == text.endIndex && bytes.count <= cellLimit * 16
      ? (text, false) : (String(front.dropLast()) + "…", true)
  }
}
