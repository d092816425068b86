// TextTable.swift
// Rows and columns of text, aligned.

/// A table of short texts; the widest cell of a column decides its width.
package struct TextTable {
  package enum Alignment: Sendable { case left, right }

  package struct Column: Sendable {
    let title: String
    let alignment: Alignment
    /// Room kept for cells that come later.
    let minimumWidth: Int

    package init(_ title: String, _ alignment: Alignment, minimumWidth: Int = 0) {
      self.title = title
      self.alignment = alignment
      self.minimumWidth = minimumWidth
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  /// Of the columns, with the rows so far.
  private var widths: [Int]

  package init(_ columns: [Column]) {
    self.columns = columns
    widths = columns.map { max($0.minimumWidth, $0.title.unicodeScalars.count) }
  }

  /// - Precondition: as many cells as columns.
  package mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a cell for every column")
    rows.append(cells)
    for (index, cell) in cells.enumerated() { widths[index] = max(widths[index], cell.unicodeScalars.count) }
  }

  /// The title line.
  package var header: String { line(columns.map(\.title)) }
  /// A line between parts of the table.
  package var rule: String {
    Self.margin + String(repeating: "─", count: widths.reduce(0, +) + Self.gap.count * (widths.count - 1))
  }
  /// The rows' lines, in order.
  package var lines: [String] { rows.map(line) }

  private static let margin = "  "
  private static let gap = "   "

  private func line(_ cells: [String]) -> String {
    let padded = zip(zip(cells, columns), widths).map { pair, width in
      let blanks = String(repeating: " ", count: width - pair.0.unicodeScalars.count)
      return pair.1.alignment == .left ? pair.0 + blanks : blanks + pair.0
    }
    var line = Self.margin + padded.joined(separator: Self.gap)
    while line.last == " " { line.removeLast() }
    return line
  }
}
