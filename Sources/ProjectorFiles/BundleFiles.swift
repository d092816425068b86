// BundleFiles.swift
// The files of a bundle by their paths: one path, one content.

struct BundleFiles: Sendable {
  enum Content: Equatable, Sendable {
    case tensor(EmbeddingTable, TensorFormat)
    case metadata(MetadataTable)
    case sprite(SpriteSheet)
    case bookmarks([UInt8])

    /// The bytes of the file.
    func encoded() throws -> [UInt8] {
      switch self {
      case .tensor(let table, let format): table.encoded(as: format)
      case .metadata(let table): table.encoded()
      case .sprite(let sheet): try sheet.encoded()
      case .bookmarks(let json): json
      }
    }
  }

  private(set) var all: [(path: String, content: Content)] = []

  /// Adds a file; the same content at the same path is added once.
  /// - Throws: `ProjectorError.twoContents` where the path has another content.
  mutating func add(_ content: Content, at path: String) throws(ProjectorError) {
    guard let present = all.first(where: { $0.path == path }) else {
      all.append((path, content))
      return
    }
    if present.content != content { throw .twoContents(path: path) }
  }
}
