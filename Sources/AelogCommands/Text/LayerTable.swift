// LayerTable.swift
// The layers of a network as a table: name, output shape, weights, and their total.

package import Networks

extension TextTable {
  /// One row a layer.
  init(layers: [Layer], in room: TableRoom) {
    self.init(
      [Column("layer", .left, leastWidth: 8), Column("output", .right, rank: 1), Column("weights", .right)], in: room)
    for layer in layers {
      append([
        layer.name, Quantity.shape(layer.outputShape), layer.weights == 0 ? "" : Quantity.grouped(layer.weights),
      ])
    }
    append(["total", "", Quantity.grouped(layers.reduce(0) { $0 + $1.weights })])
  }
}

/// The layer table of a network.
package enum LayerTable {
  /// Title, a row a layer, and the total, with rules between.
  package static func lines(of layers: [Layer], in room: TableRoom = .unlimited) -> [String] {
    let table = TextTable(layers: layers, in: room)
    return [table.header, table.rule] + table.lines.dropLast() + [table.rule] + table.lines.suffix(1)
  }
}
