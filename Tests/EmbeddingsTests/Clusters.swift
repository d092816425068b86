// Clusters.swift
// Points that belong together, drawn from a stream.

import Embeddings
import PointMatrices
import Tensors

/// Points around a few centers.
struct Clusters {
  let points: PointMatrix
  let labels: [Int]

  init(count: Int, dimensions: Int, classes: Int, spread: Float = 0.2, seed: UInt64 = 1) {
    var stream = RandomStream(seed: seed, name: "clusters")
    let centers = (0..<classes).map { _ in (0..<dimensions).map { _ in stream.uniform(in: -1...1) } }
    labels = (0..<count).map { $0 % classes }
    points = PointMatrix(
      count: count, dimensions: dimensions,
      values: labels.flatMap { label in centers[label].map { $0 + spread * stream.uniform(in: -1...1) } })
  }
}
