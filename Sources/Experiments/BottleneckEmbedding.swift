// BottleneckEmbedding.swift
// The codes of a part's images as the points of a projector.

import ByteStreams
import Datasets
import Embeddings
import Networks
import PNG
import ProjectorFiles
import Tensors

/// Codes of clean images, one of each class first, each with its number, label and reconstruction error, and its thumbnail.
struct BottleneckEmbedding {
  /// What the projector's menu shows.
  static let name = "bottleneck"
  /// Where its files are, in the run's directory.
  static let folder = "embedding"
  /// The most numbers of all codes together; fewer points are taken of larger codes.
  static let numberLimit = 1 << 25

  /// [points, numbers in a code]
  let codes: PointSet
  /// The images whose codes they are, in the same order.
  let images: ImageDataset
  private let table: EmbeddingTable
  private let metadata: MetadataTable
  private let sprite: SpriteSheet

  var points: Int { codes.count }
  var dimensions: Int { table.dimensions }

  /// - Parameters:
  ///   - points: at most as many as the part has, and as `numberLimit` allows.
  ///   - seed: chooses among more images than that, fairly by class, and orders them.
  /// - Throws: `ProjectorError` where the codes cannot be shown: fewer than two, or nothing but zeros.
  init(_ autoencoder: Autoencoder, _ part: ImageDataset, points wanted: Int, seed: UInt64 = 0) throws {
    let width = autoencoder.bottleneckCount
    let sample = PointSample(
      of: part.count, classes: part.labels.map { Int($0) }, points: min(wanted, max(2, Self.numberLimit / width)),
      seed: seed
    ).numbers
    let points = sample.count
    images = part.gathered(sample)
    let (codes, errors) = images.withPixels { pixels in
      (
        autoencoder.encode(pixels, numbers: 0..<points), autoencoder.errors(pixels, numbers: 0..<points)
      )
    }
    self.codes = PointSet(count: points, dimensions: width, values: codes)
    table = try self.codes.table
    metadata = try MetadataTable([
      .integers("index", sample), .integers("label", images.labels.map { Int($0) }),
      .numbers("reconstruction_error", errors.map { Float($0) }),
    ])
    let (channels, thumbnails) = images.thumbnails
    sprite = try SpriteSheet(
      thumbnails: thumbnails, count: points, height: part.shape.height, width: part.shape.width, channels: channels)
  }

  /// Writes the files, and removes the tensors of an earlier bundle that are not in this one.
  /// - Parameter layouts: other views of the same points, each an embedding of its own.
  /// - Returns: the files' paths, the configuration last.
  func write(
    format: TensorFormat, layouts: [(layout: EmbeddingLayout, table: EmbeddingTable)] = [], to runDirectory: String
  ) throws -> [String] {
    let paths = ProjectorBundle.Paths(folder: Self.folder, format: format)
    let others = layouts.map { layout, table in
      ProjectorBundle.Embedding(
        name: layout.name, table: table, format: format, metadata: metadata, sprite: sprite,
        paths: layout.paths(format: format))
    }
    try ProjectorBundle.write(
      [.init(name: Self.name, table: table, format: format, metadata: metadata, sprite: sprite, paths: paths)] + others,
      to: runDirectory)
    let tensors = [paths.tensor] + others.map(\.paths.tensor)
    let known = TensorFormat.allCases.flatMap { format in
      [ProjectorBundle.Paths(folder: Self.folder, format: format).tensor]
        + EmbeddingLayout.allCases.map { $0.paths(format: format).tensor }
    }
    for path in known.filter({ !tensors.contains($0) }).map({ Directory.join(runDirectory, $0) }) {
      if try FileStatus.of(path) != nil { try FileContents.remove(path) }
    }
    return (tensors + [paths.metadata, paths.sprite, ProjectorConfig.fileName]).map { Directory.join(runDirectory, $0) }
  }
}

extension ImageDataset {
  /// With the channels that a sprite sheet takes: 1 or 3.
  fileprivate var thumbnails: (channels: Int, pixels: [UInt8]) {
    let pixels = withPixels { Array($0) }
    switch shape.channels {
    case 1, 3: return (shape.channels, pixels)
    case 4: return (3, pixels.enumerated().filter { $0.offset % 4 != 3 }.map(\.element))
    default: return (1, (0..<count).flatMap { PNGImage(image($0), shape: shape).pixels })
    }
  }
}
