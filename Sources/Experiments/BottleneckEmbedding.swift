// BottleneckEmbedding.swift
// The codes of a part's first images as the points of a projector.

import ByteStreams
import Datasets
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

  let points: Int
  let dimensions: Int
  private let bundle: (TensorFormat) throws -> ProjectorBundle

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
    let (columns, values) = Self.atLeastThreeColumns(codes, columns: width)
    let table = try EmbeddingTable(points: points, dimensions: columns, values: values)
    let metadata = try MetadataTable([
      .integers("index", Array(0..<points)), .integers("label", part.labels.prefix(points).map { Int($0) }),
      .numbers("reconstruction_error", errors.map { Float($0) }),
    ])
    let (channels, thumbnails) = part.thumbnails(points)
    let sprite = try SpriteSheet(
      thumbnails: thumbnails, count: points, height: part.shape.height, width: part.shape.width, channels: channels)
    self.points = points
    dimensions = columns
    bundle = { format in
      try ProjectorBundle([
        .init(name: Self.name, table: table, format: format, metadata: metadata, sprite: sprite)
      ])
    }
  }

  /// Writes the files, and removes the tensor of an earlier bundle in the other format.
  /// - Returns: the files' paths, the configuration last.
  func write(format: TensorFormat, to runDirectory: String) throws -> [String] {
    try bundle(format).write(to: runDirectory)
    let folder = ProjectorBundle.Paths(format: format)
    for other in TensorFormat.allCases where other != format {
      let stale = Directory.join(runDirectory, ProjectorBundle.Paths(format: other).tensor)
      if try FileStatus.of(stale) != nil { try FileContents.remove(stale) }
    }
    return [folder.tensor, folder.metadata, folder.sprite, ProjectorConfig.fileName].map {
      Directory.join(runDirectory, $0)
    }
  }

  /// Codes of one or two numbers get columns of zeros, since the projector begins with three principal axes.
  private static func atLeastThreeColumns(_ codes: [Float], columns: Int) -> (Int, [Float]) {
    if columns >= 3 { return (columns, codes) }
    let rows = stride(from: 0, to: codes.count, by: columns).map { codes[$0..<$0 + columns] }
    return (3, rows.flatMap { $0 + [Float](repeating: 0, count: 3 - columns) })
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
