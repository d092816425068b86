// FileStatus.swift
// The kind, size and time of a file or directory.

/// The system's description of a file at one moment; it may be wrong a moment later.
package struct FileStatus: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case regular, directory
    /// A symbolic link, where none was followed.
    case link
    /// A device, a pipe or a socket.
    case other
  }

  /// Kinds other than regular files and directories.
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

  /// Returns the status of the file at `path`, following links; nil if there is none.
  package static func of(_ path: String) throws(FileError) -> FileStatus? { try SystemCalls.status(of: path) }

  /// Returns the status of `path` itself, not following a link at its end; nil if there is none.
  package static func ofItself(_ path: String) throws(FileError) -> FileStatus? {
    try SystemCalls.statusOfItself(path)
  }

  /// Whether `path` itself is a link, wherever it leads.
  package static func isLink(_ path: String) -> Bool { (try? ofItself(path))?.kind == .link }
}
