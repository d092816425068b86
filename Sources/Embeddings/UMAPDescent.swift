// UMAPDescent.swift
// UMAP's stochastic gradient descent, with the same result for any number of threads.

import Parallel
import PointMatrices
import Tensors

/// Moves the points of a layout along UMAP's graph, epoch by epoch.
///
/// The points of an epoch move in batches. Within a batch each point moves by itself, edge after edge, while it sees all others where
/// they were before the batch. So no thread reads a place that another one changes, and only the batches' order counts.
final class UMAPDescent {
  private let descent: GraphDescent
  private let dimensions: Int
  /// [count, dimensions]
  private let places: Slab
  private let moved: Slab

  /// Batches of an epoch.
  private static let batches = 8
  /// Points that a thread takes at a time.
  private static let chunk = 64

  /// - Parameters:
  ///   - graph: edges that are at least as heavy as the heaviest divided by the number of epochs.
  ///   - start: the first places.
  init(_ graph: NeighborGraph, start: PointMatrix, forces: UMAPForces, seed: UInt64) {
    dimensions = start.dimensions
    let heaviest = Double(graph.weights.max() ?? 1)
    descent = GraphDescent(
      starts: graph.starts, numbers: graph.numbers, paces: graph.weights.map { Double($0) / heaviest },
      forces: forces.table, key: RandomStream(seed: seed, name: "UMAP negative samples").key)
    (places, moved) = (Slab(count: start.values.count), Slab(count: start.values.count))
    places.base.update(from: start.values, count: start.values.count)
  }

  /// The layout, [count, dimensions].
  var layout: PointMatrix {
    PointMatrix(count: descent.count, dimensions: dimensions, values: Array(places.values))
  }

  /// Moves every point along those of its edges that attract in an epoch.
  func run(epoch: Int, rate: Float, pool: WorkerPool) {
    let (descent, dimensions, places, moved) = (self.descent, self.dimensions, self.places, self.moved)
    let width = Self.batches * Self.chunk
    for batch in 0..<Self.batches {
      pool.forEach((descent.count + width - 1) / width) { index, _ in
        let end = min((index + 1) * width, descent.count)
        descent.move(
          stride(from: index * width + batch, to: end, by: Self.batches), dimensions: dimensions,
          places: places.start, moved: moved.start, epoch: epoch, rate: rate)
      }
      for point in stride(from: batch, to: descent.count, by: Self.batches) {
        for place in point * dimensions..<(point + 1) * dimensions { places.base[place] = moved.base[place] }
      }
    }
  }
}
