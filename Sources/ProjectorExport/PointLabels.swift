// PointLabels.swift
// Labels of points that another program has written, and the column that names the class of each.

import ArrayFiles
import ByteStreams
import ProjectorFiles

/// Metadata of points as a file tells them.
struct PointLabels {
  let columns: [LabelTable.Column]
  /// Cells that were cut because they were very long.
  let shortened: Int
  /// The column whose classes color the points, if any.
  let classColumn: String?
  /// Describes what was recognized in the file.
  let notes: [String]
  /// A number for each point's class, in the order that gives every run the same colors; nil without classes.
  let classes: [Int]?

  /// Columns that name each point's next point.
  private let sequences: [String: PointSequence]

  /// Names of class columns, in order of preference.
  private static let classNames = ["label", "labels", "class", "target", "category", "y"]
  /// The page offers no colors for columns with more different texts than this.
  static let classLimit = 50

  /// - Parameters:
  ///   - path: the label file, if there is one.
  ///   - sources: files of the same points. Their own label columns follow those of the file.
  ///   - options: `wanted` is the class column, which is found by its name or its few different cells, if nil.
  /// - Throws: `ArrayFileError`, `FileError`, `ExportError.noColumn`.
  /// - Precondition: one source or more.
  init(_ path: String?, of sources: [any PointReader], _ options: LabelTable.Options) throws {
    let source = sources[0]
    var (columns, shortened, notes): ([LabelTable.Column], Int, [String]) = (
      [], sources.reduce(0) { $0 + $1.shortened }, []
    )
    if let path {
      let table = try MetadataFormat.read(
        MetadataRequest(input: InputFile(path), points: source.points, tensors: source.path, options: options))
      columns = table.columns
      shortened += table.shortened
      notes = table.notes
    }
    // One file can be given as both, and files of the same points have the same labels.
    for source in sources where !source.labels.isEmpty {
      let known = Set(columns)
      columns += source.labels.filter { !known.contains($0) }
    }
    let names = ColumnNames.different(columns.map(\.name))
    for column in columns.indices { columns[column].name = names[column] }
    (self.columns, self.shortened, self.notes) = (columns, shortened, notes)
    let path = path ?? source.path
    let wanted = options.wanted
    var sequences: [String: PointSequence] = [:]
    for column in columns where PointSequence.columnNames.contains(column.name) {
      sequences[column.name] = try PointSequence(column, path: path)
    }
    self.sequences = sequences
    let found = try Self.choose(wanted, among: columns.filter { sequences[$0.name] == nil }, path: path)
    (classColumn, classes) = (found?.name, found?.numbers)
  }

  /// The column of classes, and their numbers.
  private static func choose(
    _ wanted: String?, among columns: [LabelTable.Column], path: String
  ) throws -> (name: String, numbers: [Int]?)? {
    if let wanted {
      guard let column = columns.first(where: { $0.name == wanted }) else {
        throw ExportError.noColumn(path: path, name: wanted, columns: columns.map(\.name))
      }
      return (column.name, classes(of: column.cells, limit: column.cells.count)?.numbers)
    }
    for name in classNames {
      guard let column = columns.first(where: { $0.name.lowercased() == name }) else { continue }
      if let found = classes(of: column.cells, limit: classLimit) { return (column.name, found.numbers) }
    }
    // Cells that differ from point to point are no classes.
    for column in columns {
      let limit = min(classLimit, column.cells.count / 2)
      if let found = classes(of: column.cells, limit: limit), found.count > 1 { return (column.name, found.numbers) }
    }
    return nil
  }

  /// A class number for each cell: whole numbers in their order, then other texts in theirs; nil beyond `limit` classes.
  static func classes(of cells: [String], limit: Int) -> (numbers: [Int], count: Int)? {
    var different: Set<ExactName> = []
    for cell in cells {
      different.insert(ExactName(cell))
      if different.count > limit { return nil }
    }
    let sorted = different.sorted { one, two in
      switch (Int(one.text), Int(two.text)) {
      case (let a?, let b?) where a != b: a < b
      case (_?, nil): true
      case (nil, _?): false
      case _ where one.text != two.text: one.text < two.text
      default: one < two
      }
    }
    let numbers = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    return (cells.map { numbers[ExactName($0)] ?? 0 }, sorted.count)
  }

  /// The columns of points of given numbers, that of classes first, since the page labels points by the first column, and
  /// one with their numbers last.
  func table(_ numbers: [Int]) throws -> MetadataTable {
    var index = "index"
    while columns.contains(where: { $0.name == index }) { index += "_" }
    let (first, others) = (columns.filter { $0.name == classColumn }, columns.filter { $0.name != classColumn })
    return try MetadataTable(
      (first + others).map { column in
        if let sequence = sequences[column.name] { return .integers(column.name, sequence.places(of: numbers)) }
        return .text(column.name, numbers.map { column.cells[$0] })
      } + [.integers(index, numbers)])
  }
}

/// A metadata column that names each point's next point: the page draws a line between them.
struct PointSequence {
  /// The names by which the page knows such columns.
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

  /// Returns the next point of each of some rows, as a place among them. Rows that are not among them are skipped.
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
