// CodeQuality.swift
// What a code is worth: how well it keeps classes and neighbours together.

import Datasets
package import Embeddings
import Networks
import Tensors

/// Measures of the codes of a part's first images.
package struct CodeQuality: Sendable {
  /// Neighbours that vote.
  package static let neighbours = 5
  /// The most images that are measured.
  package static let imageLimit = 10_000

  package let images: Int
  /// Leave-one-out votes of the nearest codes; nil where all images are of one class.
  package let votes: NeighbourVotes?
  /// Of the classes; nil where there is but one.
  package let silhouette: Double?
  /// Of the code's neighbours, in the space of pixels.
  package let trustworthiness: Double

  /// - Returns: nil for too few images to have neighbours.
  init?(codes: PointSet, of part: ImageDataset, pool: WorkerPool) {
    let count = min(codes.count, Self.imageLimit)
    guard count > 2 * Self.neighbours else { return nil }
    let points = PointSet(
      count: count, dimensions: codes.dimensions, values: Array(codes.values.prefix(count * codes.dimensions)))
    let pixels = part.withPixels { pixels in pixels.prefix(count * part.shape.count).map { Float($0) / 255 } }
    let labels = part.labels.prefix(count).map { Int($0) }
    let neighbours = Neighbours(of: points, k: Self.neighbours, pool: pool)
    images = count
    let classes = (labels.max() ?? 0) + 1
    votes = Set(labels).count > 1 ? NeighbourVotes(neighbours, labels: labels, classes: classes) : nil
    silhouette = PairMeasures.silhouette(points, labels: labels, pool: pool)
    trustworthiness = PairMeasures.trustworthiness(
      of: neighbours, original: PointSet(count: count, dimensions: part.shape.count, values: pixels), pool: pool)
  }
}
