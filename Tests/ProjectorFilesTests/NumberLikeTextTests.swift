// NumberLikeTextTests.swift
// Texts that the page would turn into other numbers are written in quotes, byte for byte.

import Testing

@testable import ProjectorFiles

struct NumberLikeTextTests {
  private func written(_ cells: [String]) throws -> [String] {
    let table = try MetadataTable([.text("id", cells), .text("other", cells.map { _ in "x" })])
    let lines = String(decoding: table.encoded(), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == cells.count + 2 && lines[0] == "id\tother" && lines.last == "")
    return lines[1...cells.count].map { String($0.dropLast(2)) }
  }

  @Test(
    "columns of codes are quoted, so that the page keeps their digits",
    arguments: [
      ["1234567890123456789", "1234567890123456790"], ["01234", "12345"], ["-1234567890123456789", "7"],
      ["00", "01", "10"], ["0x1F", "0x10"], ["0b1", "12"], ["007"],
    ]) func codes(cells: [String]) throws
  {
    #expect(try written(cells) == cells.map { "\"\($0)\"" })
    for cell in try written(cells) { #expect(PageCell.number(cell) == nil) }
  }

  @Test("missing cells of codes stay missing") func missing() throws {
    #expect(try written(["0123", "", "NA", "4567"]) == ["\"0123\"", "(empty)", "NA", "\"4567\""])
  }

  @Test("numbers stay numbers, in one form") func numbers() throws {
    #expect(try written(["7", "07", "7.0"]) == ["7", "7", "7"])
    #expect(try written(["9007199254740991", "1"]) == ["9007199254740991", "1"])
    #expect(try written(["0", "1", "10"]) == ["0", "1", "10"])
    #expect(try written(["1e-9", "0.5"]) == ["1e-9", "0.5"])
    #expect(try written(["0.5", "", "2"]) == ["0.5", "(empty)", "2"])
    #expect(try written(["20240131", "20240201"]) == ["20240131", "20240201"])
  }

  @Test("dates, words and versions stay as they are; words that are other numbers are quoted") func texts() throws {
    let plain = [
      "2024-01-31", "31.01.2024", "1.2.3", "12:30", "the", "2009", "1,5", "nan", "Inf", "-", "5", "0.5", "\"1e5\"",
    ]
    #expect(try written(plain) == plain)
    for word in [
      "1e5", "007", "0x10", "1.50", "+7", "1.0", ".5", "5.", "12345678901234567890", "1E3", " 7", "-0", "0b11",
    ] {
      #expect(try written(["the", word]) == ["the", "\"\(word)\""], "\(word)")
    }
  }

  @Test("the page's numbers are JavaScript's") func page() {
    let numbers: [(String, Double)] = [
      ("0", 0), ("-0", 0), ("1e5", 1e5), (".5", 0.5), ("5.", 5), ("+1", 1), ("0x1f", 31), ("0B101", 5), ("0o17", 15),
      ("Infinity", .infinity), ("-Infinity", -.infinity), ("\u{A0}7\u{FEFF}", 7), ("1.5E-3", 0.0015),
      ("1e400", .infinity),
    ]
    for (text, number) in numbers { #expect(PageCell.number(text) == number, "\(text)") }
    for text in [
      "", " ", "x", "1x", "1e", "1e+", ".", "+", "0x", "0x1g", "-0x1f", "0b2", "inf", "nan", "1_0", "1,5", "１", "--1",
      "1 2",
    ] {
      #expect(PageCell.number(text) == nil, "\(text)")
    }
  }
}
