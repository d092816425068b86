// UMAP.swift
// UMAP in two or three dimensions: a layout that keeps neighbors together, computed by stochastic gradient descent.

package import Parallel
package import PointMatrices
import Tensors

/// Computes a layout by UMAP (McInnes, Healy, Melville, 2018), epoch by epoch, with the reference's defaults.
///
/// Equal points and seeds give equal layouts, bit by bit, whatever the threads.
package final class UMAP {
  package struct Options: Hashable, Sendable {
    /// Neighbors of a point, itself among them; at most all points.
    package var neighbors = 15
    /// Points of the layout nearer than this are as near as can be.
    package var minimumDistance = 0.1
    /// The scale of the layout's distances.
    package var spread = 1.0
    /// Number of epochs; depends on the number of points, if nil.
    package var epochs: Int?
    package var seed: UInt64 = 0

    package init() {}
  }

  /// Number of epochs.
  package let epochs: Int
  /// Epochs made.
  package private(set) var epoch = 0
  private let pool: WorkerPool
  private let descent: UMAPDescent?
  /// The layout of so few points that no descent is needed.
  private let components: PointMatrix
  private let dimensions: Int

  /// With more points the reference makes 200 epochs instead of 500.
  private static let manyPoints = 10_000

  /// - Parameters:
  ///   - points: two or more.
  ///   - dimensions: 2 or 3.
  package init(_ points: PointMatrix, dimensions: Int, options: Options = Options(), pool: WorkerPool) {
    precondition(points.count >= 2 && (2...3).contains(dimensions), "two points or more, in two or three dimensions")
    self.dimensions = dimensions
    self.pool = pool
    components = PrincipalComponents(of: points.balanced.points, components: dimensions, pool: pool).projected
      .padded(to: dimensions)
    // A plane holds three points as they are, and a space four.
    guard points.count > dimensions + 1 else {
      (epochs, descent) = (0, nil)
      return
    }
    let epochs = options.epochs ?? (points.count <= Self.manyPoints ? 500 : 200)
    let k = max(1, min(options.neighbors, points.count) - 1)
    let whole = NeighborGraph(fuzzy: Neighbors(of: points, k: k, pool: pool), pool: pool)
    let graph = whole.without(lighterThan: (whole.weights.max() ?? 0) / Float(max(1, epochs)))
    let start = components.inBox(seed: options.seed)
    let forces = UMAPForces(minimumDistance: options.minimumDistance, spread: options.spread)
    self.epochs = epochs
    descent = UMAPDescent(graph, start: start, forces: forces, seed: options.seed)
  }

  /// Moves every point along its edges of one epoch.
  /// - Returns: false when all epochs are made.
  package func step() -> Bool {
    guard epoch < epochs, let descent else { return false }
    descent.run(epoch: epoch, rate: 1 - Float(epoch) / Float(epochs), pool: pool)
    epoch += 1
    return epoch < epochs
  }

  /// The layout, [count, dimensions].
  package var layout: PointMatrix { descent?.layout ?? components }
}

extension PointMatrix {
  /// The side of the box in which UMAP begins.
  private static let side = 10.0
  /// The scatter tells equal points apart.
  private static let scatter: Float = 1e-4

  /// Returns the points stretched along each axis to a box of side 10, a little scattered: the places at which UMAP begins.
  fileprivate func inBox(seed: UInt64) -> PointMatrix {
    var stream = RandomStream(seed: seed, name: "UMAP start")
    let axes = (0..<dimensions).map { axis in
      let values = (0..<count).map { Double(self.values[$0 * dimensions + axis]) }
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      let scale = high > low ? Self.side / (high - low) : 0
      return values.map { Float(($0 - low) * scale) + Self.scatter * stream.uniform(in: -1...1) }
    }
    return PointMatrix(
      count: count, dimensions: dimensions, values: (0..<count).flatMap { point in axes.map { $0[point] } })
  }
}
