// UMAPStart.swift
// The places at which UMAP begins.

import Parallel
import PointMatrices
import Tensors

/// The first places: the principal components, in a box of side 10, a little scattered.
struct UMAPStart {
  /// [count, dimensions]
  let places: PointMatrix

  /// The side of the box.
  private static let side = 10.0
  /// The scatter tells equal points apart.
  private static let scatter: Float = 1e-4

  init(_ graph: NeighborGraph, components: PointMatrix, seed: UInt64, pool: WorkerPool) {
    var stream = RandomStream(seed: seed, name: "UMAP start")
    let axes = (0..<components.dimensions).map { axis in
      let values = (0..<components.count).map { Double(components.values[$0 * components.dimensions + axis]) }
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      let scale = high > low ? Self.side / (high - low) : 0
      return values.map { Float(($0 - low) * scale) + Self.scatter * stream.uniform(in: -1...1) }
    }
    places = PointMatrix(
      count: components.count, dimensions: components.dimensions,
      values: (0..<components.count).flatMap { point in axes.map { $0[point] } })
  }
}
