// ProjectorBundle.swift
// All files of a run's embeddings, put in place so that no reader ever sees a part of them.

import ByteStreams
import Parallel

/// The embeddings of one run, with all that is shown of their points.
public struct ProjectorBundle: Sendable {
  /// One embedding: its points, and what is known of each.
  public struct Embedding: Sendable {
    /// What the page's menu shows.
    public var name: String
    /// The points: a table, or what reads them when they are written.
    public var table: any EmbeddingPoints
    /// How they are stored.
    public var format: TensorFormat
    /// A row for each point, if any.
    public var metadata: MetadataTable?
    /// A thumbnail for each point, if any.
    public var sprite: SpriteSheet?
    /// The JSON of stored views, if any: an array of the page's states.
    public var bookmarks: [UInt8]?
    /// Where the files go, relative to the run's directory.
    public var paths: Paths

    /// An embedding whose files have the usual names unless told: embedding/tensors.tsv (or .bytes),
    /// embedding/metadata.tsv, embedding/sprite.png, embedding/bookmarks.json.
    public init(
      name: String, table: any EmbeddingPoints, format: TensorFormat = .tsv, metadata: MetadataTable? = nil,
      sprite: SpriteSheet? = nil, bookmarks: [UInt8]? = nil, paths: Paths? = nil
    ) {
      self.name = name
      self.table = table
      self.format = format
      self.metadata = metadata
      self.sprite = sprite
      self.bookmarks = bookmarks
      self.paths = paths ?? Paths(format: format)
    }
  }

  /// The files of one embedding, relative to the run's directory. Embeddings may share files of equal contents.
  public struct Paths: Equatable, Sendable {
    /// The numbers.
    public var tensor: String
    /// The labels.
    public var metadata: String
    /// The thumbnails.
    public var sprite: String
    /// The stored views.
    public var bookmarks: String

    /// The usual names in a folder of the run's directory.
    public init(folder: String = "embedding", format: TensorFormat = .tsv) {
      tensor = "\(folder)/tensors.\(format.fileExtension)"
      metadata = "\(folder)/metadata.tsv"
      sprite = "\(folder)/sprite.png"
      bookmarks = "\(folder)/bookmarks.json"
    }
  }

  /// What stands in `projector_config.pbtxt`.
  public let config: ProjectorConfig
  /// Every other file, in the order it was given.
  private let files: BundleFiles

  /// Checks that everything belongs together; writes nothing.
  /// - Throws: `ProjectorError` for names, paths and shapes that TensorBoard does not take, for metadata or thumbnails
  ///   that are not one for each point, and where two embeddings give different contents for one file.
  public init(_ embeddings: [Embedding]) throws {
    var files = BundleFiles()
    config = try ProjectorConfig(embeddings.map { try $0.entry(adding: &files) })
    self.files = files
  }

  /// Writes all files into `runDirectory`, which needs an event file beside them for TensorBoard to see the run.
  ///
  /// The order is what keeps readers from broken or mixed files, and an old bundle whole where writing fails:
  /// 1. every new file, the configuration too, is written under a temporary name, and waited for until it is on the
  ///    device: whatever the disk refuses, it refuses here, and the old bundle stands;
  /// 2. the old configuration is removed: for an instant the run has no embedding;
  /// 3. the new files are renamed to their places, the configuration last.
  ///
  /// Files of an old bundle under other names are left alone.
  /// - Parameter threads: at most so many work at once, all of the machine's where nil; the files do not depend on it.
  /// - Throws: `FileError`, `PNGError`; what reading the points throws.
  public func write(to runDirectory: String, threads: Int? = nil) throws {
    var prepared: [WholeFile.Prepared] = []
    for (path, content) in files.all {
      let place = Directory.join(runDirectory, path)
      try Directory.create(Directory.parent(of: place))
      // The device takes the file before while this one is made.
      let (file, _) = try sideBySide(threads: 2) {
        try WholeFile.write(place) { try content.write(to: &$0, threads: threads ?? processorCount) }
      } _: { [before = prepared.last] in
        try before?.settle()
      }
      prepared.append(file)
    }
    try prepared.last?.settle()
    let place = Directory.join(runDirectory, ProjectorConfig.fileName)
    let configuration = try WholeFile.prepare(place) { try $0.write(Array(config.text.utf8)) }
    try UnfinishedFiles.shared.together {
      if try FileStatus.of(place) != nil {
        try FileContents.remove(place)
        try Directory.sync(runDirectory)
      }
      try WholeFile.commit(prepared)
      try configuration.commit()
    }
  }

  /// Checks and writes in one step.
  /// - Throws: what `init(_:)` and `write(to:)` throw.
  public static func write(_ embeddings: [Embedding], to runDirectory: String, threads: Int? = nil) throws {
    try ProjectorBundle(embeddings).write(to: runDirectory, threads: threads)
  }
}

extension ProjectorBundle.Embedding {
  /// What the configuration says of the embedding, whose files are added to `files`.
  fileprivate func entry(adding files: inout BundleFiles) throws -> ProjectorConfig.Embedding {
    func check(_ rows: Int, of what: String) throws {
      guard rows == table.points else {
        throw ProjectorError.rowCount(of: "\(what) of \(name)", got: rows, want: table.points)
      }
    }
    var entry = ProjectorConfig.Embedding(
      name: name, tensorPath: paths.tensor, points: table.points, dimensions: table.dimensions)
    try files.add(.tensor(table, format), at: paths.tensor)
    // The sprite takes longest to make, the numbers to be on the device: they are neighbours.
    if let sprite {
      try check(sprite.count, of: "the sprite sheet")
      entry.sprite = .init(path: paths.sprite, width: sprite.tileWidth, height: sprite.tileHeight)
      try files.add(.sprite(sprite), at: paths.sprite)
    }
    if let metadata {
      try check(metadata.rows, of: "the metadata")
      entry.metadataPath = paths.metadata
      try files.add(.metadata(metadata), at: paths.metadata)
    }
    if let bookmarks {
      entry.bookmarksPath = paths.bookmarks
      try files.add(.bookmarks(bookmarks), at: paths.bookmarks)
    }
    return entry
  }
}
