// FileStatus.swift
// Describes a file or directory: its kind, size, identity and time of change.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The system's description of a file at one moment; it may be wrong a moment later.
package struct FileStatus: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    case regular, directory
    /// A symbolic link that was not followed.
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

    /// A text for records that outlive the process.
    package var text: String { "\(device):\(node)" }
  }

  package let kind: Kind
  /// Nil for regular files and directories.
  package let special: Special?
  /// The size in bytes, as the system claims; meaningless for pipes and devices.
  package let size: Int
  package let identity: Identity
  /// The time of the last change of the contents, in seconds since 1970.
  package let modified: Double

  /// Returns the status of the file at `path`; nil if there is none.
  /// - Parameter followsLinks: whether a link at the end of `path` is followed; if not, the status is the link's own.
  package static func of(_ path: String, followsLinks: Bool = true) throws(FileError) -> FileStatus? {
    try SystemCalls.status(of: path, followsLinks: followsLinks)
  }

  /// Returns whether a link stands at `path`, wherever it leads.
  package static func isLink(_ path: String) -> Bool { (try? of(path, followsLinks: false))?.kind == .link }
}

extension SystemCalls {
  /// Returns the status of `name`; nil if there is no file.
  /// - Parameter followsLinks: whether a link at the end of `name` is followed.
  static func status(of name: String, followsLinks: Bool = true) throws(FileError) -> FileStatus? {
    var buffer = stat()
    if (followsLinks ? stat(name, &buffer) : lstat(name, &buffer)) == 0 { return FileStatus(buffer) }
    let code = errno
    if code == ENOENT || code == ENOTDIR { return nil }
    throw failure(.inspect, name, code)
  }

  /// Returns the status of an open file.
  static func status(of descriptor: Int32, path: String) throws(FileError) -> FileStatus {
    var buffer = stat()
    if fstat(descriptor, &buffer) == 0 { return FileStatus(buffer) }
    throw failure(.inspect, path, errno)
  }
}

extension FileStatus {
  fileprivate init(_ buffer: stat) {
    let kind: Kind =
      switch buffer.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .link
      default: .other
      }
    let special: Special? =
      switch buffer.st_mode & S_IFMT {
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      default: nil
      }
    #if canImport(Darwin)
      let modified = buffer.st_mtimespec
    #else
      let modified = buffer.st_mtim
    #endif
    self.init(
      kind: kind, special: special, size: Int(buffer.st_size),
      identity: Identity(device: UInt64(truncatingIfNeeded: buffer.st_dev), node: UInt64(buffer.st_ino)),
      modified: Double(modified.tv_sec) + Double(modified.tv_nsec) * 1e-9)
  }
}
