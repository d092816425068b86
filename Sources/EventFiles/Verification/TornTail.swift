// TornTail.swift
// Repairs a file whose end is not whole records: moves these bytes to another file.

import ByteStreams

/// The damaged end of a file: a part of a record that an interrupted writer left, or damaged records and zeros that a power
/// failure left.
public struct TornTail: Equatable, Sendable {
  /// The file's path.
  public let file: String
  /// The start of the damaged bytes; everything before it is whole.
  public let offset: Int
  /// The number of damaged bytes.
  public let count: Int

  /// The path of the file that receives the bytes: beside the damaged file, with a name that TensorBoard ignores.
  public var sidePath: String {
    var bytes = Array(Directory.lastPart(of: file).utf8)
    while let mark = bytes.firstRange(of: EventFileName.mark.utf8) { bytes.removeSubrange(mark) }
    let name = String(decoding: bytes, as: UTF8.self)
    return Directory.join(Directory.parent(of: file), "\(name).torn-tail-\(offset)")
  }

  /// Writes the bytes to the side file, then truncates the damaged file. Completes a repair that was interrupted in between.
  /// - Throws: `FileError`, among them `.inUse` while a writer has the directory, `.link` and `.severalNames` for a file with
  ///   other names, `.alreadyExists` if the side file exists with other bytes; `EventFileError.changed` if the file has changed
  ///   since it was verified.
  public func repair() throws {
    let lock = try DirectoryLock(Directory.parent(of: file))
    defer { lock.release() }
    AtomicFile.removeLeftovers(in: lock.path)
    guard try FileStatus.of(file)?.size == offset + count else { throw EventFileError.changed(path: file) }
    let isThere = try FileStatus.of(sidePath) != nil
    if isThere, try !isSaved() { throw FileError.alreadyExists(path: sidePath) }
    // Opens the file first, so that a file without write permission gets no side file.
    let sink = try FileSink(regular: file, .append)
    if !isThere { try AtomicFile.replace(sidePath) { try copy(to: $0) } }
    try sink.truncate(to: offset)
    try sink.sync()
    try sink.close()
  }

  /// Copies the bytes. Leaves holes for zeros, which need no space on the device in the damaged file either.
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

  /// Returns true if the side file holds exactly these bytes.
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
