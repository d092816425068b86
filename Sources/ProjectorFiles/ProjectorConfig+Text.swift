// ProjectorConfig+Text.swift
// The configuration as protobuf text, written as protobuf's own printer writes it, and read back.

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

  /// Reads a configuration of the fields that `text` writes.
  /// - Throws: `ProjectorError.badConfig` for other text, and what `init(_:)` throws.
  public init(parsing text: String) throws {
    var reader = TextFormat.Reader(text)
    var embeddings: [Embedding] = []
    while let field = try reader.nextField(inMessage: false) {
      guard field == "embeddings" else { throw reader.failure("unknown field \(field)") }
      embeddings.append(try Self.embedding(&reader))
    }
    try self.init(embeddings)
  }

  private static func embedding(_ reader: inout TextFormat.Reader) throws -> Embedding {
    var embedding = Embedding(name: "", tensorPath: "", points: 0, dimensions: 0)
    var shape: [Int] = []
    try reader.beginMessage()
    while let field = try reader.nextField(inMessage: true) {
      switch field {
      case "tensor_name": embedding.name = try reader.string()
      case "tensor_path": embedding.tensorPath = try reader.string()
      case "metadata_path": embedding.metadataPath = try reader.string()
      case "bookmarks_path": embedding.bookmarksPath = try reader.string()
      case "tensor_shape": shape.append(try reader.number())
      case "sprite": embedding.sprite = try sprite(&reader)
      default: throw reader.failure("unknown field \(field)")
      }
    }
    guard shape.count == 2 else { throw reader.failure("\(shape.count) numbers of tensor_shape, not 2") }
    (embedding.points, embedding.dimensions) = (shape[0], shape[1])
    return embedding
  }

  private static func sprite(_ reader: inout TextFormat.Reader) throws -> Sprite {
    var sprite = Sprite(path: "", width: 0, height: 0)
    var sides: [Int] = []
    try reader.beginMessage()
    while let field = try reader.nextField(inMessage: true) {
      switch field {
      case "image_path": sprite.path = try reader.string()
      case "single_image_dim": sides.append(try reader.number())
      default: throw reader.failure("unknown field \(field)")
      }
    }
    guard sides.count == 2 else { throw reader.failure("\(sides.count) numbers of single_image_dim, not 2") }
    (sprite.width, sprite.height) = (sides[0], sides[1])
    return sprite
  }
}
