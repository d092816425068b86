// DataOptions.swift
// Command-line options that choose the images to train on, to look at, or to measure with.

package import ArgumentParser
import ByteStreams
package import Datasets
package import Tensors

/// The source of the images.
package struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Images: the word digits (drawn by the program), or a directory: \(PictureFile.formats) pictures in class folders or in one "
        + "flat folder, the four IDX files of MNIST or of a collection like it, or CIFAR's binary files; or a .npy or .npz file. "
        + "(default: digits)",
      valueName: "path"),
    completion: .file())
  package var data: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed for drawing digits. It is separate from --seed, so that runs stay comparable. (default: 0)", valueName: "n")
  )
  package var dataSeed: UInt64?

  @OptionGroup package var reading: ReadingArguments

  package init() {}

  /// The given source, or the drawn digits.
  package var source: DataSource { given ?? .digits }
  package var given: DataSource? { data.map { DataSource(argument: $0, options: reading.options) } }

  package func validate() throws {
    if data == nil || data == "digits", let word = reading.options.words.first {
      throw ValidationError("\(word) is for a collection of your own; name one with --data")
    }
    if data?.isEmpty ?? false {
      throw ValidationError("--data: the path is empty; give a directory, or the word digits")
    }
  }
}

/// The images of a benchmark: random ones of a shape, or those of a collection.
package struct ImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Height, width and channels of random images. (default: 28x28x1)", valueName: "h>x<w>x<c"),
    transform: ImageOptions.shape(from:))
  package var image: ImageShape?

  @Option(
    help: ArgumentHelp(
      "Use the training images of a collection instead: the word digits, or a directory as for aelog train.",
      valueName: "path"),
    completion: .file())
  package var data: String?

  package init() {}

  package func validate() throws {
    if image != nil && data != nil { throw ValidationError("--image and --data exclude each other; choose one") }
    if data?.isEmpty ?? false {
      throw ValidationError("--data: the path is empty; give a directory, or the word digits")
    }
  }

  /// Loads the collection's training images, or makes enough random images for a batch.
  /// - Returns: the images, and notes for the user about the collection's files.
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

  /// Parses height × width, or height × width × channels, as in 28x28x1; both × and x separate numbers.
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
