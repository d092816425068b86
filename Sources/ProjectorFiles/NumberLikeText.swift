// NumberLikeText.swift
// Keeps texts as they are that TensorBoard's page would turn into numbers: long IDs, codes with zeros in front, words like "1e5".

/// The page replaces each cell that it can read as a number by that number, whatever stands in the rest of the column: it shows
/// 0123 as 123, 1234567890123456789 as 1234567890123456800, and 1e5 as 100000. Double quotes around the cell prevent that: the page
/// shows "0123" with them, and programs that read TSV remove them.
enum NumberLikeText {
  /// Lower-case texts that stand for a missing cell.
  private static let missingTexts: Set<String> = ["", "na", "n/a", "<na>", "nan", "null", "none"]

  /// Returns the cells of a column of texts as they are written.
  ///
  /// In a column of whole numbers, one with a zero in front or with more digits than a float holds shows that they are codes; then all
  /// are quoted. Beside other texts, the numbers are quoted that the page would show differently.
  /// - Complexity: O(length of all cells).
  static func written(_ cells: [String]) -> [String] {
    var (areNumbers, arePlain, hasCode) = (true, true, false)
    for cell in cells where !isMissing(cell) {
      guard PageCell.number(cell) != nil else {
        areNumbers = false
        break
      }
      if !isPlain(cell) { arePlain = false } else if !hasCode { hasCode = isCode(cell) }
    }
    if !areNumbers { return cells.map { isChanged($0) ? quoted($0) : $0 } }
    if arePlain, hasCode { return cells.map { isMissing($0) ? $0 : quoted($0) } }
    return canonical(cells) ?? cells
  }

  /// Returns the numbers of a column in one form ("7", not "07" or "7.0"); nil if a cell has none.
  private static func canonical(_ cells: [String]) -> [String]? {
    var numbers: [String] = []
    numbers.reserveCapacity(cells.count)
    for cell in cells {
      guard let number = PageNumber.canonical(cell) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  private static func quoted(_ cell: String) -> String { "\"\(cell)\"" }

  private static func isMissing(_ cell: String) -> Bool {
    cell.utf8.count <= 4 && missingTexts.contains(cell.lowercased())
  }

  /// Whether the page shows another text in place of a cell.
  private static func isChanged(_ cell: String) -> Bool {
    PageCell.number(cell).map { PageCell.shown($0) != cell } ?? false
  }

  /// Whether a number is written in digits alone, after a minus, or with a prefix such as 0x.
  private static func isPlain(_ cell: String) -> Bool {
    let digits = cell.utf8.first == UInt8(ascii: "-") ? cell.utf8.dropFirst() : cell.utf8[...]
    return digits.allSatisfy { (0x30...0x39).contains($0) } || hasPrefix(cell)
  }

  private static func hasPrefix(_ cell: String) -> Bool {
    cell.utf8.count > 2 && cell.utf8.first == UInt8(ascii: "0")
      && cell.utf8.dropFirst().first.map { $0 >= 0x41 } ?? false
  }

  /// Whether the text of a plain number says more than the number.
  private static func isCode(_ cell: String) -> Bool {
    if cell.utf8.count > 1, cell.utf8.first == UInt8(ascii: "0") { return true }
    return cell.utf8.count > 15 && PageCell.rounded(Array(cell.utf8)[...]) != nil
  }
}
