// TextTableTests.swift
// Columns that line up.

import Networks
import Parallel
import Tensors
import TestSupport
import Testing

@testable import AelogCommands

@Suite struct TextTableTests {
  @Test("cells are padded to the widest, titles and kept room included")
  func alignment() {
    var table = TextTable([.init("a", .left), .init("size", .right), .init("b", .right, minimumWidth: 5)])
    table.append(["alpha", "1×2", ""])
    table.append(["β", "12,345", "7"])
    #expect(table.header == "  a         size       b")
    #expect(table.rule == "  " + String(repeating: "─", count: 22))
    #expect(table.lines == ["  alpha      1×2", "  β       12,345       7"])
  }

  private static let titles: [TextTable.Column] = [
    .init("", .right), .init("trial", .left, leastWidth: 14), .init("runs", .right, rank: 1), .init("test loss", .left),
    .init("bottleneck", .right, short: "code", rank: 2), .init("images/s", .right, rank: 3),
  ]

  private func ranking(_ room: TableRoom) -> TextTable {
    var table = TextTable(Self.titles, in: room)
    table.append(["1", "convolutional-16-8-8_learning-rate-0.003", "3", "0.0712 ± 0.0003", "128", "12,345"])
    table.append(["2", "fully-connected-128_learning-rate-0.01", "3", "0.0734 ± 0.0014", "8", "123,456"])
    return table
  }

  @Test(
    "a table fits its terminal: gaps, titles and cells become shorter, columns are left out at last", arguments: 0...130
  )
  func widths(columns: Int) {
    let table = ranking(TableRoom(columns: columns, cuts: true))
    let lines = [table.header, table.rule] + table.lines + [table.remark].compactMap(\.self)
    if columns >= 2 { #expect(lines.allSatisfy { $0.unicodeScalars.count <= columns }, "\(lines)") }
    #expect(table.isWhole == (columns >= 84), "\(columns): \(lines)")
    if columns >= 58 { #expect(table.remark == nil && table.lines[0].contains("12,345"), "\(lines)") }
    if columns >= 36 { #expect(table.lines[1].contains("fully-") && table.lines[1].contains("0.0734 ± 0.0014")) }
    if (36..<58).contains(columns) { #expect(table.remark?.hasPrefix("  no room for") == true, "\(lines)") }
  }

  @Test("in a file nothing is cut: the narrow form where that suffices, else the wide one") func file() {
    let wide = ranking(.unlimited)
    #expect(wide.lines[0].hasPrefix("  1   convolutional-16-8-8_learning-rate-0.003      3   0.0712"))
    let narrow = ranking(TableRoom(columns: 84, cuts: false))
    #expect(narrow.header.contains("  code  images/s") && narrow.lines[0].contains("1  convolutional-16"))
    let none = ranking(TableRoom(columns: 60, cuts: false))
    #expect([none.header, none.rule] + none.lines == [wide.header, wide.rule] + wide.lines && none.remark == nil)
  }

  @Test("names are cut in their middle") func middle() {
    var table = TextTable([.init("trial", .left, leastWidth: 9)], in: TableRoom(columns: 11, cuts: true))
    table.append(["convolutional-3"])
    #expect(table.lines == ["  conv…al-3"])
  }

  @Test("a line that is too long is broken between words, its rest under its first word") func hanging() {
    let text = "  images    digits, 28×28×1: 55,000 training images"
    let room = TableRoom(columns: 32, cuts: true)
    #expect(
      WrappedText.lines(text, indent: 12, in: room) == [
        "  images    digits, 28×28×1:", "            55,000 training", "            images",
      ])
    #expect(WrappedText.lines(text, indent: 12, in: TableRoom(columns: 32, cuts: false)) == [text])
    #expect(WrappedText.lines(text, indent: 12, in: TableRoom(columns: 80, cuts: true)) == [text])
  }

  @Test(
    "the layer tables of the known models",
    arguments: [
      ("convolutional-pool", Architecture.convolutional(filters: [16, 8, 8], downsampling: .pool), "7,873"),
      ("convolutional-stride", .convolutional(filters: [16, 8, 8], downsampling: .stride), "11,361"),
      ("fully-connected", .fullyConnected(hiddenUnits: [128, 64, 32]), "222,384"),
    ])
  func layerTables(name: String, architecture: Architecture, total: String) throws {
    let model = try Autoencoder(architecture, imageShape: .init(height: 28, width: 28, channels: 1), threads: 1)
    let lines = LayerTable.lines(of: model.layers)
    #expect(lines.last?.hasSuffix(" " + total) == true)
    #expect(try snapshotDifference(lines.joined(separator: "\n") + "\n", "layers-\(name)") == nil)
  }
}
