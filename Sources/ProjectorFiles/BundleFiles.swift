// BundleFiles.swift
// The files of a bundle by their paths: one path, one content.

import ByteStreams

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
