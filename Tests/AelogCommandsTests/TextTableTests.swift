// TextTableTests.swift
// Columns that line up.

import AelogCommands
import Networks
import Tensors
import TestSupport
import Testing

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
