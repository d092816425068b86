// TornTail.swift
// Bytes at the end of a file that are no whole record, and how they are cut off.

import ByteStreams

/// What a writer that was interrupted has left of its last record.
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

  /// Writes the bytes into a file of their own, then cuts them off.
  /// - Throws: `FileError`, `.inUse` among them while a writer has the directory, `.alreadyExists` where the side file
  ///   is there; `EventFileError.changed` where the file is no longer what it was.
  public func repair() throws {
    let lock = try DirectoryLock(Directory.parent(of: file))
    defer { lock.release() }
    guard try FileStatus.of(file)?.size == offset + count else { throw EventFileError.changed(path: file) }
    if try FileStatus.of(sidePath) != nil { throw FileError.alreadyExists(path: sidePath) }
    // Opened first: of a file that may not be written nothing is left beside it.
    let sink = try FileSink(file, .append)
    var source = try FileSource(file, from: offset)
    try WholeFile.replace(sidePath) { sink in
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while case let read = try buffer.withUnsafeMutableBytes({ try source.fill($0) }), read > 0 {
        try sink.write(Array(buffer[..<read]))
      }
    }
    try sink.truncate(to: offset)
    try sink.sync()
    try sink.close()
  }
}
