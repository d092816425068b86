// MetadataEncoder.swift
// Encodes a metadata file so that no character crosses the border between two pieces in which the page decodes it.

import ByteStreams

/// Appends cells, and moves a character that would cross the end of a piece to the next piece.
///
/// The bytes that move it are the first of these that fits between the end of the piece before and the character:
/// 1. zeros in front of a number: the page shows the same number;
/// 2. tabs at the end of the row before: the page ignores cells without a column;
/// 3. blanks in front of the character, in rows of more than 1,000,000 bytes alone: they change the label.
struct MetadataEncoder {
  private let columns: [MetadataTable.Column]
  private var bytes: [UInt8] = []
  /// The end of the piece that is being filled.
  private var pieceEnd = PagePiece.byteCount
  /// Whether all cells of a column are numbers to the page. Found when it is first needed.
  private lazy var areNumbers = columns.map { $0.cells.allSatisfy(Self.isNumber) }

  /// The page keeps the texts of a column with at most this many different cells. It treats other columns as numbers.
  private static let textLimit = 50

  /// - Complexity: O(length of all cells).
  static func encoded(_ columns: [MetadataTable.Column]) -> [UInt8] {
    var encoder = MetadataEncoder(columns: columns)
    for column in columns.indices { encoder.append(columns[column].name, row: nil, column: column) }
    for row in columns.first?.cells.indices ?? 0..<0 {
      for column in columns.indices { encoder.append(columns[column].cells[row], row: row, column: column) }
    }
    return encoder.bytes
  }

  private init(columns: [MetadataTable.Column]) { self.columns = columns }

  /// - Parameter row: nil for the names.
  private mutating func append(_ text: String, row: Int?, column: Int) {
    let start = bytes.count
    bytes += text.utf8
    bytes.append(UInt8(ascii: column == columns.count - 1 ? "\n" : "\t"))
    while bytes.count > pieceEnd { endPiece(row: row, column: column, start: start) }
  }

  /// Moves the character at the end of the piece, if it crosses it, and begins the next piece.
  /// - Parameter start: the first byte of the cell, which is the last one.
  private mutating func endPiece(row: Int?, column: Int, start: Int) {
    var character = pieceEnd
    while PagePiece.continuesCharacter(bytes[character]) { character -= 1 }
    if character < pieceEnd {
      let (place, filler) = room(before: character, row: row, column: column, start: start)
      bytes.insert(contentsOf: repeatElement(filler, count: pieceEnd - character), at: place)
    }
    pieceEnd += PagePiece.byteCount
  }

  /// The place for bytes that the page does not show, and what they are.
  private mutating func room(before character: Int, row: Int?, column: Int, start: Int) -> (place: Int, filler: UInt8) {
    let pieceStart = pieceEnd - PagePiece.byteCount
    var place = start
    var rowEnd: Int?
    if let row {
      // The cells of this row, then those of the row before.
      for step in 1...(column + columns.count) {
        let (cellRow, cellColumn) = step <= column ? (row, column - step) : (row - 1, column - step + columns.count)
        if cellRow < 0 { break }
        if step == column + 1 { rowEnd = place - 1 }
        let cell = columns[cellColumn].cells[cellRow]
        place -= cell.utf8.count + 1
        if place < pieceStart { break }
        if isShownAsNumber(row: cellRow, column: cellColumn) {
          return (cell.hasPrefix("-") ? place + 1 : place, UInt8(ascii: "0"))
        }
      }
    }
    if let rowEnd, rowEnd >= pieceStart { return (rowEnd, UInt8(ascii: "\t")) }
    return (character, UInt8(ascii: " "))
  }

  /// Whether the page makes a number of the cell and forgets its text.
  private mutating func isShownAsNumber(row: Int, column: Int) -> Bool {
    guard areNumbers[column] else { return false }
    var texts: Set<ExactName> = []
    for cell in columns[column].cells[..<row] {
      texts.insert(ExactName(cell))
      if texts.count > Self.textLimit { return true }
    }
    return false
  }

  /// Whether the bytes are digits, with an optional sign, point and exponent.
  private static func isNumber(_ cell: String) -> Bool {
    var rest = cell.utf8[...]
    func takeDigits() -> Bool {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(count)
      return count > 0
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    guard takeDigits() else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard takeDigits() else { return false }
    }
    if rest.first == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
      guard takeDigits() else { return false }
    }
    return rest.isEmpty
  }
}

/// The page decodes each piece alone, and joins lines afterwards. A character that lies in two pieces becomes
/// U+FFFD, so a label with it becomes another label.
///
/// Source: TensorBoard, vz_projector/data-provider.ts, "streamParse".
enum PagePiece {
  /// The bytes of every piece but the last.
  static let byteCount = 1_000_000

  /// Whether a byte continues a character of UTF-8.
  static func continuesCharacter(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
