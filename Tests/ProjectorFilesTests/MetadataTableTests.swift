// MetadataTableTests.swift
// Each cell arrives in its row and column, whatever the labels hold.

import ProjectorFiles
import TestSupport
import Testing

struct MetadataTableTests {
  static func text(_ columns: [MetadataTable.Column]) throws -> String {
    String(decoding: try MetadataTable(columns).encoded(), as: UTF8.self)
  }

  @Test func byteForByte() throws {
    let text = try Self.text([
      .integers("index", [0, 1]), .text("label", ["cat", "große Katze"]), .numbers("error", [0.25, 3]),
    ])
    #expect(text == "index\tlabel\terror\n0\tcat\t0.25\n1\tgroße Katze\t3\n")
  }

  @Test func aSingleColumnGetsAnother() throws {
    #expect(try Self.text([.text("label", ["a", "b"])]) == "label\tindex\na\t0\nb\t1\n")
    #expect(try Self.text([.integers("index", [5, 6])]) == "index\tpoint\n5\t0\n6\t1\n")
  }

  @Test(
    "hostile cells",
    arguments: [
      ("a\tb", "a b"), ("a\nb", "a b"), ("a\r\nb", "a  b"), ("\u{0}\u{1B}[31m", "  [31m"), ("", "(empty)"),
      (" ", "(empty)"), ("\t\n", "(empty)"), ("\u{3000}\u{A0}", "(empty)"), ("\u{2028}x\u{85}", " x "),
      ("\u{FEFF}a", " a"), ("\"quoted\"", "\"quoted\""), ("👩‍👧", "👩‍👧"), ("a b", "a b"),
    ])
  func hostile(cell: String, written: String) throws {
    #expect(
      try Self.text([.text("a", ["x", cell]), .text(cell + "n", ["y", "z"])]).split(separator: "\n").count == 3)
    let table = try MetadataTable([.text("a", ["x", cell]), .text("b", ["y", "z"])])
    #expect(table.columns[0].cells[1].unicodeScalars.elementsEqual(written.unicodeScalars))
  }

  @Test func numbersHaveTheFormThatThePageGivesThem() throws {
    let column = MetadataTable.Column.text("digit", ["7", "07", "+7", "7.0", "7.", "-0", "-3.00"])
    #expect(column.cells == ["7", "7", "7", "7", "7", "0", "-3"])
    let numbers = MetadataTable.Column.text("size", ["07", "1.50", ".5", "-0.25", "1e3", "0.0", "123456.0625"])
    #expect(numbers.cells == ["7", "1.5", "0.5", "-0.25", "1000", "0", "123456.0625"])
    for other in ["1e-9", "1e20"] {
      #expect(MetadataTable.Column.text("digit", ["07", other]).cells == ["07", other], "one has an exponent")
    }
    for other in ["x", "nan", "inf", "--1"] {
      #expect(MetadataTable.Column.text("digit", ["07", other]).cells == ["\"07\"", other], "not all are numbers")
    }
    for other in ["9007199254740993", "0x10", "8"] {
      #expect(MetadataTable.Column.text("digit", ["07", other]).cells == ["\"07\"", "\"\(other)\""], "codes")
    }
  }

  @Test func columnsOfOtherBytesAreOtherColumns() throws {
    let names = [RawNames.composed, RawNames.decomposed]
    let table = try MetadataTable(names.map { .text($0, ["x", "y"]) })
    #expect(table.columns.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
  }

  @Test func refusals() {
    #expect(throws: ProjectorError.rowCount(of: "column b", got: 1, want: 2)) {
      try MetadataTable([.text("a", ["1", "2"]), .text("b", ["1"])])
    }
    #expect(throws: ProjectorError.badName(name: "a", reason: "another column has it")) {
      try MetadataTable([.text("a", ["1"]), .text("a", ["1"])])
    }
    #expect(throws: ProjectorError.badName(name: " ", reason: "a column needs a name")) {
      try MetadataTable([.text(" ", ["1"]), .text("a", ["1"])])
    }
    #expect(throws: ProjectorError.self) { try MetadataTable([]) }
  }
}
