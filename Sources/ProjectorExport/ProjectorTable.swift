// ProjectorTable.swift
// Points as a table that the projector can show.

import PointMatrices
import ProjectorFiles

extension PointMatrix {
  /// A table for the projector, with columns of zeros up to three: the projector begins with three axes. Equal points are
  /// refused: they show nothing and hang the page.
  var table: EmbeddingTable {
    get throws {
      if count > 1, !isZero, areEqual { throw ProjectorError.allEqual(points: count, dimensions: dimensions) }
      return try EmbeddingTable(padded(to: EmbeddingLayout.axes))
    }
  }
}
