// ImageSamples.swift
// Samples of a collection of images, and images as points: their pixels, latent codes and thumbnails.

package import Datasets
import Embeddings
package import Networks
import PNG
package import PointMatrices
import ProjectorFiles
import Tensors

extension ImageDataset {
  /// Returns the indices of `count` images, or of all if there are fewer: the first of each class in the order of the labels, then
  /// the second of each, and so on.
  package func oneOfEachClass(_ count: Int) -> [Int] {
    var classes: [UInt16: [Int]] = [:]
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

  /// The name of the metadata column of classes.
  static let labelColumn = "label"

  /// The metadata columns that tell the images apart: their classes and their names, as far as they have these.
  var labelColumns: [MetadataTable.Column] {
    var columns: [MetadataTable.Column] = []
    if hasLabels, classNames.isEmpty {
      columns.append(.integers(Self.labelColumn, labels.map { Int($0) }))
    } else if hasLabels {
      columns.append(.text(Self.labelColumn, labels.map { classNames[Int($0)] }))
    }
    if let names { columns.append(.text("file", names)) }
    return columns
  }

  /// Draws a thumbnail of each image, with a frame if it is in color and the images have classes. Images of two channels, or more
  /// than four, are shown as the gray mean of their channels.
  func sprite(style: SpriteSheet.Style = .ink, threads: Int) throws -> (sheet: SpriteSheet, isFramed: Bool) {
    let isShown = [1, 3, 4].contains(shape.channels)
    let thumbnails = Thumbnails(height: shape.height, width: shape.width, channels: isShown ? shape.channels : 1) {
      let pixels = image($0)
      return isShown ? pixels[...] : PNGImage(pixels, shape: shape).pixels[...]
    }
    let frame = ClassFrame(of: thumbnails, style: style, classes: hasLabels ? labels.map { Int($0) } : nil)
    return (try thumbnails.sprite(count, style: style, frame: frame, threads: threads), frame != nil)
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
