// EmbeddingLayout.swift
// Layouts of points: PCA, t-SNE and unit length, each an embedding of its own in the projector's menu.

import Embeddings
import Parallel
import PointMatrices
import ProjectorFiles

/// A layout that is computed from an embedding and written beside it.
package enum EmbeddingLayout: String, CaseIterable, Sendable {
  /// The first three principal components.
  case pca
  /// t-SNE in the plane, perplexity 30 or a third of the other points, 1,000 iterations.
  case tsne
  /// Each point divided by its length: the neighbors that the page itself finds are right for these alone.
  case unit

  /// Number of axes of the space that the page shows.
  static let axes = 3

  /// Whether its first two dimensions alone make a picture.
  package var isPlane: Bool { self != .unit }

  /// The name in messages and bookmarks.
  var title: String {
    switch self {
    case .pca: "PCA"
    case .tsne: "t-SNE"
    case .unit: "PCA of unit length"
    }
  }

  /// Computes the layout: [points, 3 or fewer] for PCA, [points, 2] for t-SNE, unchanged dimensions for unit length.
  /// - Parameter progress: the fraction that is done.
  /// - Precondition: two points or more.
  func points(of points: PointMatrix, pool: WorkerPool, progress: (Double) -> Void) -> PointMatrix {
    switch self {
    case .pca: return PrincipalComponents(of: points, components: Self.axes, pool: pool).projected
    case .unit: return points.unitLength
    case .tsne:
      let tsne = TSNE(points, pool: pool)
      while tsne.step() { progress(Double(tsne.iteration) / Double(tsne.iterations)) }
      return tsne.layout
    }
  }
}

extension PointMatrix {
  /// A table for the projector, with columns of zeros up to three: the projector begins with three axes. Equal points are
  /// refused: they show nothing and hang the page.
  var table: EmbeddingTable {
    get throws {
      if count > 1, !isZero, areEqual { throw ProjectorError.allEqual(points: count, dimensions: dimensions) }
      return try EmbeddingTable(padded(to: EmbeddingLayout.axes))
    }
  }

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
