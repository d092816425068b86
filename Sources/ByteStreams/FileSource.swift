// FileSource.swift
// Reads the bytes of a file in order: piece by piece, or all at once up to a limit.

/// Reads an open file, unbuffered. At the file's end it gives no bytes, and more later if the file has grown by then.
public final class FileSource: ByteSource {
  /// The path, for messages.
  public let path: String
  private let descriptor: Int32
  /// The first byte of a pipe, if it arrived before the first read.
  private var firstByte: UInt8?

  /// Opens `path` for reading: a regular file or a pipe. Waits some seconds for the writer of a pipe.
  /// - Throws: `FileError`; `.notAFile` for anything else.
  public convenience init(_ path: String) throws { try self.init(path, accepting: .regularOrPipe) }

  /// Opens `path` for reading.
  /// - Throws: `FileError`; `.notAFile` for kinds that are not accepted.
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

  /// Reads from an open descriptor, and closes it in the end.
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

  /// Fills the front of `buffer` and returns the number of bytes, 0 at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let byte = firstByte, buffer.count > 0 {
      buffer[0] = byte
      firstByte = nil
      return 1
    }
    return try SystemCalls.readSome(descriptor, buffer, path: path)
  }

  /// Returns how many bytes from here on are a hole, which is not stored and reads as zeros; 0 if the system does not tell.
  package func hole() throws(FileError) -> Int { try SystemCalls.hole(descriptor, path: path) }

  /// Skips bytes of a regular file.
  /// - Returns: their number.
  @discardableResult
  package func skip(_ count: Int) throws(FileError) -> Int {
    if count > 0 { try SystemCalls.skip(descriptor, count, path: path) }
    return count
  }

  /// Returns the size that the system claims for a regular file, or nil for pipes, devices and the like.
  package func claimedSize() throws(FileError) -> Int? {
    let status = try SystemCalls.status(of: descriptor, path: path)
    return status.kind == .regular ? status.size : nil
  }
}

/// Reads whole files, and removes them.
package enum FileContents {
  /// Reads all bytes of the file at `path`.
  /// - Parameters:
  ///   - limit: the maximum number of bytes.
  ///   - files: the kinds of files accepted.
  /// - Throws: `FileError`; `.tooLarge` as soon as the file is known to have more than `limit` bytes, `.notAFile` for kinds that
  ///   are not accepted.
  /// - Complexity: O(bytes), one copy for regular files.
  package static func read(
    _ path: String, limit: Int = .max, accepting files: AcceptedFiles = .regular
  ) throws -> [UInt8] {
    var source = try FileSource(path, accepting: files)
    do {
      let size = try source.claimedSize() ?? 0
      if size > limit { throw TooManyBytes(limit: limit) }
      return try source.readAll(expected: size, limit: limit)
    } catch is TooManyBytes {
      throw FileError.tooLarge(path: path, limit: limit)
    } catch is NoMemory {
      throw FileError.noMemory(path: path)
    }
  }

  /// Removes the file at `path`.
  package static func remove(_ path: String) throws(FileError) { try SystemCalls.removeFile(path) }
}
