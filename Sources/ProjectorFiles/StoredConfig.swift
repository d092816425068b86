// StoredConfig.swift
// A projector's configuration as any program may have written it: every field may be missing.

import ByteStreams

/// The fields that protobuf's text parser finds in `projector_config.pbtxt`.
struct StoredConfig: Equatable {
  struct Embedding: Equatable {
    var name: String?
    var tensorPath: String?
    var metadataPath: String?
    var bookmarksPath: String?
    var shape: [Int] = []
    var sprite: Sprite?
    /// The lines of its braces.
    var line = 1
    var endLine = 1
  }

  struct Sprite: Equatable {
    var path: String?
    var sides: [Int] = []
  }

  var embeddings: [Embedding] = []
  var checkpointPath: String?
  var checkpointDirectory: String?

  /// The most bytes of a file.
  static let sizeLimit = 1 << 24

  /// The configuration of the run in `directory`; nil where there is no file.
  /// - Throws: `FileError`; `ProjectorError.badConfig` for text that TensorBoard does not parse.
  init?(ofRun directory: String) throws {
    let path = Directory.join(directory, ProjectorConfig.fileName)
    guard try FileStatus.of(path) != nil else { return nil }
    try self.init(bytes: FileContents.read(path, limit: Self.sizeLimit))
  }

  /// - Throws: `ProjectorError.badConfig` for text that TensorBoard does not parse.
  init(bytes: [UInt8]) throws(ProjectorError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badConfig(line: 1, reason: "its bytes are no UTF-8")
    }
    try self.init(parsing: text)
  }

  /// Every file that it names, as a plain path.
  var files: Set<String> {
    Set(
      embeddings.flatMap { [$0.tensorPath, $0.metadataPath, $0.bookmarksPath, $0.sprite?.path] }
        .compactMap { path in path.map { String(PlainPath.of($0).dropFirst()) } })
  }

  /// - Throws: `ProjectorError.badConfig` for text that TensorBoard does not parse.
  init(parsing text: String) throws(ProjectorError) {
    var reader = TextFormat.Reader(text)
    while let field = try reader.nextField() {
      switch field {
      case "embeddings":
        try reader.messages { (reader, closing) throws(ProjectorError) in
          embeddings.append(try Self.embedding(&reader, closing: closing))
        }
      case "model_checkpoint_path": try Self.set(&checkpointPath, &reader, field)
      case "model_checkpoint_dir": try Self.set(&checkpointDirectory, &reader, field)
      default: throw reader.failure("unknown field \(field)")
      }
    }
  }

  private static func embedding(
    _ reader: inout TextFormat.Reader, closing: UInt8
  ) throws(ProjectorError) -> Embedding {
    var embedding = Embedding()
    embedding.line = reader.currentLine()
    while let field = try reader.nextField(inMessage: closing) {
      switch field {
      case "tensor_name": try set(&embedding.name, &reader, field)
      case "tensor_path": try set(&embedding.tensorPath, &reader, field)
      case "metadata_path": try set(&embedding.metadataPath, &reader, field)
      case "bookmarks_path": try set(&embedding.bookmarksPath, &reader, field)
      case "tensor_shape": embedding.shape += try reader.numbers()
      case "sprite":
        if embedding.sprite != nil { throw reader.failure("a second sprite") }
        embedding.sprite = try sprite(&reader)
      default: throw reader.failure("unknown field \(field)")
      }
    }
    embedding.endLine = reader.currentLine()
    return embedding
  }

  private static func sprite(_ reader: inout TextFormat.Reader) throws(ProjectorError) -> Sprite {
    var sprite = Sprite()
    let closing = try reader.beginMessage()
    while let field = try reader.nextField(inMessage: closing) {
      switch field {
      case "image_path": try set(&sprite.path, &reader, field)
      case "single_image_dim": sprite.sides += try reader.numbers()
      default: throw reader.failure("unknown field \(field)")
      }
    }
    return sprite
  }

  /// A field that is not repeated may stand once; empty texts before it do not count.
  private static func set(
    _ value: inout String?, _ reader: inout TextFormat.Reader, _ field: String
  ) throws(ProjectorError) {
    if value?.isEmpty == false { throw reader.failure("a second \(field)") }
    value = try reader.string()
  }
}
