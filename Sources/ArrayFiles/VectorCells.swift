// VectorCells.swift
// Tables in which one column holds each point's numbers as a list, as CSV files from embedding services do.

import ByteStreams

extension PointFormat {
  static let vectorCells = PointFormat(
    title: "a table with a column of lists", names: ["csv", "tsv"], options: ["vector", "tensors-header"]
  ) { request in
    guard request.isText else { return false }
    return try VectorCells(request) != nil
  } open: { request in
    guard let cells = try VectorCells(request) else {
      throw ArrayFileError.unreadable(
        path: request.input.path, reason: "no column has lists of numbers", advice: "write them as [0.1, 0.2]")
    }
    return try cells.read()
  }
}

/// A table of which one column holds lists of numbers.
struct VectorCells {
  private let request: PointRequest
  private let delimiter: Delimiter
  private let quoting: Quoting
  private let width: Int
  /// Names of the columns; nil without a header.
  private let names: [String]?
  /// The column that holds the lists.
  private let column: Int

  /// - Returns: nil if no column holds lists of numbers.
  /// - Throws: `ArrayFileError` if the user must name the column; `FileError`, `ZlibError`.
  init?(_ request: PointRequest) throws {
    let path = request.input.path
    let file = TextFile(request.input, of: .numbers, encoding: request.options.encoding)
    let front = try file.front()
    guard front.bytes.contains(UInt8(ascii: "[")) else { return nil }
    let samples = [Delimiter.comma, .tab, .semicolon].lazy.map { delimiter in
      delimiter == .tab
        ? TextSample.tabbed(front.bytes, isWhole: front.isWhole, path: path)
        : TextSample(front.bytes, isWhole: front.isWhole, delimiter: delimiter, path: path)
    }
    guard let sample = samples.first(where: { !Self.vectorColumns($0).isEmpty }) else { return nil }
    self.request = request
    (delimiter, quoting, width) = (sample.delimiter, sample.quoting, sample.rows[0].count)
    let columns = Self.vectorColumns(sample)
    let hasHeader = request.options.hasHeader ?? !VectorText.isVector(sample.rows[0].cells[columns[0]])
    names = hasHeader ? (0..<width).map(sample.rows[0].name) : nil
    column = try Self.choose(columns, names, request)
  }

  /// Returns the columns whose cells are lists of numbers, with the exception of the first row and of missing ones.
  private static func vectorColumns(_ sample: TextSample) -> [Int] {
    guard let first = sample.rows.first, sample.rows.count > 1 else { return [] }
    let others = sample.rows.dropFirst()
    guard others.allSatisfy({ $0.count == first.count }) else { return [] }
    return (0..<first.count).filter { column in
      let cells = others.filter { $0.kinds[column] != .missing }
      let lists = cells.count {
        $0.cells[column].first == UInt8(ascii: "[") && $0.cells[column].last == UInt8(ascii: "]")
      }
      return lists > 0 && lists * 10 >= cells.count * 9 && cells.contains { VectorText.isVector($0.cells[column]) }
    }
  }

  private static func choose(
    _ columns: [Int], _ names: [String]?, _ request: PointRequest
  ) throws(ArrayFileError) -> Int {
    let titles = columns.map { ColumnDescription.title($0, names?[$0]) }
    if let wanted = request.options.vector {
      if let place = columns.first(where: { names?[$0] == wanted || "\($0)" == wanted }) { return place }
    } else if columns.count == 1 {
      return columns[0]
    }
    throw .unreadable(
      path: request.input.path,
      reason: request.options.vector.map { "it has no column \(DisplayName.quoted($0)) of lists" }
        ?? "several columns hold lists of numbers",
      advice: "name one with --vector: \(titles.joined(separator: ", "))")
  }

  /// Reads the table.
  /// - Throws: `ArrayFileError`, `FileError`, `ZlibError`.
  func read(from origin: [Double]? = nil) throws -> VectorTable {
    let path = request.input.path
    let file = TextFile(request.input, of: .numbers, encoding: request.options.encoding)
    var reader = try file.rows(delimiter, quoting)
    var rows = VectorRows(path: path, from: origin)
    let others = (0..<width).filter { $0 != column }
    let titles = ColumnNames.different(others.map { names?[$0] ?? "" })
    var isHeader = names != nil
    while try reader.next() {
      if reader.isBlankLine { continue }
      guard reader.count == width else {
        throw ArrayFileError.raggedLine(path: path, line: reader.line, got: reader.count, want: width)
      }
      if isHeader {
        isHeader = false
        continue
      }
      for (title, cell) in zip(titles, others) { rows.set(title, reader[cell]) }
      try rows.append(reader[column], line: reader.line, column: column)
    }
    let table = try rows.table(names == nil ? [] : ["header line"], of: request) { origin in try read(from: origin) }
    return described(table)
  }

  /// Skips a column that only numbers the rows, and says what the columns are.
  private func described(_ table: VectorTable) -> VectorTable {
    let counters = Set(
      table.labels.indices.filter { place in
        let at = place < column ? place : place + 1
        return names.map { ColumnNames.isUnnamed($0[at]) } ?? false && LabelTable.areCounting(table.labels[place].cells)
      })
    let kept = table.labels.indices.filter { !counters.contains($0) }.map { table.labels[$0] }
    let vector = ColumnDescription.title(column, names?[column])
    let metadata =
      kept.prefix(5).map { DisplayName.quoted($0.name) }.joined(separator: ", ") + (kept.count > 5 ? ", …" : "")
    let parts =
      ["\(vector) is a list of \(DisplayName.counted(table.dimensions, "number"))"]
      + (kept.isEmpty ? [] : ["\(metadata) \(kept.count == 1 ? "is" : "are") metadata"])
      + counters.sorted().map { place in
        let at = place < column ? place : place + 1
        return "\(ColumnDescription.title(at, names?[at])) is a row number and is skipped"
      }
    return VectorTable(
      path: table.path, matrix: table.matrix, labels: kept, shortened: table.shortened,
      notes: table.notes + [parts.joined(separator: ", ")], firstOdd: table.firstOdd, reread: table.reread)
  }
}
