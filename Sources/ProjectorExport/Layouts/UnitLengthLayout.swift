// UnitLengthLayout.swift
// Points of length 1 as a layout: the neighbors that the projector's page finds are right for these alone.

import Embeddings
import PointMatrices

extension EmbeddingLayout {
  /// A point's length is its distance from zero, so the points must not be centered.
  package static let unit = EmbeddingLayout(
    name: "unit", title: "PCA of unit length", summary: "points of length 1, for the page's own neighbors",
    dimensions: nil
  ) { source, _, _ in source.points.unitLength }
}

extension PointMatrix {
  /// Returns each point divided by its length; a point at the origin stays there.
  var unitLength: PointMatrix {
    var scaled = values
    for start in stride(from: 0, to: values.count, by: dimensions) {
      let length = values[start..<start + dimensions].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      if length > 0 {
        for place in start..<start + dimensions { scaled[place] = Float(Double(values[place]) / length) }
      }
    }
    return PointMatrix(count: count, dimensions: dimensions, values: scaled)
  }
}
