// MetadataVerifierTests.swift
// Labels that the page reads in pieces: what it changes, drops or hangs at is found, and nothing else.

import ByteStreams
import TestSupport
import Testing

@testable import ProjectorFiles

@Suite struct MetadataVerifierTests {
  private static let piece = 1_000_000

  /// A single column of five labels, of `count` bytes in all, `text` beginning at byte `place`.
  private static func labels(_ text: String = "", at place: Int = 0, count: Int, endsLine: Bool = true) -> [UInt8] {
    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: count)
    for line in 1...4 { bytes[line * 10] = 0x0A }
    bytes.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
    if endsLine { bytes[count - 1] = 0x0A }
    return bytes
  }

  private func findings(_ labels: [UInt8], points: Int = 5) throws -> [ProjectorFinding] {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/metadata.tsv", bytes: labels)
      var tally = ProjectorTally()
      try MetadataCheck(file: "\(directory)/metadata.tsv", embedding: "e", points: points).run(&tally)
      return tally.all
    }
  }

  @Test("a character across the end of a piece", arguments: [("é", 1), ("字", 1), ("字", 2), ("🙂", 1), ("🙂", 3)])
  func split(text: String, before: Int) throws {
    for end in [1, 2] {
      let bytes = Self.labels(text, at: end * Self.piece - before, count: 2 * Self.piece + 100)
      #expect(String(decoding: bytes, as: UTF8.self) != MetadataPage(bytes)?.rows.map { $0[0] + "\n" }.joined())
      let found = try findings(bytes)
      #expect(found.map(\.rule) == [.splitCharacter] && found.map(\.line) == [5], "\(found)")
      #expect(found.first?.what == "the character \"\(text)\" lies across byte \(end * Self.piece)")
    }
    #expect(try findings(Self.labels(text, at: Self.piece, count: Self.piece + 100)) == [])
    let whole = Self.labels(text, at: Self.piece - text.utf8.count, count: Self.piece + 100)
    #expect(try findings(whole) == [])
  }

  @Test("bytes are counted as the server sends them: a line feed at the end of each line") func sentBytes() throws {
    var bytes = Self.labels("é", at: Self.piece - 1, count: Self.piece + 100)
    for line in (1...4).reversed() { bytes.insert(0x0D, at: line * 10) }
    #expect(try findings(bytes).map(\.rule) == [.splitCharacter])
    bytes = Self.labels("é", at: Self.piece - 5, count: Self.piece + 100)
    for line in (1...4).reversed() { bytes.insert(0x0D, at: line * 10) }
    #expect(try findings(bytes) == [])
  }

  @Test("a byte order mark at the end of a piece vanishes") func mark() throws {
    let bytes = Self.labels("\u{FEFF}", at: Self.piece, count: Self.piece + 100)
    let found = try findings(bytes)
    #expect(found.map(\.rule) == [.splitCharacter])
    #expect(found.first?.what == "the character \"\\u{FEFF}\" begins at byte 1000000")
  }

  @Test(
    "labels that the page never finishes reading", arguments: [0, 1, 500, 1_000_050, 1_000_500, 2_000_500, 3_000_000])
  func endless(count: Int) throws {
    let bytes = count < 1000 ? [UInt8](repeating: 0x61, count: count) : Self.labels(count: count, endsLine: false)
    #expect(MetadataPage(bytes) == nil)
    let found = try findings(bytes, points: 5)
    #expect(found.map(\.rule) == [.endlessLabels], "\(found)")
    #expect(found.first?.effect == "the page hangs while it parses the metadata, and shows no points")
  }

  @Test("a last byte behind the end of a piece") func lost() throws {
    let bytes = Self.labels("\n", at: Self.piece - 7, count: Self.piece + 1, endsLine: false)
    #expect(MetadataPage(bytes)?.rows.last == ["aaaaaa"], "six of seven letters")
    let found = try findings(bytes, points: 6)
    #expect(found.map(\.rule) == [.lostByte] && found.first?.line == 6, "\(found)")
    // With no line end in the piece before, the page reads it and hangs.
    #expect(try findings(Self.labels(count: 2 * Self.piece + 1, endsLine: false)).map(\.rule) == [.endlessLabels])
  }

  @Test("labels that the page reads whole", arguments: [999_999, 1_000_000, 1_000_001, 1_000_002, 2_000_001])
  func whole(count: Int) throws {
    #expect(try findings(Self.labels(count: count)) == [])
    #expect(MetadataPage(Self.labels(count: count))?.rows.count == 5)
    // No line end, but one in the last piece.
    let late = Self.labels("\n", at: count - 30, count: count, endsLine: false)
    let rules: [Int: [ProjectorRule]] = [1: [.lostByte], 2: [.endlessLabels]]
    #expect(try findings(late, points: 6).map(\.rule) == rules[count % Self.piece] ?? [])
    #expect((MetadataPage(late) == nil) == (count % Self.piece == 2))
  }

  @Test("rows that the server does not send are not looked at") func rowsBeyond() throws {
    var text = "kind\tindex\n" + (0..<100_000).map { "abcdefgh\t\($0)\n" }.joined()
    text += String(repeating: "字", count: 700_000) + "\t1\n"
    #expect(try findings(Array(text.utf8), points: 100_001) == [])
  }

  @Test(
    "lines of any white space are dropped by the page", arguments: ["\u{3000}", "\u{A0}\t ", "\u{FEFF}", "\u{2028}"])
  func blank(line: String) throws {
    let found = try findings(Array("a\tb\n1\t2\n\(line)\n1\t2\n1\t2\n1\t2\n1\t2\n".utf8))
    #expect(found.map(\.rule) == [.blankLine] && found[0].line == 3, "\(found)")
  }

  @Test("labels that are not UTF-8") func notText() throws {
    #expect(try findings([0x61, 0x0A, 0xFF, 0x0A]).map(\.rule) == [.labelsNotText])
  }

  @Test("what this program writes has no finding", arguments: 0..<4) func written(shift: Int) throws {
    let name = String(repeating: "n", count: 1 + shift)
    let cells = (0..<30_000).map { ["字語é🙂ж字語é🙂ж字", "é🙂ж字語é🙂ж字語é", "ж字語é🙂ж字語é🙂ж"][$0 % 3] }
    for columns in [[.text(name, cells)], [.text(name, cells), .text("other", cells)]] as [[MetadataTable.Column]] {
      let bytes = try MetadataTable(columns).encoded()
      #expect(bytes.count > Self.piece)
      let found = try findings(bytes, points: 30_000)
      #expect(found == [], "\(found)")
    }
  }
}
