// PieceReading.swift
// Follows TensorBoard's page, which reads a metadata file in pieces, to find the characters that it breaks.

/// Follows the page's reading line by line: which characters it breaks, and how it ends.
///
/// The page splits a piece into lines and keeps the rest for the next one. After a piece with a line end it stops, if at most
/// one byte is left. After a piece without a line end it always asks for another one, even where none is left.
struct PieceReading {
  /// A character that the page does not read as it is.
  struct Split: Equatable {
    /// Its bytes in the line.
    let character: Range<Int>
    /// The first byte of a piece.
    let pieceEnd: Int
    /// Whether it is a byte order mark at the front of a piece: the page drops it.
    let isMark: Bool
  }

  enum End: Equatable {
    /// All bytes are read.
    case whole
    /// All but the last one are read.
    case lostByte
    /// The page never stops reading.
    case never
  }

  /// The bytes so far.
  private(set) var count = 0
  /// The lines so far.
  private(set) var lines = 0
  private var lastLineEnd: Int?
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Reads the next line.
  /// - Parameter hasEnd: whether a line end follows.
  /// - Returns: its characters that pieces break.
  mutating func read(_ line: [UInt8], hasEnd: Bool) -> [Split] {
    let start = count
    count += line.count + (hasEnd ? 1 : 0)
    lines += 1
    if hasEnd { lastLineEnd = count - 1 }
    var splits: [Split] = []
    var pieceEnd = max(1, (start + PagePiece.byteCount - 1) / PagePiece.byteCount) * PagePiece.byteCount
    while pieceEnd < start + line.count {
      if let split = Self.split(line, at: pieceEnd - start, pieceEnd: pieceEnd) { splits.append(split) }
      pieceEnd += PagePiece.byteCount
    }
    return splits
  }

  /// The character at a place of a line, if the page does not read it as it is.
  private static func split(_ line: [UInt8], at place: Int, pieceEnd: Int) -> Split? {
    let isMark = line[place...].starts(with: mark)
    guard isMark || PagePiece.continuesCharacter(line[place]) else { return nil }
    var (first, end) = (place, place + 1)
    while first > 0, PagePiece.continuesCharacter(line[first]) { first -= 1 }
    while end < line.count, PagePiece.continuesCharacter(line[end]) { end += 1 }
    return Split(character: first..<end, pieceEnd: pieceEnd, isMark: isMark)
  }

  /// How the page's reading ends after these bytes.
  var end: End {
    let pieces = max(1, (count - 1 + PagePiece.byteCount - 1) / PagePiece.byteCount)
    let lastPiece = (pieces - 1) * PagePiece.byteCount
    guard let lastLineEnd, lastLineEnd >= lastPiece else { return .never }
    let isRead = count <= pieces * PagePiece.byteCount || lastLineEnd == count - 1
    return isRead ? .whole : .lostByte
  }
}
