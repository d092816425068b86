// LabelHeader.swift
// Decides whether the first row of a label file is a header, from its cells and the number of points.

import ByteStreams

/// Evidence in the cells of a label file that its first row is, or is not, a header.
enum LabelHeader: Comparable {
  /// The first row is like the others: a cell is repeated below, or all are numbers.
  case row
  /// The cells reveal nothing.
  case open
  /// A text that is never repeated stands above classes that are.
  case likelyNames
  /// Texts stand above numbers, or a text is a common column name.
  case names

  /// - Parameters:
  ///   - points: the number of rows wanted.
  ///   - wanted: the name of a column that the user expects.
  /// - Complexity: O(cells).
  init(_ rows: LabelRows, points: Int, wanted: String?) {
    if rows.isFirstShorter {
      self = .names
      return
    }
    let couldHaveNames = rows.fits(points, hasHeader: true)
    let columns = rows.columns.map { Self.evidence($0, wanted: wanted, looksAtClasses: couldHaveNames) }
    let strongest = columns.max() ?? .open
    if rows.columns.first.map(Self.isIndex) ?? false {
      self = .names
    } else if strongest == .names {
      // A number above numbers is not a name, so the evidence is contradictory.
      self = rows.columns.contains { $0.allSatisfy(Self.isNumber) } ? .open : .names
    } else if columns.contains(.row) {
      // One cell is repeated or a number, another could be a name.
      self = strongest == .likelyNames && columns.count > 1 ? .open : .row
    } else {
      self = strongest
    }
  }

  /// The number of cells that suffice to tell numbers and classes from other texts.
  private static let sampleSize = 10_000

  /// Returns the evidence of one column.
  private static func evidence(_ column: [String], wanted: String?, looksAtClasses: Bool) -> LabelHeader {
    let (first, others) = (column[0], column.dropFirst())
    if first.allSatisfy(\.isWhitespace) || NumberText.isMissing(first.utf8) { return .open }
    if isNumber(first) { return .row }
    if others.contains(first) { return .row }
    if let wanted, first.trimmed.utf8.elementsEqual(wanted.utf8) { return .names }
    if ColumnNames.isKnown(first) { return .names }
    let sample = others.prefix(sampleSize)
    let areNumbers = sample.allSatisfy { isNumber($0) || NumberText.isMissing($0.utf8) }
    if areNumbers, sample.contains(where: isNumber) { return .names }
    return looksAtClasses && hasClasses(sample) ? .likelyNames : .open
  }

  /// Whether nearly all cells are repeated. By the Good–Turing estimate, the fraction of cells that occur once is the
  /// probability that one more cell is new.
  private static func hasClasses(_ cells: ArraySlice<String>) -> Bool {
    var seen: [String: Int] = [:]
    for cell in cells where !cell.isEmpty { seen[cell, default: 0] += 1 }
    let once = seen.values.count { $0 == 1 }
    return !seen.isEmpty && once * 20 <= cells.count
  }

  /// Whether a column is unnamed and counts 0, 1, 2, …: the index of pandas.
  private static func isIndex(_ column: [String]) -> Bool {
    column[0].isEmpty && column.count > 2 && column.dropFirst().enumerated().allSatisfy { Int($1) == $0 }
  }

  private static func isNumber(_ text: String) -> Bool {
    Double(text.trimmed) != nil || NumberText.withPoint(Array(text.utf8)) != nil
  }

  /// Returns whether the first row is a header.
  /// - Throws: `ArrayFileError` if that cannot be known, or the number of rows is wrong.
  func decide(
    _ rows: LabelRows, points: Int, of tensors: String, path: String
  ) throws(ArrayFileError) -> Bool {
    let first = rows.columns.first { !$0[0].isEmpty }?[0] ?? ""
    let wanted = DisplayName.counted(points, "point")
    switch (rows.fits(points, hasHeader: false), rows.fits(points, hasHeader: true)) {
    case (false, false):
      throw .rowCount(path: path, got: rows.count - (self == .names ? 1 : 0), want: points, of: tensors)
    case (true, false):
      guard self == .names else { return false }
      throw .unreadable(
        path: path,
        reason:
          "its first line (\(first)) looks like a header, which leaves \(DisplayName.counted(rows.count - 1, "row")) "
          + "for \(wanted)",
        advice: "give one row per point, or --no-header")
    case (false, true):
      if self >= .likelyNames { return true }
      throw .unreadable(
        path: path,
        reason:
          "it has \(DisplayName.counted(rows.count, "row")) for \(wanted); the first (\(first)) could be a header or one label "
          + "too many",
        advice: "give one row per point, or --header")
    case (true, true):
      if self == .names { return true }
      if self == .row { return false }
      throw .unreadable(
        path: path,
        reason: "its first line (\(first)) could be a header, with an empty last label, or the first label",
        advice: "give --header or --no-header")
    }
  }
}
