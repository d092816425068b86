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
    var name = Directory.lastPart(of: file)
    while let mark = name.firstRange(of: EventFileName.mark) { name.removeSubrange(mark) }
    return Directory.join(Directory.parent(of: file), "\(name).torn-tail-\(offset)")
  }

  /// Writes the bytes into a file of their own, then cuts them off. A repair that was itself cut off in between is completed.
  /// - Throws: `FileError`, `.inUse` among them while a writer has the directory, `.link` and `.severalNames` for a file that
  ///   something else is named by as well, `.alreadyExists` where the side file is there with other bytes;
  ///   `EventFileError.changed` where the file is no longer what it was.
  public func repair() throws {
    let lock = try DirectoryLock(Directory.parent(of: file))
    defer { lock.release() }
    WholeFile.removeLeftovers(in: lock.path)
    guard try FileStatus.of(file)?.size == offset + count else { throw EventFileError.changed(path: file) }
    let isThere = try FileStatus.of(sidePath) != nil
    if isThere, try !isSaved() { throw FileError.alreadyExists(path: sidePath) }
    // Opened first: of a file that may not be written nothing is left beside it.
    let sink = try FileSink(file, .append)
    if !isThere {
      try WholeFile.replace(sidePath) { sink in
        var source = try FileSource(file, from: offset)
        while case let chunk = try Self.chunk(of: &source), !chunk.isEmpty { try sink.write(chunk) }
      }
    }
    try sink.truncate(to: offset)
    try sink.sync()
    try sink.close()
  }

  /// Whether the side file has just these bytes.
  private func isSaved() throws -> Bool {
    var (tail, saved) = (try FileSource(file, from: offset), try FileSource(sidePath))
    while true {
      let (left, right) = (try Self.chunk(of: &tail), try Self.chunk(of: &saved))
      if left != right { return false }
      if left.isEmpty { return true }
    }
  }

  private static func chunk(of source: inout FileSource) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
