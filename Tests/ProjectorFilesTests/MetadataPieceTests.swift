// MetadataPieceTests.swift
// Labels of any length arrive whole, although the page decodes a file in pieces.

import Testing

@testable import ProjectorFiles

@Suite struct MetadataPieceTests {
  private static let piece = 1_000_000

  /// Texts of few characters of two to four bytes, so that most ends of pieces would fall into one.
  private static func texts(_ count: Int, length: Int) -> [String] {
    let characters = ["字", "é", "🙂", "語", "ж"]
    return (0..<count).map { row in (0..<length).map { characters[(row + $0 * $0) % 5] }.joined() }
  }

  private func expectWhole(_ columns: [MetadataTable.Column], pieces: Int) throws {
    let table = try MetadataTable(columns)
    let bytes = table.encoded()
    #expect(bytes.count / Self.piece >= pieces, "\(bytes.count) bytes")
    for end in stride(from: Self.piece, to: bytes.count, by: Self.piece) {
      #expect(bytes[end] & 0xC0 != 0x80, "a character lies across byte \(end)")
    }
    let page = try #require(MetadataPage(bytes))
    #expect(page.names == table.columns.map(\.name))
    for column in table.columns {
      let numbers = column.cells.compactMap(Double.init)
      let want = numbers.count == column.cells.count ? numbers.map { "\($0)" } : column.cells
      #expect(page.column(column.name) == want, "\(column.name)")
    }
  }

  @Test("labels beside an index stay whole, wherever the pieces end", arguments: 0..<4)
  func besideIndex(shift: Int) throws {
    let name = String(repeating: "n", count: 1 + shift)
    let texts = Self.texts(7, length: 20)
    let rows = 60_000
    try expectWhole([.text(name, (0..<rows).map { texts[$0 % 7] }), .integers("index", Array(0..<rows))], pieces: 3)
    // Signs, points and exponents: the numbers are the same.
    let numbers = (0..<rows).map { (Float($0) - 30_000) / 7_000_000 }
    try expectWhole([.numbers("error", numbers), .text(name, (0..<rows).map { texts[$0 % 7] })], pieces: 3)
  }

  @Test("a table without numbers keeps its labels too", arguments: 0..<4)
  func withoutNumbers(shift: Int) throws {
    let name = String(repeating: "n", count: 1 + shift)
    let texts = Self.texts(7, length: 20)
    let cells = (0..<40_000).map { texts[$0 % 7] }
    try expectWhole([.text(name, cells), .text("kind", cells.reversed())], pieces: 3)
    // Few numbers, whose texts are the legend, stay as they are.
    let digits = MetadataTable.Column.integers("digit", (0..<40_000).map { $0 % 10 })
    let table = try MetadataTable([digits, .text(name, cells)])
    try expectWhole(table.columns, pieces: 2)
    let lines = String(decoding: table.encoded(), as: UTF8.self).split(separator: "\n").dropFirst()
    #expect(Set(lines.map { $0.prefix { $0 != "\t" } }).count == 10)
  }

  @Test("few rows of very long labels keep them as well") func longRows() throws {
    let texts = Self.texts(40, length: 30_000)
    try expectWhole([.text("text", texts), .integers("index", Array(0..<40))], pieces: 2)
  }

  @Test("a row longer than a piece keeps its characters, between blanks") func veryLongRow() throws {
    let long = Self.texts(2, length: 400_000)
    let bytes = try MetadataTable([.text("text", long), .text("more", long)]).encoded()
    for end in stride(from: Self.piece, to: bytes.count, by: Self.piece) { #expect(bytes[end] & 0xC0 != 0x80) }
    let page = try #require(MetadataPage(bytes))
    for name in ["text", "more"] {
      #expect(page.column(name)?.map { $0.filter { $0 != " " } } == long)
    }
  }

  @Test("a file of one piece, or of ASCII alone, has no byte more") func unchanged() throws {
    let rows = 100_000
    let table = try MetadataTable([
      .text("kind", (0..<rows).map { "kind \($0 % 9)" }), .integers("index", Array(0..<rows)),
    ])
    let want = "kind\tindex\n" + (0..<rows).map { "kind \($0 % 9)\t\($0)\n" }.joined()
    #expect(String(decoding: table.encoded(), as: UTF8.self) == want)
  }
}
