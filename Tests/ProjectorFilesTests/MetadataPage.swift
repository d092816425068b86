// MetadataPage.swift
// A metadata file as TensorBoard's page reads it: its streamParse and parseMetadata, in the same steps.

/// The columns and rows that the page shows.
struct MetadataPage {
  private(set) var names = ["label"]
  private(set) var rows: [[String]] = []

  private static let pieceBytes = 1_000_000

  /// Nil where the page never comes to an end.
  init?(_ bytes: [UInt8]) {
    guard let lines = Self.lines(of: bytes) else { return nil }
    var hasHeader = false
    var number = 0
    for line in lines where !line.allSatisfy(Self.isBlank) {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if number == 0, cells.count > 1 { hasHeader = true }
      if number == 0, hasHeader {
        names = cells
      } else {
        // Cells without a column are left out.
        rows.append(Array(cells.prefix(names.count)))
      }
      number += 1
    }
  }

  /// A column; its cells as numbers, where all are.
  func column(_ name: String) -> [String]? {
    guard let place = names.firstIndex(of: name) else { return nil }
    let cells = rows.map { place < $0.count ? $0[place] : "(undefined)" }
    let numbers = cells.compactMap(Double.init)
    return numbers.count == cells.count ? numbers.map { "\($0)" } : cells
  }

  private static func lines(of bytes: [UInt8]) -> [String]? {
    var (lines, rest, offset) = ([String](), "", 0)
    while true {
      let (start, end) = (min(offset, bytes.count), min(offset + pieceBytes, bytes.count))
      // Nothing comes any more that could end the line.
      if start == bytes.count, offset > 0 { return nil }
      var piece = String(decoding: bytes[start..<end], as: UTF8.self)
      if piece.unicodeScalars.first == "\u{FEFF}" { piece.unicodeScalars.removeFirst() }
      offset += pieceBytes
      let parts = piece.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
      let first = rest + parts[0]
      if parts.count == 1 {
        rest = first
        if bytes.isEmpty { return nil }
        continue
      }
      lines.append(first)
      lines += parts[1..<parts.count - 1]
      rest = parts[parts.count - 1]
      if offset >= bytes.count - 1 { return rest.isEmpty ? lines : lines + [rest] }
    }
  }

  private static func isBlank(_ character: Character) -> Bool {
    character.unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0 == "\u{FEFF}" }
  }
}
