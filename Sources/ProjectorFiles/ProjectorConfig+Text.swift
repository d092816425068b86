// ProjectorConfig+Text.swift
// The configuration as protobuf text, written as protobuf's own printer writes it, and read back.

import ByteStreams

extension ProjectorConfig {
  /// The text of the file. Field names: tensorboard/plugins/projector/projector_config.proto.
  public var text: String {
    var lines: [String] = []
    for embedding in embeddings {
      lines.append("embeddings {")
      lines.append("  tensor_name: \(TextFormat.quoted(embedding.name))")
      if let path = embedding.metadataPath { lines.append("  metadata_path: \(TextFormat.quoted(path))") }
      if let path = embedding.bookmarksPath { lines.append("  bookmarks_path: \(TextFormat.quoted(path))") }
      lines.append("  tensor_shape: \(embedding.points)")
      lines.append("  tensor_shape: \(embedding.dimensions)")
      if let sprite = embedding.sprite {
        lines.append("  sprite {")
        lines.append("    image_path: \(TextFormat.quoted(sprite.path))")
        lines.append("    single_image_dim: \(sprite.width)")
        lines.append("    single_image_dim: \(sprite.height)")
        lines.append("  }")
      }
      lines.append("  tensor_path: \(TextFormat.quoted(embedding.tensorPath))")
      lines.append("}")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads a configuration.
  /// - Throws: `ProjectorError.badConfig` for other text, an embedding without a shape or a checkpoint; what `init(_:)`
  ///   throws.
  public init(parsing text: String) throws { try self.init(StoredConfig(parsing: text)) }

  /// The configuration of the run in `directory`; nil where there is none.
  /// - Throws: `FileError`; as `init(parsing:)`.
  package init?(ofRun directory: String) throws {
    guard let stored = try StoredConfig(ofRun: directory) else { return nil }
    try self.init(stored)
  }

  private init(_ stored: StoredConfig) throws {
    try self.init(
      stored.embeddings.map { embedding in
        func failure(_ reason: String) -> ProjectorError { .badConfig(line: embedding.endLine, reason: reason) }
        guard embedding.shape.count == 2 else {
          throw failure("\(DisplayName.counted(embedding.shape.count, "number")) of tensor_shape, not 2")
        }
        var sprite: Sprite?
        if let stored = embedding.sprite {
          guard stored.sides.count == 2 else {
            throw failure("\(DisplayName.counted(stored.sides.count, "number")) of single_image_dim, not 2")
          }
          sprite = Sprite(path: stored.path ?? "", width: stored.sides[0], height: stored.sides[1])
        }
        return Embedding(
          name: embedding.name ?? "", tensorPath: embedding.tensorPath ?? "", points: embedding.shape[0],
          dimensions: embedding.shape[1], metadataPath: embedding.metadataPath, sprite: sprite,
          bookmarksPath: embedding.bookmarksPath)
      })
  }
}
