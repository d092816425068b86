// ImageSamples.swift
// Images that stand for a collection: one of each class, or a balanced sample, and their pixels and codes as points.

package import Datasets
import Embeddings
package import Networks
package import PointMatrices
import Tensors

extension ImageDataset {
  /// Returns the indices of `count` images, or of all if there are fewer: the first of each class in the order of the labels, then
  /// the second of each, and so on.
  package func oneOfEachClass(_ count: Int) -> [Int] {
    var classes: [UInt8: [Int]] = [:]
    for (index, label) in labels.enumerated() { classes[label, default: []].append(index) }
    let sorted = classes.sorted { $0.key < $1.key }.map(\.value)
    var chosen: [Int] = []
    var round = 0
    while chosen.count < min(count, labels.count) {
      chosen += sorted.compactMap { $0.count > round ? $0[round] : nil }
      round += 1
    }
    return Array(chosen.prefix(count))
  }
}

extension ImageDataset {
  /// The most pixels of a sample; fewer images are taken if they are large.
  private static let sampleLimit = 1 << 26

  /// Returns at most `most` images, equally many of each class, one of each class first; always the same.
  package func balancedSample(_ most: Int) -> ImageDataset {
    let points = max(2, min(most, Self.sampleLimit / shape.count))
    return gathered(PointSample(of: count, classes: labels.map { Int($0) }, points: points, seed: 0).numbers)
  }

  /// Returns the first images as points in the space of pixels, 0 … 1 each.
  package func pixelPoints(_ count: Int) -> PointMatrix {
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

extension Autoencoder {
  /// Returns the latent codes of clean images: [images, dimensions of a code].
  package func codes(of images: ImageDataset) -> PointMatrix {
    PointMatrix(
      count: images.count, dimensions: bottleneckCount,
      values: images.withPixels { encode($0, numbers: 0..<images.count) })
  }
}
