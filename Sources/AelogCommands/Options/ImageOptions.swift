// ImageOptions.swift
// The options that choose the images of a benchmark.

package import ArgumentParser
package import Datasets
package import Tensors

import ByteStreams

/// Random images of a shape, or a collection's.
package struct ImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Random images of that height, width and channels. (default: 28x28x1)", valueName: "shape"),
    transform: ImageOptions.shape(from:))
  package var image: ImageShape?

  @Option(
    help: ArgumentHelp(
      "The training images of a collection instead: the word digits, or a directory as for aelog train.",
      valueName: "path"),
    completion: .directory)
  package var data: String?

  package init() {}

  package func validate() throws {
    if image != nil && data != nil { throw ValidationError("--image and --data exclude each other; choose one") }
    if data?.isEmpty ?? false {
      throw ValidationError("--data: the path is empty; give a directory, or the word digits")
    }
  }

  /// Enough images for a batch, or what the collection has; and what there is to say about its files.
  package func load(batchSize: Int, threads: Int) throws -> (images: ImageDataset, notes: [String]) {
    if let data {
      let splits = try DataSource(argument: data).load(seed: 0, threads: threads)
      return (splits.training, splits.notes)
    }
    let shape = image ?? ImageShape(height: 28, width: 28, channels: 1)
    if batchSize > Self.bytesOfBatch / shape.count {
      throw ValidationError(
        "--batch-size: got \(batchSize), want at most \(DisplayName.counted(max(1, Self.bytesOfBatch / shape.count), "image")) of \(shape)"
      )
    }
    return (.noise(shape: shape, batchSize: batchSize), [])
  }

  private static let bytesOfBatch = 1 << 30
  private static let sides = 1...4096
  private static let channels = 1...64

  /// Reads height × width, or height × width × channels, as in 28x28x1; × is as good as x.
  static func shape(from text: String) throws -> ImageShape {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
    let extents = parts.compactMap { part in part.allSatisfy(\.isNumber) ? Int(part) : nil }
    guard extents.count == parts.count, (2...3).contains(extents.count),
      extents.prefix(2).allSatisfy(sides.contains), extents.dropFirst(2).allSatisfy(channels.contains)
    else {
      throw ValidationError(
        "got '\(text)', want height, width and channels, sides up to \(sides.upperBound) and channels up to "
          + "\(channels.upperBound), as in 28x28x1")
    }
    return ImageShape(height: extents[0], width: extents[1], channels: extents.count == 3 ? extents[2] : 1)
  }
}
