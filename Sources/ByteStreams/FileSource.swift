// FileSource.swift
// Bytes from a file, unbuffered, in order.

/// An open file that gives its bytes. At its end it gives none, and more later if the file has grown by then.
public final class FileSource: ByteSource {
  /// What messages name.
  public let path: String
  private let descriptor: Int32

  /// Opens `path` for reading.
  /// - Throws: `FileError`.
  public init(_ path: String) throws {
    descriptor = try SystemCalls.openFile(path, for: .reading, path: path)
    self.path = path
  }

  /// Opens `path` for reading from byte `offset` on.
  /// - Throws: `FileError`.
  package convenience init(_ path: String, from offset: Int) throws {
    try self.init(path)
    try SystemCalls.seek(descriptor, to: offset, path: path)
  }

  deinit { try? SystemCalls.closeFile(descriptor, path: path) }

  /// Fills the front of `buffer`; the count is 0 at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try SystemCalls.readSome(descriptor, buffer, path: path)
  }

  /// The size the system claims for a regular file, or nil for pipes, devices and the like.
  package func claimedSize() throws(FileError) -> Int? {
    let status = try SystemCalls.status(of: descriptor, path: path)
    return status.kind == .regular ? status.size : nil
  }
}
