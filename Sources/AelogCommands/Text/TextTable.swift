// TextTable.swift
// Tables and paragraphs of text that fit the width of a terminal.

/// The available width for a table.
package struct TableRoom: Equatable, Sendable {
  package let columns: Int
  /// Whether cells can be shortened and columns dropped. In a file only gaps and titles shrink, so that no data is lost.
  package let cuts: Bool

  package init(columns: Int, cuts: Bool) { (self.columns, self.cuts) = (columns, cuts) }

  package static let unlimited = TableRoom(columns: .max, cuts: false)
}

/// A table of short texts; the widest cell of a column determines the column's width.
package struct TextTable {
  package enum Alignment: Sendable { case left, right }

  package struct Column: Sendable {
    let title: String
    /// The title if there is little room.
    let short: String
    let alignment: Alignment
    /// Room reserved for later cells.
    let minimumWidth: Int
    /// The width to which cells can be shortened; nil if they are never shortened.
    let leastWidth: Int?
    /// Columns of the highest rank are dropped first; columns of rank 0 stay.
    let rank: Int

    package init(
      _ title: String, _ alignment: Alignment, minimumWidth: Int = 0, short: String? = nil, leastWidth: Int? = nil,
      rank: Int = 0
    ) {
      self.title = title
      self.short = short ?? title
      self.alignment = alignment
      self.minimumWidth = minimumWidth
      self.leastWidth = leastWidth
      self.rank = rank
    }
  }

  /// The columns that are shown, with their widths and gaps.
  private struct Layout: Equatable {
    var kept: [Int]
    var widths: [Int]
    var gap: Int
    var hasShortTitles = false

    var width: Int { margin.count + widths.reduce(0, +) + gap * (widths.count - 1) }
  }

  private let columns: [Column]
  private let leastGap: Int
  package var room: TableRoom
  private var rows: [[String]] = []
  /// The width of the widest cell of each column.
  private var cellWidths: [Int]

  /// - Parameter leastGap: the minimum number of spaces between two columns.
  package init(_ columns: [Column], in room: TableRoom = .unlimited, leastGap: Int = 2) {
    self.columns = columns
    self.room = room
    self.leastGap = leastGap
    cellWidths = columns.map(\.minimumWidth)
  }

  /// - Precondition: as many cells as columns.
  package mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row needs a cell for every column")
    rows.append(cells)
    for (index, cell) in cells.enumerated() { cellWidths[index] = max(cellWidths[index], cell.unicodeScalars.count) }
  }

  /// The title line.
  package var header: String {
    let layout = layout
    return line(columns.map { layout.hasShortTitles ? $0.short : $0.title }, layout)
  }
  /// A horizontal line between parts of the table.
  package var rule: String {
    margin
      + String(
        repeating: "─", count: max(0, (room.cuts ? min(layout.width, room.columns) : layout.width) - margin.count))
  }
  /// The rows' lines, in order.
  package var lines: [String] {
    let layout = layout
    return rows.map { line($0, layout) }
  }
  /// Whether all columns are shown, and no cell is shortened.
  package var isWhole: Bool {
    let layout = layout
    return layout.width <= room.columns && layout.widths == naturalWidths(layout.kept, layout.hasShortTitles)
      && layout.kept.count == columns.count
  }
  /// A line that names the dropped columns; nil if there are none.
  package var remark: String? {
    let kept = Set(layout.kept)
    let names = columns.indices.filter { !kept.contains($0) }.map { columns[$0].title }
    return names.isEmpty ? nil : Self.fitted(margin + "no room for " + names.joined(separator: ", "), room.columns)
  }

  private func naturalWidths(_ kept: [Int], _ hasShortTitles: Bool) -> [Int] {
    kept.map { max(cellWidths[$0], (hasShortTitles ? columns[$0].short : columns[$0].title).unicodeScalars.count) }
  }

  /// Shrinks gaps, then titles, then cells, and finally drops columns.
  private var layout: Layout {
    let all = Array(columns.indices)
    let natural = Layout(kept: all, widths: naturalWidths(all, false), gap: widestGap)
    var layout = natural
    for gap in stride(from: widestGap, through: leastGap, by: -1) {
      layout.gap = gap
      if layout.width <= room.columns { return layout }
    }
    layout.hasShortTitles = true
    while true {
      layout.widths = naturalWidths(layout.kept, true)
      if layout.width <= room.columns { return layout }
      guard room.cuts else { return natural }
      shorten(&layout)
      if layout.width <= room.columns { return layout }
      guard let least = layout.kept.filter({ columns[$0].rank > 0 }).max(by: { columns[$0].rank < columns[$1].rank })
      else { return layout }
      layout.kept.removeAll { $0 == least }
    }
  }

  /// Removes the excess width from the widest columns that can be shortened.
  private func shorten(_ layout: inout Layout) {
    var excess = layout.width - room.columns
    while excess > 0 {
      let candidates = layout.kept.indices.filter { place in
        columns[layout.kept[place]].leastWidth.map { layout.widths[place] > $0 } ?? false
      }
      guard let widest = candidates.max(by: { layout.widths[$0] < layout.widths[$1] }) else { return }
      layout.widths[widest] -= 1
      excess -= 1
    }
  }

  private func line(_ cells: [String], _ layout: Layout) -> String {
    let padded = zip(layout.kept, layout.widths).map { index, width in
      let cell = Self.shortened(cells[index], width)
      let blanks = String(repeating: " ", count: max(0, width - cell.unicodeScalars.count))
      return columns[index].alignment == .left ? cell + blanks : blanks + cell
    }
    var line = margin + padded.joined(separator: String(repeating: " ", count: layout.gap))
    while line.last == " " { line.removeLast() }
    return room.cuts ? Self.fitted(line, room.columns) : line
  }

  /// Truncates a text to `width` characters; "…" replaces the middle, since names differ at both ends.
  private static func shortened(_ text: String, _ width: Int) -> String {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count > width, width > 0 else { return text }
    let back = (width - 1) / 2
    var result = String.UnicodeScalarView(scalars.prefix(width - 1 - back))
    result.append("…")
    result.append(contentsOf: scalars.suffix(back))
    return String(result)
  }

  /// Truncates a line to `columns` characters; "…" replaces the end.
  static func fitted(_ line: String, _ columns: Int) -> String {
    guard line.unicodeScalars.count > columns else { return line }
    return String(String.UnicodeScalarView(line.unicodeScalars.prefix(max(0, columns - 1)))) + (columns > 0 ? "…" : "")
  }
}

private let margin = "  "
private let widestGap = 3

extension TextStream {
  /// The width for tables: that of the terminal, or 60 columns if it is unknown.
  package var tableRoom: TableRoom { TableRoom(columns: knownColumns ?? 60, cuts: isAttended) }

  /// Prints a line; on a terminal it is wrapped between words.
  /// - Parameter indent: the indentation of the lines after the first.
  func paragraph(_ text: String, indent: Int) {
    for line in WrappedText.lines(text, indent: indent, in: tableRoom) { self.line(line) }
  }
}

/// Wraps a text between words, with the lines after the first indented.
enum WrappedText {
  /// - Returns: the lines; the text itself if lines are not cut. A word that is too long stays whole, so that it can be copied.
  static func lines(_ text: String, indent: Int, in room: TableRoom) -> [String] {
    guard room.cuts, text.unicodeScalars.count > room.columns, room.columns > indent + 8 else { return [text] }
    var lines: [String] = []
    var line = String(text.prefix(indent))
    var isEmpty = true
    for word in text.dropFirst(indent).split(separator: " ") {
      if !isEmpty, line.unicodeScalars.count + 1 + word.unicodeScalars.count > room.columns {
        lines.append(line)
        (line, isEmpty) = (String(repeating: " ", count: indent), true)
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }
}
