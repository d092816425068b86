// LatentProbe.swift
// What the code is worth after each epoch, measured on the same images every time.

import Datasets
import Embeddings
import EventFiles
import Networks
import PointMatrices
import Tensors

/// A sample of the validation images, fair to every class, whose codes are measured.
struct LatentProbe {
  /// The most images: so few that an epoch does not feel it.
  static let imageLimit = 2000
  let images: ImageDataset
  /// How close the images are to each other, computed once; nil for too few images.
  private let pixels: AllPairs?

  init(_ validation: ImageDataset, pool: WorkerPool) {
    images = validation.fairSample(Self.imageLimit)
    pixels =
      images.count >= LatentQuality.leastImages
      ? AllPairs(of: images.pixelPoints(images.count), pool: pool) : nil
  }

  /// - Parameter codes: of the images, as the model is now.
  /// - Returns: nil for too few images, and for codes that are not finite.
  func quality(of codes: PointMatrix, pool: WorkerPool) -> LatentQuality? {
    guard let pixels else { return nil }
    return LatentQuality(codes: codes, labels: images.labels.map { Int($0) }, pool: pool) {
      PairMeasures.trustworthiness(of: $0, original: pixels, pool: pool)
    }
  }
}

extension ImageDataset {
  /// The most pixels of a sample; fewer images are taken where they are large.
  private static let sampleLimit = 1 << 26

  /// At most so many images, as many of each class, one of each class first; always the same.
  func fairSample(_ most: Int) -> ImageDataset {
    let points = max(2, min(most, Self.sampleLimit / shape.count))
    return gathered(PointSample(of: count, classes: labels.map { Int($0) }, points: points, seed: 0).numbers)
  }
}

extension Autoencoder {
  /// The codes of clean images: [images, numbers in a code].
  func codes(of images: ImageDataset) -> PointMatrix {
    PointMatrix(
      count: images.count, dimensions: bottleneckCount,
      values: images.withPixels { encode($0, numbers: 0..<images.count) })
  }
}
