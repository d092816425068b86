// TornTail.swift
// Bytes at the end of a file that are no whole records, and how they are cut off.

import ByteStreams

/// What a writer that was interrupted has left of its last record, or a power failure of its last records: damaged ones,
/// zeros.
public struct TornTail: Equatable, Sendable {
  /// The file's path.
  public let file: String
  /// Where the bytes begin: everything before is whole.
  public let offset: Int
  /// How many there are.
  public let count: Int

  /// Where the bytes go: beside the file, under a name that TensorBoard does not read.
  public var sidePath: String {
    var bytes = Array(Directory.lastPart(of: file).utf8)
    while let mark = bytes.firstRange(of: EventFileName.mark.utf8) { bytes.removeSubrange(mark) }
    let name = String(decoding: bytes, as: UTF8.self)
    return Directory.join(Directory.parent(of: file), "\(name).torn-tail-\(offset)")
  }

  /// Writes the bytes into a file of their own, then cuts them off. A repair that was itself cut off in between is completed.
  /// - Throws: `FileError`, `.inUse` among them while a writer has the directory, `.link` and `.severalNames` for a file that
  ///   something else is named by as well, `.alreadyExists` where the side file is there with other bytes;
  ///   `EventFileError.changed` where the file is no longer what it was.
  public func repair() throws {
    let lock = try DirectoryLock(Directory.parent(of: file))
    defer { lock.release() }
    AtomicFile.removeLeftovers(in: lock.path)
    guard try FileStatus.of(file)?.size == offset + count else { throw EventFileError.changed(path: file) }
    let isThere = try FileStatus.of(sidePath) != nil
    if isThere, try !isSaved() { throw FileError.alreadyExists(path: sidePath) }
    // Opened first: of a file that may not be written nothing is left beside it.
    let sink = try FileSink(regular: file, .append)
    if !isThere { try AtomicFile.replace(sidePath) { try copy(to: $0) } }
    try sink.truncate(to: offset)
    try sink.sync()
    try sink.close()
  }

  /// Copies the bytes. Zeros are not written: what a power failure has left without contents takes no room in the copy either.
  private func copy(to sink: FileSink) throws {
    var source = try FileSource(file, from: offset)
    var (copied, isBehind) = (0, false)
    while case let chunk = try Self.chunk(of: &source), !chunk.isEmpty {
      let isZero = chunk.allSatisfy { $0 == 0 }
      if !isZero {
        if isBehind { try sink.truncate(to: copied) }
        try sink.write(chunk)
      }
      copied += chunk.count
      if isZero { copied += try source.skip(source.hole()) }
      isBehind = isZero
    }
    if isBehind { try sink.truncate(to: copied) }
  }

  /// Whether the side file has just these bytes.
  private func isSaved() throws -> Bool {
    var (tail, saved) = (try FileSource(file, from: offset), try FileSource(sidePath, accepting: .regular))
    while true {
      let (left, right) = (try Self.chunk(of: &tail), try Self.chunk(of: &saved))
      if left != right { return false }
      if left.isEmpty { return true }
      if left.allSatisfy({ $0 == 0 }) {
        let hole = try min(tail.hole(), saved.hole())
        for source in [tail, saved] { try source.skip(hole) }
      }
    }
  }

  private static func chunk(of source: inout FileSource) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
