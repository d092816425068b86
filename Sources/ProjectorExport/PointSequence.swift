// PointSequence.swift
// A column of metadata that leads from point to point.

import ArrayFiles

/// The next point of each: the page draws a line from one to the other.
struct PointSequence {
  /// What the page calls such columns.
  static let columnNames: Set = ["__next__", "__seq_next__"]
  /// Where a line ends.
  private static let end = -1

  /// For each row its next one; -1 at an end.
  private let next: [Int]

  /// - Throws: `ArrayFileError.notANumber` for a cell that is neither blank nor -1 nor a row.
  init(_ column: LabelTable.Column, path: String) throws {
    next = try column.cells.enumerated().map { row, cell in
      let text = cell.trimmingPrefix { $0 == " " }
      if text.isEmpty { return Self.end }
      guard let number = Int(text), number >= Self.end, number < column.cells.count else {
        throw ArrayFileError.notARow(path: path, column: column.name, row: row, got: cell, rows: column.cells.count)
      }
      return number
    }
  }

  /// Where the line goes on from each of some rows, as places among them; rows between them are passed over.
  /// - Complexity: O(all rows).
  func places(of rows: [Int]) -> [Int] {
    var places = [Int](repeating: Self.end, count: next.count)
    for (place, row) in rows.enumerated() { places[row] = place }
    // Rows that are not among them: where their line meets one that is, once it is known.
    var known = [Int?](repeating: nil, count: next.count)
    return rows.map { row in
      var passed: [Int] = []
      var at = next[row]
      while at != Self.end, places[at] == Self.end, known[at] == nil {
        known[at] = Self.end  // a circle ends here
        passed.append(at)
        at = next[at]
      }
      let found = at == Self.end ? Self.end : places[at] == Self.end ? known[at] ?? Self.end : places[at]
      for row in passed { known[row] = found }
      return found
    }
  }
}
