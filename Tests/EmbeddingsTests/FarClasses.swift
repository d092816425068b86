// FarClasses.swift
// Points that single precision can't tell apart once they are moved to their mean.

import Embeddings
import PointMatrices
import Tensors

enum FarClasses {
  /// Three tight classes side by side, and a fourth so far away that it draws the mean after it.
  static func points(_ count: Int, dimensions: Int, far: Float) -> PointMatrix {
    let near = Clusters(count: count, dimensions: dimensions, classes: 4, spread: 0.3).points
    return PointMatrix(
      count: count, dimensions: dimensions,
      values: near.values.enumerated().map { $0 / dimensions % 4 == 3 ? $1 + far : $1 })
  }

  /// Whole numbers, of which many points are equal and many distances tie, far from the origin.
  static func ties(_ count: Int, dimensions: Int, far: Float) -> PointMatrix {
    var stream = RandomStream(seed: 8, name: "ties")
    return PointMatrix(
      count: count, dimensions: dimensions,
      values: (0..<count * dimensions).map { place in
        let number = (stream.uniform(in: -2...2)).rounded()
        return place / dimensions % 4 == 3 ? number + far : number
      })
  }
}
