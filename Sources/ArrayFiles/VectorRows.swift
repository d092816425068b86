// VectorRows.swift
// Collects points that come as one list of numbers each, beside named fields of text.

import ByteStreams
import PointMatrices

/// Rows of a file whose points are lists of numbers.
struct VectorRows {
  private(set) var count = 0
  private(set) var firstOdd: PointTable.OddNumber?
  private(set) var fields = FieldColumns()
  private let path: String
  /// A number for each dimension, subtracted in double precision; none, if nil.
  private let origin: [Double]?
  private var values: [Float] = []
  /// Zero until a row has numbers.
  private var dimensions = 0

  init(path: String, from origin: [Double]?) { (self.path, self.origin) = (path, origin) }

  /// Sets a field of the row that is appended next.
  mutating func set(_ name: String, _ text: ArraySlice<UInt8>) { fields.set(name, text, row: count) }

  /// Appends a row.
  /// - Parameters:
  ///   - vector: its list of numbers; nil or blank if it is missing.
  ///   - column: the position of the list in the row, for messages.
  /// - Throws: `ArrayFileError`.
  mutating func append(_ vector: ArraySlice<UInt8>?, line: Int, column: Int) throws(ArrayFileError) {
    guard let vector, !NumberText.isMissing(vector) else {
      if firstOdd == nil { firstOdd = .init(row: count, line: line, column: column, text: "") }
      values += [Float](repeating: .nan, count: dimensions)
      count += 1
      return
    }
    let before = values.count
    let odd: (place: Int, text: String)?
    do {
      odd = try VectorText.append(vector, to: &values, from: origin)
    } catch {
      throw Self.error(error, vector, line: line, column: column, path: path)
    }
    let got = values.count - before
    if dimensions == 0, got > 0 {
      dimensions = got
      values.insert(contentsOf: [Float](repeating: .nan, count: count * got), at: 0)
    }
    guard got == dimensions, got > 0 else {
      throw .badText(
        path: path, line: line,
        reason: "got a list of \(DisplayName.counted(got, "number")), want \(max(1, dimensions)) as in the first; "
          + "give lists of equal length")
    }
    if firstOdd == nil, let odd { firstOdd = .init(row: count, line: line, column: column, text: odd.text) }
    count += 1
  }

  private static func error(
    _ fault: VectorText.Fault, _ vector: ArraySlice<UInt8>, line: Int, column: Int, path: String
  ) -> ArrayFileError {
    switch fault {
    case .noList:
      .badText(
        path: path, line: line,
        reason: "got \(DisplayName.quoted(String(decoding: vector.prefix(40), as: UTF8.self))), want a list of numbers "
          + "such as [0.1, 0.2]")
    case .notANumber(let text):
      .notANumber(path: path, line: line, column: column, got: text, advice: "in a list of numbers")
    case .shortened:
      .badText(
        path: path, line: line,
        reason: "NumPy has shortened the list by \"...\"; write array.tolist() instead, which has all numbers")
    }
  }

  /// - Throws: `ArrayFileError` if there are no points.
  func table(
    _ notes: [String], of request: PointRequest, reread: @escaping @Sendable ([Double]) throws -> VectorTable
  ) throws(ArrayFileError) -> VectorTable {
    guard count > 0, dimensions > 0 else {
      throw .unreadable(path: path, reason: "it has no list of numbers", advice: "give one for each point")
    }
    return VectorTable(
      path: path, matrix: PointMatrix(count: count, dimensions: dimensions, values: values),
      labels: fields.columns(rows: count), shortened: fields.shortened, notes: notes, firstOdd: firstOdd, reread: reread
    )
  }
}

/// Named columns of text whose fields come row by row, in any order.
struct FieldColumns {
  private(set) var names: [String] = []
  /// Number of cells that were cut because they were long.
  private(set) var shortened = 0
  private var cells: [[String]] = []
  private var places: [ExactName: Int] = [:]

  /// Sets a field. Rows without it have an empty cell.
  mutating func set(_ name: String, _ text: ArraySlice<UInt8>, row: Int) {
    let place: Int
    if let known = places[ExactName(name)] {
      place = known
    } else {
      place = names.count
      places[ExactName(name)] = place
      names.append(name)
      cells.append([])
    }
    let (cell, isCut) = LabelTable.cell(text)
    if isCut { shortened += 1 }
    if cells[place].count > row { cells[place].removeLast(cells[place].count - row) }
    cells[place] += [String](repeating: "", count: row - cells[place].count) + [cell]
  }

  /// The columns, with unique names.
  func columns(rows: Int) -> [LabelTable.Column] {
    zip(ColumnNames.different(names), cells).map { name, cells in
      .init(name: name, cells: cells + [String](repeating: "", count: rows - cells.count))
    }
  }
}

/// The points of a file of lists, in memory.
struct VectorTable: MatrixReader {
  let path: String
  let matrix: PointMatrix
  let labels: [LabelTable.Column]
  let shortened: Int
  let notes: [String]
  let firstOdd: PointTable.OddNumber?
  let reread: @Sendable ([Double]) throws -> VectorTable

  func matrix(from origin: [Double]) throws -> PointMatrix { try reread(origin).matrix }
}
