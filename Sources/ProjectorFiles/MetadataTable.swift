// MetadataTable.swift
// Labels of points: named columns by which the projector labels, searches and colors.

import ByteStreams

/// Columns of text, a row a point, written so that TensorBoard reads each cell where it belongs.
///
/// The file always has a header and at least two columns, since TensorBoard takes the first line of a single column for
/// a point. Tabs, line ends and other control characters become spaces, and blank cells "(empty)", since the page can
/// not search a column with empty cells. Colors can be chosen from columns with at most 50 different cells, or of
/// numbers.
public struct MetadataTable: Equatable, Sendable {
  /// One column.
  public struct Column: Equatable, Sendable {
    /// The name in the page's menus.
    public let name: String
    /// A cell for each point.
    public let cells: [String]

    /// A column of texts. Where all are numbers they are written in one form ("7", not "07" or "7.0"), because the page
    /// makes numbers of them and looks up colors by the text.
    ///
    /// Texts that the page would change are written in double quotes: whole numbers of a column in which one has a zero in
    /// front or more digits than a float holds, and numbers such as 1e5 beside other texts.
    public static func text(_ name: String, _ cells: [String]) -> Column {
      Column(name: name, cells: NumberLikeText.written(cells))
    }

    /// A column of whole numbers.
    public static func integers(_ name: String, _ numbers: [Int]) -> Column {
      Column(name: name, cells: numbers.map { "\($0)" })
    }

    /// A column of numbers, each the shortest text that reads back to the same bits.
    public static func numbers(_ name: String, _ numbers: [Float]) -> Column {
      Column(name: name, cells: numbers.map { $0.isFinite ? DecimalText.string($0) : "\($0)" })
    }
  }

  /// The text that replaces a blank cell.
  public static let emptyCell = "(empty)"

  /// The columns as they are written, at least two.
  public let columns: [Column]

  /// Cells of each column: one for each point.
  public var rows: Int { columns[0].cells.count }

  /// Creates a table. A single column gets a column "index" of 0, 1, 2 … after it.
  ///
  /// The page labels points by the first column that has texts, or else by the first.
  /// - Throws: `ProjectorError` where there is no column, a name is blank or given twice, or columns differ in length.
  /// - Complexity: O(length of all cells).
  public init(_ columns: [Column]) throws {
    guard let first = columns.first else { throw ProjectorError.rowCount(of: "metadata", got: 0, want: 1) }
    var cleaned: [Column] = []
    var names: Set<ExactName> = []
    for column in columns {
      guard column.cells.count == first.cells.count else {
        throw ProjectorError.rowCount(of: "column \(column.name)", got: column.cells.count, want: first.cells.count)
      }
      let name = Self.cleaned(column.name)
      if name == Self.emptyCell { throw ProjectorError.badName(name: column.name, reason: "a column needs a name") }
      if !names.insert(ExactName(name)).inserted {
        throw ProjectorError.badName(name: column.name, reason: "another column has it")
      }
      cleaned.append(Column(name: name, cells: column.cells.map(Self.cleaned)))
    }
    if cleaned.count == 1 {
      let name = cleaned[0].name == "index" ? "point" : "index"
      cleaned.append(.integers(name, Array(0..<first.cells.count)))
    }
    self.columns = cleaned
  }

  /// The bytes of the file: a header, then a line for each point, cells between tabs.
  ///
  /// The page decodes pieces of 1,000,000 bytes. Where a character would lie in two of them, a number before it gets zeros
  /// in front, or, in a table without numbers, the row before it gets tabs at its end. The page shows neither.
  /// - Complexity: O(length of all cells).
  public func encoded() -> [UInt8] { MetadataEncoder.encoded(columns) }

  /// The text without what would break lines or cells.
  private static func cleaned(_ cell: String) -> String {
    // Most cells are short and plain.
    if !cell.isEmpty, cell.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return cell }
    var text = ""
    var isBlank = true
    for scalar in cell.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: text += " "
      case .spaceSeparator: text.unicodeScalars.append(scalar)
      case .format where scalar == "\u{FEFF}": text += " "
      default:
        text.unicodeScalars.append(scalar)
        isBlank = false
      }
    }
    return isBlank ? emptyCell : text
  }
}

enum PageNumber {
  /// "7" for "7", "07", "+7", "7.0" and "7."; "0.5" for ".50"; nil for what is no number, or one that a page would write
  /// with an exponent.
  static func canonical(_ text: String) -> String? {
    whole(text) ?? fraction(text)
  }

  private static func whole(_ text: String) -> String? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, let number = Int(whole), number.magnitude < 1 << 53 else {
      return nil
    }
    if parts.count == 2, !parts[1].utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) { return nil }
    return "\(number)"
  }

  private static func fraction(_ text: String) -> String? {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    guard isPlain, let number = Double(text), number == 0 || (1e-4..<1e15).contains(number.magnitude) else {
      return nil
    }
    let shortest = number.description
    return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
  }
}
