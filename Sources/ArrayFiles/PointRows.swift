// PointRows.swift
// The rows of a text file of points, read into numbers and labels.

import ByteStreams

/// Reads a file of points whose columns are known.
struct PointRows<Source: ByteSource> {
  private(set) var count = 0
  private(set) var values: [Float] = []
  private(set) var shortened = 0
  private(set) var firstOdd: PointTable.OddNumber?
  /// Number of comments after the last point.
  private(set) var closingComments = 0
  /// Positions of the columns that are dimensions.
  private(set) var dimensions: [Int] = []

  private let path: String
  private var reader: DelimitedText<Source>
  private let columns: PointColumns
  /// A number for each dimension, subtracted in double precision; none, if nil.
  private let origin: [Double]?
  private var width: Int
  private var others: [(column: Int, role: PointColumns.Role)] = []
  private var texts: [[String]] = []
  /// Whether the first column has counted the rows so far, from 0 or 1.
  private var isCounting: Bool
  private var firstCounted = 0

  init(_ reader: DelimitedText<Source>, _ columns: PointColumns, from origin: [Double]? = nil, path: String) {
    self.reader = reader
    self.origin = origin
    self.columns = columns
    self.path = path
    isCounting = columns.asksAboutCounter
    width = columns.roles.count
    setUses(columns.roles)
  }

  private mutating func setUses(_ roles: [PointColumns.Role]) {
    dimensions = roles.indices.filter { roles[$0] == .dimension }
    others = roles.indices.filter { roles[$0] != .dimension }.map { ($0, roles[$0]) }
    texts = [[String]](repeating: [], count: others.count)
  }

  /// Reads all rows.
  /// - Throws: `ArrayFileError` for cells that are not numbers and rows that differ in length, or what the source throws.
  mutating func readAll() throws {
    for _ in 0..<columns.skippedRows { _ = try nextRow(countsBlanks: false) }
    while try nextRow(countsBlanks: width == 1) {
      if width == 0 {
        // The first row was longer than the sample.
        width = reader.count
        setUses([PointColumns.Role](repeating: .dimension, count: width))
      }
      if try isComment() { continue }
      if columns.words != nil, reader.count != width { reader.mergeWord(width: width) }
      guard reader.count == width else {
        throw ArrayFileError.raggedLine(path: path, line: reader.line, got: reader.count, want: width)
      }
      try appendNumbers()
      for place in others.indices { try appendText(place) }
      count += 1
    }
    guard count > 0, !dimensions.isEmpty else {
      throw ArrayFileError.unreadable(
        path: path, reason: count > 0 ? "it has no column of numbers" : "it has no row of numbers",
        advice: count > 0 ? "select the dimensions with --columns" : "give one row per point")
    }
    if let declared = columns.words?.declared, declared != count {
      throw ArrayFileError.unreadable(
        path: path, reason: "its first line declares \(declared) words, but it has \(count)",
        advice: "get the file again")
    }
    if isCounting, count > 2 {
      throw columns.question("its first column counts the rows and could be an index or a dimension")
    }
  }

  /// Advances to the next row that is not a blank line.
  /// - Parameter countsBlanks: whether blank lines before it are missing numbers, as in a single column.
  private mutating func nextRow(countsBlanks: Bool) throws -> Bool {
    var blank = 0
    while try reader.next() {
      if !reader.isBlankLine {
        if countsBlanks { for _ in 0..<blank { appendMissing(line: reader.line - blank) } }
        return true
      }
      blank += 1
    }
    return false
  }

  private mutating func appendMissing(line: Int) {
    if firstOdd == nil { firstOdd = .init(row: count, line: line, column: 0, text: "") }
    values.append(.nan)
    count += 1
  }

  /// Whether the row is a comment after all points; numpy.savetxt writes its footer as one.
  private mutating func isComment() throws -> Bool {
    let isOne = !columns.beginsWithTexts && reader.bytes[0] == UInt8(ascii: "#")
    if isOne {
      closingComments += 1
    } else if closingComments > 0 {
      throw ArrayFileError.badText(
        path: path, line: reader.line, reason: "a point follows a comment; remove the comment")
    }
    return isOne
  }

  /// Appends the numbers of a row.
  private mutating func appendNumbers() throws {
    if isCounting { isCounting = isNextCount() }
    let before = values.count
    let wrong = columns.hasDecimalComma ? appendWithCommas() : append()
    if let wrong { throw notANumber(wrong) }
    if firstOdd == nil { firstOdd = oddNumber(from: before) }
  }

  /// Returns the first number of the last row that is not finite.
  private func oddNumber(from first: Int) -> PointTable.OddNumber? {
    let place = values.withUnsafeBufferPointer { values in (first..<values.count).first { !values[$0].isFinite } }
    guard let place else { return nil }
    let column = dimensions[place - first]
    return .init(row: count, line: reader.line, column: column, text: reader.text(column))
  }

  /// - Returns: the first cell that is not a number, if any.
  private mutating func append() -> Int? {
    let (reader, origin) = (reader, origin)
    return reader.bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
      for (dimension, cell) in dimensions.enumerated() {
        let (start, end) = (base + reader.starts[cell], base + reader.starts[cell + 1] - 1)
        if let number = Self.number(start, end, from: origin, dimension: dimension) {
          values.append(number)
        } else if NumberText.isMissing(reader[cell]) {
          values.append(.nan)
        } else {
          return cell
        }
      }
      return nil
    }
  }

  @inline(__always)
  private static func number(
    _ start: UnsafePointer<CChar>, _ end: UnsafePointer<CChar>, from origin: [Double]?, dimension: Int
  ) -> Float? {
    guard let origin else { return NumberText.number(start, end) }
    return NumberText.wideNumber(start, end).map { Float($0 - (dimension < origin.count ? origin[dimension] : 0)) }
  }

  private mutating func appendWithCommas() -> Int? {
    for (dimension, cell) in dimensions.enumerated() {
      let bytes = reader[cell]
      let text = NumberText.withPoint(bytes) ?? (bytes.contains(UInt8(ascii: ".")) ? nil : Array(bytes))
      let number = (text.map { $0 + [0] })?.withUnsafeBytes { bytes -> Float? in
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return nil }
        return Self.number(start, start + bytes.count - 1, from: origin, dimension: dimension)
      }
      guard let value = number ?? (NumberText.isMissing(bytes) ? .nan : nil) else { return cell }
      values.append(value)
    }
    return nil
  }

  private func notANumber(_ column: Int) -> ArrayFileError {
    let text = reader.text(column)
    var advice: String?
    if columns.hasDecimalComma, text.contains(".") {
      advice = "other numbers in the file have decimal commas"
    } else if CellKind(reader[column]) == .commaDecimal {
      advice = "other numbers in the file have decimal points"
    } else if let odd = text.unicodeScalars.first(where: { !$0.isASCII }) {
      advice = "it contains U+\(String(odd.value, radix: 16, uppercase: true))"
    } else if CellKind(reader[column]) == .text, columns.roles.count > 1 {
      advice = "or select the dimensions with --columns"
    }
    return .notANumber(path: path, line: reader.line, column: column, got: text, advice: advice)
  }

  /// Whether the first cell is the number of this row, written as an integer.
  private mutating func isNextCount() -> Bool {
    guard let number = Int(reader.text(0)) else { return false }
    if count == 0 { firstCounted = number }
    return (0...1).contains(firstCounted) && number == firstCounted + count
  }

  private mutating func appendText(_ place: Int) throws {
    let (column, role) = others[place]
    if role == .trailing {
      guard reader[column].isEmpty else {
        throw ArrayFileError.raggedLine(path: path, line: reader.line, got: width, want: width - 1)
      }
      return
    }
    let (text, isCut) = LabelTable.cell(reader[column])
    texts[place].append(text)
    if isCut { shortened += 1 }
  }
}

extension PointRows {
  /// Returns the columns that are not dimensions, with unique names, and a description of all columns.
  func labels(_ columns: PointColumns) -> (columns: [LabelTable.Column], description: String?) {
    var description = ColumnDescription(dimensions: dimensions)
    var found: [(name: String, cells: [String])] = []
    for (place, (column, role)) in others.enumerated() where role != .trailing {
      var name = columns.names?[column] ?? ""
      if role == .rowNames, LabelTable.areCounting(texts[place]) {
        description.counters.append(ColumnDescription.title(column, name))
        continue
      }
      if ColumnNames.isUnnamed(name) { name = "" }
      if role == .rowNames { name = Int(texts[place][0]) == nil ? "name" : "id" }
      found.append((name, texts[place]))
    }
    description.metadata = ColumnNames.different(found.map(\.name))
    let labels = zip(description.metadata, found).map { LabelTable.Column(name: $0, cells: $1.cells) }
    return (labels, description.text)
  }
}
