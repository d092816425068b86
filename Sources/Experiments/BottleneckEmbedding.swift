// BottleneckEmbedding.swift
// The codes of a part's first images as the points of a projector.

import ByteStreams
import Datasets
import Embeddings
import Networks
import PNG
import ProjectorFiles
import Tensors

/// Codes of clean images, each with its number, label and reconstruction error, and its thumbnail.
struct BottleneckEmbedding {
  /// What the projector's menu shows.
  static let name = "bottleneck"
  /// Where its files are, in the run's directory.
  static let folder = "embedding"
  /// The most numbers of all codes together; fewer points are taken of larger codes.
  static let numberLimit = 1 << 25

  /// [points, numbers in a code]
  let codes: PointSet
  private let table: EmbeddingTable
  private let metadata: MetadataTable
  private let sprite: SpriteSheet

  var points: Int { codes.count }
  var dimensions: Int { table.dimensions }

  /// - Parameter points: at most as many as the part has, and as `numberLimit` allows.
  /// - Throws: `ProjectorError` where the codes cannot be shown: fewer than two, or nothing but zeros.
  init(_ autoencoder: Autoencoder, _ part: ImageDataset, points wanted: Int) throws {
    let width = autoencoder.bottleneckCount
    let points = max(0, min(wanted, part.count, max(2, Self.numberLimit / width)))
    let (codes, errors) = part.withPixels { pixels in
      (
        autoencoder.encode(pixels, numbers: 0..<points), autoencoder.errors(pixels, numbers: 0..<points)
      )
    }
    self.codes = PointSet(count: points, dimensions: width, values: codes)
    table = try self.codes.table
    metadata = try MetadataTable([
      .integers("index", Array(0..<points)), .integers("label", part.labels.prefix(points).map { Int($0) }),
      .numbers("reconstruction_error", errors.map { Float($0) }),
    ])
    let (channels, thumbnails) = part.thumbnails(points)
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
  /// The first images with the channels that a sprite sheet takes: 1 or 3.
  fileprivate func thumbnails(_ count: Int) -> (channels: Int, pixels: [UInt8]) {
    let pixels = withPixels { Array($0.prefix(count * shape.count)) }
    switch shape.channels {
    case 1, 3: return (shape.channels, pixels)
    case 4: return (3, pixels.enumerated().filter { $0.offset % 4 != 3 }.map(\.element))
    default: return (1, (0..<count).flatMap { PNGImage(image($0), shape: shape).pixels })
    }
  }
}
