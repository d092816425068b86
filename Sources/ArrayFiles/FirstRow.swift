// FirstRow.swift
// Decides whether the first row of a table of points is a header.

/// The meaning of the first row in a table of points.
struct FirstRow {
  enum Meaning: Equatable {
    case points
    case names
    /// Names of all columns but the first, as R writes them above row names.
    case namesOfOthers
    /// Points or names, and the reason.
    case unclear(String)
    /// Numbers, and a cell that is neither a number nor a name.
    case oddCell(Int)
  }

  private(set) var meaning = Meaning.points
  private let first: TextSample.Row
  private let others: ArraySlice<TextSample.Row>
  private let counts: [PointColumns.Count]

  var isNames: Bool { meaning == .names || meaning == .namesOfOthers }

  /// - Parameters:
  ///   - others: the rows after it.
  ///   - hasHeader: the user's answer; decided from the cells, if nil.
  init(_ first: TextSample.Row, _ others: ArraySlice<TextSample.Row>, hasHeader: Bool?) {
    (self.first, self.others) = (first, others)
    counts = PointColumns.counts(others)
    let isShorter = first.count == counts.count - 1
    if let hasHeader {
      meaning = !hasHeader ? .points : isShorter ? .namesOfOthers : .names
    } else if isShorter {
      meaning = isRowOfNames ? .namesOfOthers : .points
    } else if first.count == counts.count {
      meaning = ofSameLength()
    }
  }

  /// Whether nearly all cells are names, or they number the columns as pandas does, above an index or row names.
  private var isRowOfNames: Bool {
    let texts = first.kinds.count { $0 == .text }
    if first.count - texts <= texts / 9 { return true }
    let hasIndex = counts[0].isText || Self.areCounting(others.map { $0.name(0) })
    return hasIndex && Self.areCounting((0..<first.count).map(first.name))
  }

  private func ofSameLength() -> Meaning {
    // In a text column, a name looks like any other cell.
    let columns = first.kinds.indices.filter { !counts[$0].isText }
    func those(_ isWanted: (CellKind) -> Bool) -> [Int] { columns.filter { isWanted(first.kinds[$0]) } }
    let (names, numbers) = (those { $0 == .text }, those(\.isNumber))
    let (missing, damaged) = (those { $0 == .missing }, those { $0 == .damaged })
    if names.isEmpty, damaged.isEmpty { return ofNumbers(numbers, missing: missing) }
    if numbers.count + damaged.count <= names.count / 9 {
      let isNamed = missing.isEmpty || missing == [0] || missing.count < names.count
      return isNamed ? .names : .unclear("it has \(missing.count) empty cells beside column names")
    }
    if damaged.isEmpty, Self.areCounting(numbers.map(first.name)) {
      if names.allSatisfy({ ColumnNames.isKnown(first.name($0)) }) { return .names }
      if numbers.count > 2, areDecimal(numbers) { return .names }
    }
    return .oddCell((damaged + names).min() ?? 0)
  }

  /// Decides a row of numbers, which can be column names too.
  private func ofNumbers(_ numbers: [Int], missing: [Int]) -> Meaning {
    if numbers.isEmpty { return .points }
    let values = numbers.compactMap { Double(first.name($0)) }
    guard values.count == numbers.count else { return .points }
    let isEven = Self.isProgression(values)
    let startsAtZero = isEven && values[0] == 0 && (values.count < 2 || values[1] == 1)
    if missing == [0], counts[0].decimals + counts[0].commas == 0 {
      return ofUnnamedIndex(values, startsAtZero, isEven)
    }
    guard missing.isEmpty, isEven, !isContinued(values, numbers) else { return .points }
    let areIntegers = numbers.allSatisfy { first.kinds[$0] == .integer }
    let areOthersDecimal = areDecimal(numbers)
    let hasNamedTexts = counts.indices.contains {
      counts[$0].isText && (ColumnNames.isKnown(first.name($0)) || $0 == 0 && first.kinds[0] == .missing)
    }
    if startsAtZero, areIntegers, hasNamedTexts { return .names }
    let asked = Meaning.unclear("its numbers (\(first.name(numbers[0])), …) could be column names or a point")
    if startsAtZero, areIntegers {
      if areOthersDecimal { return values.count > 2 ? .names : asked }
      return values.count < 2 || values.count == 2 && isRepeated(values, numbers) ? .points : asked
    }
    guard values.count > (startsAtZero ? 2 : 3), areOthersDecimal, !isNextEven(numbers) else { return .points }
    return asked
  }

  /// Whether most numbers below are decimals.
  private func areDecimal(_ columns: [Int]) -> Bool {
    columns.allSatisfy {
      counts[$0].decimals + counts[$0].commas > 0 && counts[$0].decimals + counts[$0].commas >= counts[$0].integers
    }
  }

  /// Decides a row whose first cell is empty, as pandas leaves it above an index.
  private func ofUnnamedIndex(_ values: [Double], _ startsAtZero: Bool, _ isEven: Bool) -> Meaning {
    let index = others.prefix(3).map { Int($0.name(0)) }
    let counts = index.enumerated().allSatisfy { $1 == $0 } || index.enumerated().allSatisfy { $1 == $0 + 1 }
    if counts || self.counts[0].isText { return isEven && (startsAtZero || values.count > 1) ? .names : .points }
    return isEven && values.count > 2
      ? .unclear("its first cell is empty, and its numbers could be column names or a point") : .points
  }

  /// Whether the steps between numbers are equal and not zero.
  private static func isProgression(_ values: [Double]) -> Bool {
    guard values.count > 1 else { return true }
    let step = values[1] - values[0]
    return step != 0
      && zip(values, values.dropFirst()).allSatisfy { abs($1 - $0 - step) <= abs(step) * 1e-6 }
  }

  /// Whether the next row continues the sequence, as in a matrix of 0, 1, 2, ….
  private func isContinued(_ values: [Double], _ columns: [Int]) -> Bool {
    guard let next = others.first, values.count > 1 else { return false }
    let shift = (values[1] - values[0]) * Double(values.count)
    return zip(values, columns).allSatisfy { value, column in
      Double(next.name(column)).map { abs($0 - value - shift) <= abs(shift) * 1e-6 } ?? false
    }
  }

  private func isNextEven(_ columns: [Int]) -> Bool {
    guard let next = others.first else { return false }
    let values = columns.compactMap { Double(next.name($0)) }
    return values.count == columns.count && Self.isProgression(values)
  }

  private func isRepeated(_ values: [Double], _ columns: [Int]) -> Bool {
    others.contains { row in zip(values, columns).allSatisfy { Double(row.name($1)) == $0 } }
  }

  /// Whether the names are 0, 1, 2, … or 1, 2, 3, …, the default column names of pandas and others.
  static func areCounting(_ names: some Sequence<String>) -> Bool {
    let numbers = names.map { Int($0) }
    guard let first = numbers.first, first == 0 || first == 1 else { return false }
    return zip(numbers, numbers.dropFirst()).allSatisfy { one, two in
      one.flatMap { one in two.map { $0 == one + 1 } } ?? false
    }
  }
}
