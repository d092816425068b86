// MetadataCheck.swift
// A file of labels read as the page reads it.

import ByteStreams

/// What is wrong with one file of labels.
struct MetadataCheck {
  let file: String
  let embedding: String
  /// The points, where their file could be read.
  let points: Int?
  private static let pageLimit = 100_000

  /// - Throws: `FileError`.
  func run(_ tally: inout ProjectorTally) throws {
    var lines = LineReader.Numbered(try LineReader(file))
    var header: [String]?
    var rows = 0
    while let (number, line) = try lines.next() {
      let cells = line.split(separator: 0x09, omittingEmptySubsequences: false)
      if Self.isBlank(line) {
        add(
          .blankLine, &tally, line: number, "a line without text", "the page drops it: all labels behind it move up")
        continue
      }
      if number == 1, cells.count > 1 {
        header = cells.map { String(decoding: $0, as: UTF8.self) }
        checkColumns(header ?? [], &tally)
        continue
      }
      rows += 1
      check(cells, columns: header?.count ?? 1, line: number, &tally)
    }
    checkRows(rows, hasHeader: header != nil, &tally)
  }

  private func add(
    _ rule: ProjectorRule, _ tally: inout ProjectorTally, line: Int? = nil, _ what: @autoclosure () -> String,
    _ effect: @autoclosure () -> String
  ) {
    tally.add(rule, file: file, line: line, embedding: embedding, what(), effect())
  }

  private func checkColumns(_ names: [String], _ tally: inout ProjectorTally) {
    var seen: Set<String> = []
    for name in names {
      if seen.insert(name).inserted { continue }
      add(
        .repeatedColumn, &tally, line: 1, "two columns are called \(DisplayName.quoted(name))",
        "the page keeps the last one's cells")
    }
  }

  private func check(_ cells: [ArraySlice<UInt8>], columns: Int, line: Int, _ tally: inout ProjectorTally) {
    if cells.count != columns {
      add(
        .cellCount, &tally, line: line, "\(cells.count) cells for \(columns) columns",
        cells.count < columns ? "the page shows \"Unknown\" in the missing cells" : "the page drops the cells too many")
    }
    if cells.contains(where: \.isEmpty) {
      add(
        .emptyCell, &tally, line: line, "an empty cell",
        "the point is black when coloured by that column, and a search in it fails")
    }
  }

  private func checkRows(_ rows: Int, hasHeader: Bool, _ tally: inout ProjectorTally) {
    guard let points, rows != points, min(rows, Self.pageLimit) != min(points, Self.pageLimit) else { return }
    if !hasHeader, rows == points + 1 {
      add(
        .headerRule, &tally, line: 1, "a single column, and one line more than the \(points) points: a header",
        "the page takes it for a point's label, says so, and shows no points")
    } else if hasHeader, rows == points - 1 {
      add(
        .headerRule, &tally, line: 1,
        "several columns, and one row less than the \(points) points: the header is missing",
        "the page takes the first row for a header, says so, and shows no points")
    } else {
      add(
        .rowCount, &tally, "\(rows) rows for \(points) points",
        rows < points ? "the points beyond have no labels" : "the page warns, and drops the rows too many")
    }
  }

  private static func isBlank(_ line: [UInt8]) -> Bool {
    line.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
  }
}
