// LabelRows.swift
// The rows of a label file, before the first is known to be a header or not.

import ByteStreams

/// All rows of a label file, by column.
struct LabelRows {
  /// One cell per row, up to the last row that is not a blank line.
  private(set) var columns: [[String]] = []
  /// Number of blank lines at the end. In a single column they are rows if the count needs them.
  private(set) var blankLines = 0
  /// Number of cells that were cut because they were long.
  private(set) var shortened = 0
  /// Whether the first row lacks its first cell, as R writes it above row names. An empty cell is added.
  private(set) var isFirstShorter = false
  /// Whether a cell began with a quote that was not closed on its line.
  private(set) var hasOpenQuote = false
  /// Whether such a cell is in the first row, which then is not a header.
  private(set) var isFirstOpen = false
  /// Number of rows up to the last that is not a blank line, including rows beyond the limit.
  private(set) var count = 0

  /// - Parameter limit: the maximum number of rows kept.
  /// - Throws: `ArrayFileError` for rows that differ in length, `FileError`.
  /// - Complexity: O(bytes).
  init(_ file: TextFile, _ delimiter: Delimiter, _ quoting: Quoting, limit: Int) throws {
    var reader = try file.rows(delimiter, quoting)
    var secondLine = 0
    while try reader.next() {
      if reader.isBlankLine {
        blankLines += 1
        continue
      }
      if count > 0, blankLines > 0, columns.count > 1 {
        throw ArrayFileError.raggedLine(path: file.path, line: reader.line - blankLines, got: 1, want: columns.count)
      }
      if columns.isEmpty { columns = [[String]](repeating: [], count: reader.count) }
      if count == 1, blankLines == 0, reader.count == columns.count + 1 {
        columns.insert([""], at: 0)
        (isFirstShorter, secondLine) = (true, reader.line)
      }
      guard reader.count == columns.count else {
        // The other lines agree with the first, so the second is the odd one.
        if isFirstShorter, reader.count == columns.count - 1 {
          throw ArrayFileError.raggedLine(
            path: file.path, line: secondLine, got: columns.count, want: columns.count - 1)
        }
        throw ArrayFileError.raggedLine(path: file.path, line: reader.line, got: reader.count, want: columns.count)
      }
      takeBlankLines(limit: limit)
      if count < limit { append(reader) }
      if count == 0 { isFirstOpen = reader.hasOpenQuote }
      count += 1
    }
    hasOpenQuote = reader.hasOpenQuote
    if columns.isEmpty, blankLines > 0 {
      columns = [[""]]
      (count, blankLines) = (1, blankLines - 1)
    }
  }

  /// Counts blank lines before a row as rows of a single column.
  private mutating func takeBlankLines(limit: Int) {
    guard blankLines > 0, columns.count == 1 else { return }
    columns[0] += [String](repeating: "", count: min(blankLines, max(0, limit - count)))
    (count, blankLines) = (count + blankLines, 0)
  }

  private mutating func append(_ reader: DelimitedText<TextFile.Source>) {
    for cell in columns.indices {
      let (text, isCut) = LabelTable.cell(reader[cell])
      columns[cell].append(text)
      if isCut { shortened += 1 }
    }
  }

  /// Whether the file has one row per point, with a header or without.
  func fits(_ points: Int, hasHeader: Bool) -> Bool {
    if columns.isEmpty { return false }
    let rows = count - (hasHeader ? 1 : 0)
    return rows <= points && points <= rows + (columns.count == 1 ? blankLines : 0)
  }

  /// Removes the header and adds empty cells for blank lines, so that each point has a cell.
  /// - Returns: the column names, empty if there is no header.
  /// - Precondition: the rows fit.
  mutating func take(points: Int, hasHeader: Bool) -> [String] {
    var names = [String](repeating: "", count: columns.count)
    for column in columns.indices {
      if hasHeader { names[column] = columns[column].removeFirst() }
      columns[column] += [String](repeating: "", count: points - columns[column].count)
    }
    return names
  }

  mutating func removeFirstColumn() { columns.removeFirst() }
}
