// TSNELayouts.swift
// t-SNE in the plane and in space as layouts: perplexity 30 or a third of the other points, 1,000 iterations.

import Embeddings
import Parallel
import PointMatrices

extension EmbeddingLayout {
  package static let tsne = tsne("tsne", title: "t-SNE", summary: "t-SNE in two dimensions", dimensions: 2)
  package static let tsne3 = tsne("tsne3", title: "t-SNE in 3-D", summary: "t-SNE in three dimensions", dimensions: 3)

  private static func tsne(_ name: String, title: String, summary: String, dimensions: Int) -> EmbeddingLayout {
    EmbeddingLayout(name: name, title: title, summary: summary, dimensions: dimensions) { source, pool, progress in
      var options = TSNE.Options()
      options.dimensions = dimensions
      let tsne = TSNE(source.precise, options: options, pool: pool)
      while tsne.step() { progress(Double(tsne.iteration) / Double(tsne.iterations)) }
      return tsne.layout
    }
  }
}
