// FileStatus.swift
// What a path leads to: a file, a directory or something else, and its size.

/// What the system says about a file at one moment; it may be wrong a moment later.
package struct FileStatus: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case regular, directory
    /// A symbolic link, where none was followed.
    case link
    /// A device, a pipe or a socket.
    case other
  }

  /// What is neither a regular file nor a directory.
  package enum Special: Equatable, Sendable { case pipe, socket, characterDevice, blockDevice }

  /// Tells two files apart, whatever their names.
  package struct Identity: Hashable, Sendable {
    let device: UInt64
    let node: UInt64

    /// For a record that outlives the process.
    package var text: String { "\(device):\(node)" }
  }

  package let kind: Kind
  /// Nil for regular files and directories.
  package let special: Special?
  /// In bytes, as claimed; means nothing for pipes and devices.
  package let size: Int
  package let identity: Identity
  /// When the contents last changed, in seconds since 1970.
  package let modified: Double

  /// What `path` leads to, links followed, or nil where there is nothing.
  package static func of(_ path: String) throws(FileError) -> FileStatus? { try SystemCalls.status(of: path) }

  /// What `path` is itself, a link at its end not followed, or nil where there is nothing.
  package static func ofItself(_ path: String) throws(FileError) -> FileStatus? {
    try SystemCalls.statusOfItself(path)
  }

  /// Whether `path` itself is a link, wherever it leads.
  package static func isLink(_ path: String) -> Bool { (try? ofItself(path))?.kind == .link }
}
