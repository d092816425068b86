// CodeQuality.swift
// What a code is worth: how well it keeps classes and neighbours together.

import Datasets
package import Embeddings
import Networks
import Tensors

/// Measures of the codes of images.
package struct CodeQuality: Sendable {
  /// Neighbours that vote.
  package static let neighbours = 5
  /// The most images that are measured.
  package static let imageLimit = 10_000
  /// Beyond this the squares of distances would lose their meaning.
  private static let largestNumber: Float = 1e15

  package let images: Int
  /// Leave-one-out votes of the nearest codes; nil where all images are of one class.
  package let votes: NeighbourVotes?
  /// Of the classes; nil where there is but one.
  package let silhouette: Double?
  /// Of the code's neighbours, in the space of pixels.
  package let trustworthiness: Double

  /// Measures the first codes.
  /// - Returns: nil for too few images to have neighbours, and for codes that are not finite.
  init?(codes: PointSet, of part: ImageDataset, pool: WorkerPool) {
    let count = min(codes.count, Self.imageLimit)
    let points = PointSet(
      count: count, dimensions: codes.dimensions, values: Array(codes.values.prefix(count * codes.dimensions)))
    self.init(codes: points, labels: part.labels.prefix(count).map { Int($0) }, pool: pool) { neighbours in
      PairMeasures.trustworthiness(of: neighbours, original: part.pixelPoints(count), pool: pool)
    }
  }

  /// - Parameter trust: how far neighbours are to be trusted.
  init?(codes: PointSet, labels: [Int], pool: WorkerPool, trust: (Neighbours) -> Double) {
    guard codes.count > 2 * Self.neighbours, codes.values.allSatisfy({ abs($0) <= Self.largestNumber }) else {
      return nil
    }
    let neighbours = Neighbours(of: codes, k: Self.neighbours, pool: pool)
    images = codes.count
    let classes = (labels.max() ?? 0) + 1
    votes = Set(labels).count > 1 ? NeighbourVotes(neighbours, labels: labels, classes: classes) : nil
    silhouette = PairMeasures.silhouette(codes, labels: labels, pool: pool)
    trustworthiness = trust(neighbours)
  }
}

extension ImageDataset {
  /// The first images as points of the space of pixels, 0 … 1 each.
  func pixelPoints(_ count: Int) -> PointSet {
    let size = count * shape.count
    let values = [Float](unsafeUninitializedCapacity: size) { values, filled in
      withPixels { pixels in
        guard let from = pixels.baseAddress, size > 0 else { return }
        Kernels().floats(from: from, count: size, into: SlabPointer(writing: values))
        filled = size
      }
    }
    return PointSet(count: count, dimensions: shape.count, values: values)
  }
}
