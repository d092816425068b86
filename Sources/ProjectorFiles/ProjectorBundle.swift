// ProjectorBundle.swift
// The embeddings of a run and all their files, which are replaced together so that no reader sees a part of them.

import ByteStreams
import Parallel

/// The embeddings of one run, with labels, thumbnails and views of their points.
public struct ProjectorBundle: Sendable {
  /// One embedding: its points, labels, thumbnails and views.
  public struct Embedding: Sendable {
    /// The name in the page's menu.
    public var name: String
    /// The points: a table, or a source that is read while they are written.
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

    /// Creates an embedding. By default its files are named embedding/tensors.tsv (or .bytes),
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

    /// The default names in a folder of the run's directory.
    public init(folder: String = "embedding", format: TensorFormat = .tsv) {
      tensor = "\(folder)/tensors.\(format.fileExtension)"
      metadata = "\(folder)/metadata.tsv"
      sprite = "\(folder)/sprite.png"
      bookmarks = "\(folder)/bookmarks.json"
    }
  }

  /// The contents of `projector_config.pbtxt`.
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
  /// At every moment the configuration names one whole bundle, the old one or the new one, whatever is refused and wherever the
  /// process is killed:
  /// 1. every new file is written and waited for until it is on the device: what the disk refuses, it refuses here. A file that
  ///    the old configuration names keeps its name until then; the new one gets another, as in `tensors.new-1.tsv`;
  /// 2. the configuration is replaced by one that names the new files;
  /// 3. the new files get their usual names as second names (hard links), the configuration is replaced by one that names those,
  ///    and the first names go. On a file system without hard links they stay.
  ///
  /// Files of an old bundle under other names are left alone. A TensorBoard that has read the old configuration keeps asking for
  /// its files.
  /// - Parameter threads: number of threads; all processors, if nil. The files do not depend on it.
  /// - Returns: the configuration that is in place.
  /// - Throws: `FileError`, `.link` where a folder of the run is a symbolic link; `PNGError`; what reading the points throws.
  @discardableResult
  public func write(to runDirectory: String, threads: Int? = nil) throws -> ProjectorConfig {
    try write(to: runDirectory, comment: nil, threads: threads)
  }

  /// - Parameter comment: a line at the top of the configuration.
  package func write(to runDirectory: String, comment: String?, threads: Int? = nil) throws -> ProjectorConfig {
    try write(to: runDirectory, comment: comment, threads: threads, link: AtomicFile.link)
  }

  /// - Parameter link: gives files their second names; false where that can't be done.
  func write(
    to runDirectory: String, comment: String?, threads: Int? = nil,
    link: ([(file: String, second: String)]) throws -> Bool
  ) throws -> ProjectorConfig {
    let placement = try BundlePlacement(of: files.all.map(\.path), in: runDirectory)
    var prepared: [AtomicFile.Prepared] = []
    for (path, content) in files.all {
      try Directory.create(Directory.parent(of: path), inside: runDirectory)
      // The device takes the file before while this one is made.
      let (file, _) = try sideBySide(threads: 2) {
        try AtomicFile.write(placement.firstPlace(of: path)) {
          try content.write(to: &$0, threads: threads ?? processorCount)
        }
      } _: { [before = prepared.last] in
        try before?.syncAndClose()
      }
      prepared.append(file)
    }
    return try placement.commit(config, comment: comment, prepared, link: link)
  }

  /// Checks and writes in one step.
  /// - Throws: what `init(_:)` and `write(to:)` throw.
  public static func write(_ embeddings: [Embedding], to runDirectory: String, threads: Int? = nil) throws {
    try ProjectorBundle(embeddings).write(to: runDirectory, threads: threads)
  }
}

extension ProjectorBundle.Embedding {
  /// Returns the embedding's entry in the configuration, and adds its files to `files`.
  fileprivate func entry(adding files: inout BundleFiles) throws -> ProjectorConfig.Embedding {
    func check(_ rows: Int, of what: String) throws {
      guard rows == table.points else {
        throw ProjectorError.rowCount(of: "\(what) of \(name)", got: rows, want: table.points)
      }
    }
    var entry = ProjectorConfig.Embedding(
      name: name, tensorPath: paths.tensor, points: table.points, dimensions: table.dimensions)
    try files.add(.tensor(table, format), at: paths.tensor)
    // The sprite takes longest to make, the numbers to be on the device: they are neighbors.
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

struct BundleFiles: Sendable {
  enum Content: Sendable {
    case tensor(any EmbeddingPoints, TensorFormat)
    case metadata(MetadataTable)
    case sprite(SpriteSheet)
    case bookmarks([UInt8])

    /// Writes the bytes of the file.
    func write(to sink: inout some ByteSink, threads: Int) throws {
      switch self {
      case .tensor(let points, let format): try points.write(as: format, to: &sink, threads: threads)
      case .metadata(let table): try sink.write(table.encoded())
      case .sprite(let sheet): try sink.write(sheet.encoded(threads: threads))
      case .bookmarks(let json): try sink.write(json)
      }
    }

    /// Whether both are known to be the same. Points that are not in memory are not compared.
    func equals(_ other: Content) -> Bool {
      switch (self, other) {
      case (.tensor(let one as EmbeddingTable, let format), .tensor(let two as EmbeddingTable, let otherFormat)):
        one == two && format == otherFormat
      case (.metadata(let one), .metadata(let two)): one == two
      case (.sprite(let one), .sprite(let two)): one == two
      case (.bookmarks(let one), .bookmarks(let two)): one == two
      default: false
      }
    }
  }

  private(set) var all: [(path: String, content: Content)] = []

  /// Adds a file; the same content at the same path is added once.
  /// - Throws: `ProjectorError.twoContents` where the path has another content.
  mutating func add(_ content: Content, at path: String) throws(ProjectorError) {
    guard let present = all.first(where: { $0.path.hasSameBytes(as: path) }) else {
      all.append((path, content))
      return
    }
    if !present.content.equals(content) { throw .twoContents(path: path) }
  }
}
