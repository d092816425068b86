// EmbeddingLayout.swift
// Other views of a code, each an embedding of its own in the projector's menu.

import Embeddings
import ProjectorFiles
import Tensors

/// What can be made of a code beside the code itself.
package enum EmbeddingLayout: String, CaseIterable, Sendable {
  /// The first three principal components.
  case pca
  /// t-SNE in the plane, perplexity 30, 1,000 iterations.
  case tsne
  /// Each code divided by its length: the neighbours that the page itself finds are right for these alone.
  case unit

  /// What the projector's menu shows.
  var name: String { "\(BottleneckEmbedding.name)-\(rawValue)" }

  /// Where it is stored: `embedding/tsne.tsv`.
  func paths(format: TensorFormat) -> ProjectorBundle.Paths {
    var paths = ProjectorBundle.Paths(folder: BottleneckEmbedding.folder, format: format)
    paths.tensor = "\(BottleneckEmbedding.folder)/\(rawValue).\(format.fileExtension)"
    return paths
  }

  /// Lays the points out.
  /// - Parameter progress: the share that is done.
  /// - Throws: `ProjectorError` where nothing can be shown.
  func table(of points: PointSet, pool: WorkerPool, progress: (Double) -> Void) throws -> EmbeddingTable {
    switch self {
    case .pca: return try PrincipalComponents(of: points, components: 3, pool: pool).projected.table
    case .unit: return try points.unitLength.table
    case .tsne:
      guard points.count >= 4 else {
        throw ProjectorError.tooSmall(points: points.count, dimensions: points.dimensions)
      }
      let tsne = TSNE(points, pool: pool)
      while tsne.step() { progress(Double(tsne.iteration) / Double(tsne.options.iterations)) }
      return try tsne.layout.table
    }
  }
}

extension PointSet {
  /// With columns of zeros where there are fewer than three, since the projector begins with three axes.
  var table: EmbeddingTable {
    get throws {
      let missing = max(0, 3 - dimensions)
      let rows = stride(from: 0, to: values.count, by: dimensions).map { values[$0..<$0 + dimensions] }
      return try EmbeddingTable(
        points: count, dimensions: dimensions + missing,
        values: missing == 0 ? values : rows.flatMap { $0 + [Float](repeating: 0, count: missing) })
    }
  }

  /// Each point divided by its length; one at the origin stays there.
  var unitLength: PointSet {
    var scaled = values
    for start in stride(from: 0, to: values.count, by: dimensions) {
      let length = values[start..<start + dimensions].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      if length > 0 {
        for place in start..<start + dimensions { scaled[place] = Float(Double(values[place]) / length) }
      }
    }
    return PointSet(count: count, dimensions: dimensions, values: scaled)
  }
}
