// LabelTable.swift
// Named columns of texts from a TSV or CSV file.

import ByteStreams

/// What is known of each point, as a file tells it: columns of equal length, their names not empty and all different.
package struct LabelTable: Equatable, Sendable {
  package struct Column: Equatable, Sendable {
    package var name: String
    package var cells: [String]

    package init(name: String, cells: [String]) {
      self.name = name
      self.cells = cells
    }
  }

  package let columns: [Column]
  /// Cells that were longer than `cellLimit` characters, and are cut.
  package let shortened: Int

  /// The most characters of a cell: a page that shows a label of megabytes stands still.
  package static let cellLimit = 1000

  package init(columns: [Column]) {
    self.columns = columns
    shortened = 0
  }

  /// Reads the file at `path`.
  /// - Parameters:
  ///   - points: rows there should be. A file with one more has a first line of names.
  ///   - hasHeader: whether the first line has names; found by counting, if nil.
  ///   - delimiter: found by the name and the first line, if nil.
  /// - Throws: `ArrayFileError`, `FileError`.
  /// - Complexity: O(bytes).
  package init(
    _ path: String, points: Int, of tensors: String, hasHeader: Bool? = nil, delimiter: Delimiter? = nil
  ) throws {
    var text = try TextRows(path, delimiter: delimiter)
    var columns: [[String]] = []
    var shortened = 0
    var rows = 0
    var empty = 0
    while try text.reader.next() {
      // Empty lines at the end are no rows.
      if text.reader.count == 1, text.reader[0].isEmpty, !columns.isEmpty {
        empty += 1
        continue
      }
      if columns.isEmpty { columns = [[String]](repeating: [], count: text.reader.count) }
      if empty > 0 {
        guard columns.count == 1 else {
          throw ArrayFileError.raggedLine(path: path, line: text.reader.line - empty, got: 1, want: columns.count)
        }
        columns[0] += [String](repeating: "", count: empty)
        (rows, empty) = (rows + empty, 0)
      }
      guard text.reader.count == columns.count else {
        throw ArrayFileError.raggedLine(path: path, line: text.reader.line, got: text.reader.count, want: columns.count)
      }
      for cell in columns.indices {
        let (text, isCut) = Self.cell(text.reader[cell])
        columns[cell].append(text)
        if isCut { shortened += 1 }
      }
      rows += 1
      if rows > points + 1 { break }
    }
    // A single column may end in points without a label.
    if columns.count == 1, empty > 0, rows < points {
      let missing = min(empty, points - rows)
      columns[0] += [String](repeating: "", count: missing)
      rows += missing
    }
    if hasHeader == nil { try Self.checkFirst(of: columns, points: points, path: path) }
    let takesFirst = hasHeader ?? (rows == points + 1)
    guard rows - (takesFirst ? 1 : 0) == points, !columns.isEmpty else {
      throw ArrayFileError.rowCount(
        path: path, got: try rows + Self.rest(&text) - (takesFirst ? 1 : 0), want: points, of: tensors)
    }
    let names = columns.map { takesFirst ? $0[0] : "" }
    if takesFirst { for column in columns.indices { columns[column].removeFirst() } }
    self.columns = zip(Self.different(names), columns).map { Column(name: $0, cells: $1) }
    self.shortened = shortened
  }

  /// A row too few beside names, or one too many without, has the right number of lines: every label would stand beside its
  /// neighbour's point.
  private static func checkFirst(of columns: [[String]], points: Int, path: String) throws(ArrayFileError) {
    let rows = columns.first?.count ?? 0
    if rows == points, rows > 1, columns.contains(where: isNamed) {
      throw .unreadable(
        path: path, reason: "its first line looks like names, which leaves \(rows - 1) rows for \(points) points",
        advice: "give a row for each point, or --no-header")
    }
    if rows == points + 1, !columns.contains(where: { Double($0[0]) == nil }) {
      throw .unreadable(
        path: path, reason: "\(rows) rows, the first no more like names than the others, for \(points) points",
        advice: "give a row for each point, or --header")
    }
  }

  /// Whether a text stands above numbers.
  private static func isNamed(_ column: [String]) -> Bool {
    !column[0].isEmpty && Double(column[0]) == nil && column.dropFirst().allSatisfy { Double($0) != nil }
  }

  /// Rows that were not read, for a message.
  private static func rest(_ text: inout TextRows) throws -> Int {
    var rows = 0
    while try text.reader.next() { rows += text.reader.count == 1 && text.reader[0].isEmpty ? 0 : 1 }
    return rows
  }

  /// A cell's text, no longer than the limit.
  private static func cell(_ bytes: ArraySlice<UInt8>) -> (text: String, isCut: Bool) {
    if bytes.count <= cellLimit { return (String(decoding: bytes, as: UTF8.self), false) }
    let text = String(decoding: bytes.prefix(cellLimit * 16), as: UTF8.self)
    let front = text.prefix(cellLimit)
    return front.endIndex == text.endIndex && bytes.count <= cellLimit * 16
      ? (text, false) : (String(front.dropLast()) + "…", true)
  }

  /// Names for columns: "label" for the only one without, else "column 1" and so on; a second of a name gets a number.
  private static func different(_ names: [String]) -> [String] {
    var taken: Set<String> = []
    return names.enumerated().map { index, name in
      let isBlank = name.allSatisfy(\.isWhitespace)
      let wanted = isBlank ? (names.count == 1 ? "label" : "column \(index + 1)") : name
      var (chosen, number) = (wanted, 1)
      while !taken.insert(chosen).inserted {
        number += 1
        chosen = "\(wanted) (\(number))"
      }
      return chosen
    }
  }
}
