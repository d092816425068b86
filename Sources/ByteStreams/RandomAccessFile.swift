// RandomAccessFile.swift
// Reads bytes from any place of a file, from several threads at once.

import Parallel

/// Reads an open file at any offset. A pipe or a device is read into memory, as far as its bytes are asked for.
package final class RandomAccessFile: Sendable {
  /// The path, for messages.
  package let path: String
  private let storage: Storage

  private enum Storage: Sendable {
    case regular(descriptor: Int32, size: Int)
    case memory(Locked<Stream>)
  }

  /// The bytes read from a pipe, and the source of more, nil at its end. One thread at a time uses it.
  private struct Stream: @unchecked Sendable {
    var bytes: [UInt8]
    var source: FileSource?
    let limit: Int
  }

  /// Opens the file at `path`.
  /// - Parameters:
  ///   - limit: the maximum number of bytes of a pipe.
  ///   - files: the kinds of files accepted; pipes only if the user has named the file.
  /// - Throws: `FileError`.
  package convenience init(
    _ path: String, limit: Int = 1 << 32, accepting files: AcceptedFiles = .regularOrPipe
  ) throws {
    try self.init(named: path, limit: limit, accepting: files, path: path)
  }

  /// Writes all bytes of a source into a temporary file that has no name any more, so that they take no memory.
  /// - Parameters:
  ///   - limit: the maximum number of bytes.
  ///   - directory: holds the file for a moment.
  ///   - path: the path of the bytes, for messages.
  /// - Throws: what reading throws; `TooManyBytes`; `FileError`.
  package convenience init(
    storing source: inout some ByteSource, limit: Int, in directory: String, path: String
  ) throws {
    let name = Directory.join(directory, AtomicFile.temporaryName())
    TemporaryFileRegistry.shared.add(name)
    defer { TemporaryFileRegistry.shared.remove(name) }
    let sink = try FileSink(named: name, .exclusive, path: name)
    // The file lives as long as it is open.
    defer { try? SystemCalls.removeFile(name) }
    try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { part in
      var written = 0
      while case let count = try source.read(into: part), count > 0 {
        written += count
        if written > limit { throw TooManyBytes(limit: limit) }
        try sink.write(UnsafeRawBufferPointer(rebasing: part[..<count]))
      }
    }
    try sink.close()
    try self.init(named: name, limit: limit, accepting: .regular, path: path)
  }

  private init(named name: String, limit: Int, accepting files: AcceptedFiles, path: String) throws {
    let opened = try SystemCalls.openFile(name, for: .reading, accepting: files, path: path)
    self.path = path
    let status = try SystemCalls.status(of: opened, path: path)
    if status.kind == .regular {
      storage = .regular(descriptor: opened, size: status.size)
    } else {
      let source = try FileSource(adopting: opened, path: path)
      storage = .memory(Locked(Stream(bytes: [], source: source, limit: limit)))
    }
  }

  /// Makes a file in memory.
  package init(bytes: [UInt8], path: String) {
    self.path = path
    storage = .memory(Locked(Stream(bytes: bytes, source: nil, limit: bytes.count)))
  }

  deinit {
    if case .regular(let descriptor, _) = storage { try? SystemCalls.closeFile(descriptor, path: path) }
  }

  /// The size in bytes: a regular file's when it was opened, or the bytes of a pipe read so far.
  package var size: Int {
    switch storage {
    case .regular(_, let size): size
    case .memory(let stream): stream.withLock { $0.bytes.count }
    }
  }

  /// Returns the size of a file that should have `count` bytes. A pipe is read up to one byte more, which shows a surplus.
  /// - Throws: `FileError`; `.tooLarge` if a pipe has more bytes than its limit.
  package func size(expecting count: Int) throws(FileError) -> Int {
    switch storage {
    case .regular(_, let size): size
    case .memory: try loaded(count == .max ? count : count + 1).count
    }
  }

  /// Reads a pipe until it has given `count` bytes or ends, and returns all bytes so far.
  private func loaded(_ count: Int) throws(FileError) -> [UInt8] {
    guard case .memory(let stream) = storage else { return [] }
    return try stream.withLock { stream throws(FileError) in
      guard var source = stream.source, stream.bytes.count < count else { return stream.bytes }
      let most = min(count, stream.limit + 1)
      do {
        try source.extend(&stream.bytes, to: most, expected: most)
        if stream.bytes.count < most { stream.source = nil }
      } catch {
        throw error as? FileError ?? .noMemory(path: path)
      }
      if stream.bytes.count > stream.limit { throw .tooLarge(path: path, limit: stream.limit) }
      return stream.bytes
    }
  }

  /// Fills `buffer` from byte `offset` on, as far as the file goes, and returns the number of bytes.
  /// - Precondition: the offset is 0 or more.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard case .regular(let descriptor, _) = storage else {
      let bytes = try loaded(offset + buffer.count)
      let count = max(0, min(buffer.count, bytes.count - offset))
      bytes.withUnsafeBytes { all in
        if count > 0 { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[offset..<offset + count])) }
      }
      return count
    }
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = try SystemCalls.readSome(descriptor, at: offset + filled, rest, path: path)
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Reads `count` bytes from `offset` on, or fewer at the end.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    // `count` may come from a damaged file: take memory only for bytes that are there.
    let end = offset.addingReportingOverflow(count)
    let expected = max(0, min(count, try size(expecting: end.overflow ? .max : end.partialValue) - offset))
    do { try MemoryCheck.require(expected) } catch { throw FileError.noMemory(path: path) }
    return try [UInt8](unsafeUninitializedCapacity: expected) { buffer, filled in
      filled = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
