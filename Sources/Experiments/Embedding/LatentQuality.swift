// LatentQuality.swift
// What a code is worth: how well it keeps classes and neighbors together.

import Datasets
package import Embeddings
import Networks
import PointMatrices
import Tensors

/// Measures of the codes of images.
///
/// A measure that would come from nothing but the order of the images is nil: every measure where all codes are equal, and those of
/// neighbors where more than half of the codes have several equally far for their last neighbor.
package struct LatentQuality: Sendable {
  /// Neighbors that vote.
  package static let neighbors = 5
  /// Fewer have too few neighbors to be trusted.
  package static let leastImages = 2 * neighbors + 1
  /// The most images that are measured.
  package static let imageLimit = 10_000

  package let images: Int
  /// Codes that differ from each other.
  package let distinct: Int
  /// Images with several codes equally far for their last neighbor; the lowest number decides.
  package let tied: Int
  /// Leave-one-out votes of the nearest codes; nil where all images are of one class too.
  package let votes: NeighborVotes?
  /// Of the classes; nil where there is but one too.
  package let silhouette: Double?
  /// Of the code's neighbors, in the space of pixels.
  package let trustworthiness: Double?

  /// Measures the first codes.
  /// - Returns: nil for too few images to have neighbors, and for codes that are not finite.
  init?(codes: PointMatrix, of part: ImageDataset, pool: WorkerPool) {
    let count = min(codes.count, Self.imageLimit)
    let points = PointMatrix(
      count: count, dimensions: codes.dimensions, values: Array(codes.values.prefix(count * codes.dimensions)))
    self.init(codes: points, labels: part.labels.prefix(count).map { Int($0) }, pool: pool) { neighbors in
      PairMeasures.trustworthiness(of: neighbors, original: part.pixelPoints(count), pool: pool)
    }
  }

  /// - Parameter trust: how far neighbors are to be trusted.
  init?(codes: PointMatrix, labels: [Int], pool: WorkerPool, trust: (Neighbors) -> Double) {
    guard codes.count >= Self.leastImages, codes.isFinite else { return nil }
    let neighbors = Neighbors(of: codes, k: Self.neighbors, pool: pool)
    (images, distinct, tied) = (codes.count, neighbors.distinct, neighbors.tied)
    let haveNeighbors = 2 * tied <= images
    let classes = (labels.max() ?? 0) + 1
    votes = haveNeighbors && Set(labels).count > 1 ? NeighborVotes(neighbors, labels: labels, classes: classes) : nil
    silhouette = distinct > 1 ? PairMeasures.silhouette(codes, labels: labels, pool: pool) : nil
    trustworthiness = haveNeighbors ? trust(neighbors) : nil
  }
}

extension ImageDataset {
  /// The first images as points of the space of pixels, 0 … 1 each.
  func pixelPoints(_ count: Int) -> PointMatrix {
    let size = count * shape.count
    let values = [Float](unsafeUninitializedCapacity: size) { values, filled in
      withPixels { pixels in
        guard let from = pixels.baseAddress, size > 0 else { return }
        Kernels().floats(from: from, count: size, into: SlabPointer(writing: values))
        filled = size
      }
    }
    return PointMatrix(count: count, dimensions: shape.count, values: values)
  }
}
