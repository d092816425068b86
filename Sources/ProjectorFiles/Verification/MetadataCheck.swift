// MetadataCheck.swift
// Checks a metadata file: reads it as TensorBoard's page does.

import ByteStreams

/// Checks one file of labels.
struct MetadataCheck {
  let file: String
  let embedding: String
  /// The points, where their file could be read.
  let points: Int?
  private static let pageLimit = 100_000

  /// - Throws: `FileError`.
  func run(_ tally: inout ProjectorTally) throws {
    guard try TextCheck.isText(file) else {
      return add(.labelsNotText, &tally, "no UTF-8", "the server answers with an error, and the page shows no points")
    }
    var lines = LineReader.Numbered(try LineReader(file))
    var pieces = PieceReading()
    /// The header's number of columns.
    var columns: Int?
    var rows = 0
    var isFirst = true
    var empty: (first: Int, count: Int)?
    while let (number, line) = try lines.next() {
      let cells = LineCells(line)
      let count = cells.count
      if number <= Self.pageLimit + (columns == nil ? 0 : 1) {
        for split in pieces.read(line, hasEnd: lines.hasLineEnd) { report(split, of: line, line: number, &tally) }
      }
      if line.isEmpty {
        empty = (empty?.first ?? number, (empty?.count ?? 0) + 1)
        continue
      }
      if Self.isBlank(line) {
        addBlank(number, &tally)
        continue
      }
      // The page drops lines without text before it looks for a header.
      defer { isFirst = false }
      if isFirst, count > 1 {
        columns = count
        checkColumns(cells, &tally)
        continue
      }
      rows += 1
      check(cells, count, columns: columns ?? 1, row: rows, line: number, &tally)
    }
    // Where the other lines are as many as the points, an empty line stands for no point.
    if let empty, rows != points { addBlank(empty.first, times: empty.count, &tally) }
    if !checkEnd(pieces, &tally) { checkRows(rows, hasHeader: columns != nil, &tally) }
  }

  private func addBlank(_ line: Int, times: Int = 1, _ tally: inout ProjectorTally) {
    tally.add(
      .blankLine, file: file, line: line, embedding: embedding, times: times, "a line without text",
      "the page drops it: all labels behind it move up")
  }

  private func report(
    _ split: PieceReading.Split, of bytes: [UInt8], line: Int, _ tally: inout ProjectorTally
  ) {
    let character = DisplayName.quoted(String(decoding: bytes[split.character], as: UTF8.self))
    if split.isMark {
      add(
        .splitCharacter, &tally, line: line, "the character \(character) begins at byte \(split.pieceEnd)",
        "the page drops it, so the label becomes another one")
    } else {
      add(
        .splitCharacter, &tally, line: line, "the character \(character) lies across byte \(split.pieceEnd)",
        "the page decodes its parts alone, and shows U+FFFD: the label becomes another one")
    }
  }

  /// True where the page hangs.
  private func checkEnd(_ pieces: PieceReading, _ tally: inout ProjectorTally) -> Bool {
    switch pieces.end {
    case .whole: return false
    case .lostByte:
      add(
        .lostByte, &tally, line: pieces.lines,
        "the last line has no line end, and one byte lies behind byte \(pieces.count - 1)",
        "the page does not read that byte: the last label is cut")
      return false
    case .never:
      let what = pieces.count == 0 ? "it is empty" : "the last line has no line end"
      add(
        .endlessLabels, &tally, line: pieces.count == 0 ? nil : pieces.lines, what,
        "the page hangs while it parses the metadata, and shows no points")
      return true
    }
  }

  private func add(
    _ rule: ProjectorRule, _ tally: inout ProjectorTally, line: Int? = nil, _ what: @autoclosure () -> String,
    _ effect: @autoclosure () -> String
  ) {
    tally.add(rule, file: file, line: line, embedding: embedding, what(), effect())
  }

  /// First by hashes, since there may be millions of names; those whose hash comes twice are then compared.
  private func checkColumns(_ names: LineCells, _ tally: inout ProjectorTally) {
    var (hashes, repeated): (Set<Int>, Set<Int>) = ([], [])
    for name in names where !hashes.insert(name.hashValue).inserted { repeated.insert(name.hashValue) }
    if repeated.isEmpty { return }
    var seen: Set<ArraySlice<UInt8>> = []
    for name in names where repeated.contains(name.hashValue) && !seen.insert(name).inserted {
      add(
        .repeatedColumn, &tally, line: 1,
        "two columns are called \(DisplayName.quoted(String(decoding: name, as: UTF8.self)))",
        "the page keeps the last one's cells")
    }
  }

  private func check(
    _ cells: LineCells, _ count: Int, columns: Int, row: Int, line: Int, _ tally: inout ProjectorTally
  ) {
    // The page ignores cells without a column; where they are empty, nothing is lost.
    if count < columns || count > columns && cells.dropFirst(columns).contains(where: { !$0.isEmpty }) {
      add(
        .cellCount, &tally, line: line,
        "\(DisplayName.counted(count, "cell")) for \(DisplayName.counted(columns, "column"))",
        count < columns ? "the page shows \"Unknown\" in the missing cells" : "the page drops the cells too many")
    }
    for cell in cells.prefix(columns) where row <= Self.pageLimit { checkNumber(cell, line: line, &tally) }
    if cells.prefix(columns).contains(where: \.isEmpty) {
      add(
        .emptyCell, &tally, line: line, "an empty cell",
        "the point is black when colored by that column, and a search in it fails")
    }
  }

  private func checkNumber(_ cell: ArraySlice<UInt8>, line: Int, _ tally: inout ProjectorTally) {
    guard let number = PageCell.rounded(cell) else { return }
    add(
      .roundedNumber, &tally, line: line,
      "the page takes \(DisplayName.quoted(bytes: cell.prefix(40))) for a number, which a float of 64 bits does not hold",
      "the page shows \(number); other labels may become the same number")
  }

  private func checkRows(_ rows: Int, hasHeader: Bool, _ tally: inout ProjectorTally) {
    guard let points, rows != points, min(rows, Self.pageLimit) != min(points, Self.pageLimit) else { return }
    if !hasHeader, rows == points + 1 {
      add(
        .headerRule, &tally, line: 1,
        "a single column, and one line more than \(DisplayName.counted(points, "point")): a header",
        "the page takes it for a point's label, says so, and shows no points")
    } else if hasHeader, rows == points - 1 {
      add(
        .headerRule, &tally, line: 1,
        "several columns, and one row less than \(DisplayName.counted(points, "point")): the header is missing",
        "the page takes the first row for a header, says so, and shows no points")
    } else {
      add(
        .rowCount, &tally, "\(DisplayName.counted(rows, "row")) for \(DisplayName.counted(points, "point"))",
        rows < points ? "the points beyond have no labels" : "the page warns, and drops the rows too many")
    }
  }

  /// Whether JavaScript's `trim` leaves nothing.
  private static func isBlank(_ line: [UInt8]) -> Bool {
    // Most lines begin with a letter or a digit.
    if let first = line.first, first > 0x20, first < 0x80 { return false }
    return String(decoding: line, as: UTF8.self).unicodeScalars.allSatisfy(PageCell.isBlank)
  }
}
