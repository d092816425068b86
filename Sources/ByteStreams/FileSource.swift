// FileSource.swift
// Bytes from a file, unbuffered, in order.

/// An open file that gives its bytes. At its end it gives none, and more later if the file has grown by then.
public final class FileSource: ByteSource {
  /// The path that messages name.
  public let path: String
  private let descriptor: Int32
  /// The first byte of a pipe, if it arrived before the first read.
  private var firstByte: UInt8?

  /// Opens `path` for reading: a regular file, or a pipe, whose writer is waited for some seconds.
  /// - Throws: `FileError`; `.notAFile` for anything else.
  public convenience init(_ path: String) throws { try self.init(path, accepting: .regularOrPipe) }

  /// Opens `path` for reading.
  /// - Throws: `FileError`; `.notAFile` for what is not accepted.
  package init(_ path: String, accepting files: AcceptedFiles) throws {
    descriptor = try SystemCalls.openFile(path, for: .reading, accepting: files, path: path)
    self.path = path
    if files != .regular { try awaitWriter() }
  }

  /// Opens the regular file at `path` for reading from byte `offset` on.
  /// - Throws: `FileError`.
  package convenience init(_ path: String, from offset: Int) throws {
    try self.init(path, accepting: .regular)
    try SystemCalls.seek(descriptor, to: offset, path: path)
  }

  /// Reads what an open descriptor gives, and closes it in the end.
  init(adopting descriptor: Int32, path: String) throws {
    self.descriptor = descriptor
    self.path = path
    try awaitWriter()
  }

  private func awaitWriter() throws {
    guard try SystemCalls.status(of: descriptor, path: path).special == .pipe else { return }
    firstByte = try SystemCalls.awaitWriter(ofPipe: descriptor, path: path)
  }

  deinit { try? SystemCalls.closeFile(descriptor, path: path) }

  /// Fills the front of `buffer`; the count is 0 at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let byte = firstByte, buffer.count > 0 {
      buffer[0] = byte
      firstByte = nil
      return 1
    }
    return try SystemCalls.readSome(descriptor, buffer, path: path)
  }

  /// How many bytes from here on are not stored and read as zeros; 0 where there are none, or the system does not tell.
  package func hole() throws(FileError) -> Int { try SystemCalls.hole(descriptor, path: path) }

  /// Passes over bytes of a regular file.
  /// - Returns: how many.
  @discardableResult
  package func skip(_ count: Int) throws(FileError) -> Int {
    if count > 0 { try SystemCalls.skip(descriptor, count, path: path) }
    return count
  }

  /// The size the system claims for a regular file, or nil for pipes, devices and the like.
  package func claimedSize() throws(FileError) -> Int? {
    let status = try SystemCalls.status(of: descriptor, path: path)
    return status.kind == .regular ? status.size : nil
  }
}
