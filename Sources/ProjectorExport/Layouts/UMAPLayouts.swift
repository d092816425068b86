// UMAPLayouts.swift
// UMAP in the plane and in space as layouts, with the reference's defaults: 15 neighbors, minimum distance 0.1.

import Embeddings
import Parallel
import PointMatrices

extension EmbeddingLayout {
  package static let umap = umap("umap", title: "UMAP", summary: "UMAP in two dimensions", dimensions: 2)
  package static let umap3 = umap("umap3", title: "UMAP in 3-D", summary: "UMAP in three dimensions", dimensions: 3)

  private static func umap(_ name: String, title: String, summary: String, dimensions: Int) -> EmbeddingLayout {
    EmbeddingLayout(name: name, title: title, summary: summary, dimensions: dimensions) { source, pool, progress in
      var options = UMAP.Options()
      options.seed = source.seed
      let umap = UMAP(source.precise, dimensions: dimensions, options: options, pool: pool)
      while umap.step() { progress(Double(umap.epoch) / Double(umap.epochs)) }
      return umap.layout
    }
  }
}
