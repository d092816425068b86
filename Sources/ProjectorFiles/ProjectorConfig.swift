// ProjectorConfig.swift
// projector_config.pbtxt: which embeddings a run has, and in which files.

import ByteStreams

/// The configuration that TensorBoard's projector reads in a run's directory.
///
/// Paths are relative to that directory and stay inside of it. TensorBoard reads the file once, and again only when the
/// set of runs changes.
public struct ProjectorConfig: Equatable, Sendable {
  /// The name that TensorBoard looks for in a run's directory.
  public static let fileName = "projector_config.pbtxt"

  /// One embedding and its files.
  public struct Embedding: Equatable, Sendable {
    /// The name in the page's menu; the key of the embedding in its run.
    public var name: String
    /// The file of numbers.
    public var tensorPath: String
    /// Rows of the tensor.
    public var points: Int
    /// Columns of the tensor.
    public var dimensions: Int
    /// The file of labels, if any.
    public var metadataPath: String?
    /// The sheet of thumbnails, if any.
    public var sprite: Sprite?
    /// The file of stored views, if any.
    public var bookmarksPath: String?

    /// An embedding whose files are named by the caller.
    public init(
      name: String, tensorPath: String, points: Int, dimensions: Int, metadataPath: String? = nil,
      sprite: Sprite? = nil, bookmarksPath: String? = nil
    ) {
      self.name = name
      self.tensorPath = tensorPath
      self.points = points
      self.dimensions = dimensions
      self.metadataPath = metadataPath
      self.sprite = sprite
      self.bookmarksPath = bookmarksPath
    }
  }

  /// A sheet of thumbnails.
  public struct Sprite: Equatable, Sendable {
    /// The picture's file.
    public var path: String
    /// The width of a thumbnail in pixels.
    public var width: Int
    /// The height of a thumbnail in pixels.
    public var height: Int

    /// A sheet of thumbnails of the given size.
    public init(path: String, width: Int, height: Int) {
      self.path = path
      self.width = width
      self.height = height
    }
  }

  /// The run's embeddings, at least one, with different names.
  public let embeddings: [Embedding]

  /// A configuration of given embeddings.
  /// - Throws: `ProjectorError` where there is none, a name is given twice or can not stand in the page's requests, a
  ///   path leads out of the directory, or a shape is one that TensorBoard does not list.
  public init(_ embeddings: [Embedding]) throws {
    guard !embeddings.isEmpty else { throw ProjectorError.rowCount(of: "the configuration", got: 0, want: 1) }
    var names: Set<ExactName> = []
    for embedding in embeddings {
      try Self.check(name: embedding.name)
      guard names.insert(ExactName(embedding.name)).inserted else {
        throw ProjectorError.badName(name: embedding.name, reason: "another embedding of the run has it")
      }
      let paths = [embedding.tensorPath, embedding.metadataPath, embedding.sprite?.path, embedding.bookmarksPath]
      for path in paths.compactMap(\.self) { try Self.check(path: path) }
      guard embedding.points >= 2, embedding.dimensions >= 2 else {
        throw ProjectorError.tooSmall(points: embedding.points, dimensions: embedding.dimensions)
      }
    }
    self.embeddings = embeddings
  }

  /// The same embeddings with other names of their files.
  func renamingFiles(_ name: (String) -> String) throws -> ProjectorConfig {
    try ProjectorConfig(
      embeddings.map { embedding in
        var embedding = embedding
        embedding.tensorPath = name(embedding.tensorPath)
        embedding.metadataPath = embedding.metadataPath.map(name)
        if let sprite = embedding.sprite { embedding.sprite?.path = name(sprite.path) }
        embedding.bookmarksPath = embedding.bookmarksPath.map(name)
        return embedding
      })
  }

  /// Every file that it names.
  package var files: [String] {
    embeddings.flatMap { [$0.tensorPath, $0.metadataPath, $0.sprite?.path, $0.bookmarksPath].compactMap(\.self) }
  }

  /// The page puts names into its requests as they are, and the server drops ":0" at the end.
  private static func check(name: String) throws {
    if name.isEmpty { throw ProjectorError.badName(name: name, reason: "it is empty") }
    if name.endsWithBytes(of: ":0") {
      throw ProjectorError.badName(name: name, reason: "TensorBoard drops \":0\" at the end")
    }
    for scalar in name.unicodeScalars {
      if "&#+%?".unicodeScalars.contains(scalar) || scalar.properties.isWhitespace || isControl(scalar) {
        throw ProjectorError.badName(
          name: name, reason: "blanks, control characters and & # + % ? break the page's requests")
      }
    }
  }

  private static func check(path: String) throws {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if path.utf8.first == UInt8(ascii: "~") || parts.contains(where: { ["", ".", ".."].contains(Substring($0)) }) {
      throw ProjectorError.badPath(
        path: path, reason: "TensorBoard opens only files inside of the run's directory, by plain relative paths")
    }
    if path == Self.fileName || path.containsBytes(of: "tfevents") {
      throw ProjectorError.badPath(path: path, reason: "TensorBoard reads another kind of file under that name")
    }
    if path.unicodeScalars.contains(where: isControl) {
      throw ProjectorError.badPath(path: path, reason: "it has control characters")
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
}

/// The size of a sprite's thumbnails.
package enum SpriteConfig {
  /// A run's sprite lies beside its configuration, or one or two folders below.
  private static let levels = 3
  private static let sizeLimit = 1 << 24

  /// Looks for a configuration that names the sprite.
  /// - Returns: width and height of a thumbnail, and the configuration's path; nil where there is none, or where its
  ///   embeddings disagree.
  package static func thumbnail(ofSprite path: String) -> (width: Int, height: Int, config: String)? {
    guard let sprite = Directory.resolved(path) else { return nil }
    var folder = Directory.parent(of: sprite)
    for _ in 0..<levels {
      let config = Directory.join(folder, ProjectorConfig.fileName)
      if let sides = sides(of: sprite, config: config, folder: folder) { return (sides[0], sides[1], config) }
      folder = Directory.parent(of: folder)
    }
    return nil
  }

  private static func sides(of sprite: String, config: String, folder: String) -> [Int]? {
    guard (try? FileStatus.of(config))??.kind == .regular,
      let bytes = try? FileContents.read(config, limit: sizeLimit), let text = String(validating: bytes, as: UTF8.self),
      let stored = try? StoredConfig(parsing: text)
    else { return nil }
    let found = stored.embeddings.compactMap(\.sprite).filter {
      Directory.resolved(Directory.join(folder, $0.path ?? "")) == sprite
    }
    guard let sides = found.first?.sides, sides.count == 2, sides.allSatisfy({ $0 > 0 }),
      found.allSatisfy({ $0.sides == sides })
    else { return nil }
    return sides
  }
}
