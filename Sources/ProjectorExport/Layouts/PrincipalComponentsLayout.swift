// PrincipalComponentsLayout.swift
// The first three principal components as a layout.

import Embeddings
import PointMatrices

extension EmbeddingLayout {
  package static let pca = EmbeddingLayout(
    name: "pca", title: "PCA", summary: "three principal components", dimensions: axes, areComponents: true
  ) { source, pool, _ in
    source.components?.leading(axes)
      ?? PrincipalComponents(of: source.precise, components: axes, pool: pool).projected
  }
}
