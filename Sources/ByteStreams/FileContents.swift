// FileContents.swift
// A whole file in memory, bounded.

/// Reads whole files.
package enum FileContents {
  /// A claim larger than this is not believed until the bytes have come.
  private static let largestReservation = 1 << 28
  private static let chunkSize = 1 << 18

  /// All bytes of the file at `path`, which may be a pipe.
  /// - Parameter limit: the most bytes accepted.
  /// - Throws: `FileError`; `.tooLarge` as soon as more than `limit` bytes have been seen.
  /// - Complexity: O(bytes), one copy for regular files.
  package static func read(_ path: String, limit: Int = .max) throws -> [UInt8] {
    let source = try FileSource(path)
    let claim = try source.claimedSize() ?? 0
    // One byte more than claimed, so that the end is seen without a second buffer.
    var bytes = try [UInt8](unsafeUninitializedCapacity: min(claim, limit, largestReservation) + 1) { buffer, count in
      count = try fill(UnsafeMutableRawBufferPointer(buffer), from: source)
    }
    if bytes.count > limit { throw FileError.tooLarge(path: path, limit: limit) }
    if bytes.count <= min(claim, limit, largestReservation) { return bytes }
    try withUnsafeTemporaryAllocation(byteCount: chunkSize, alignment: 16) { chunk in
      while case let count = try source.read(into: chunk), count > 0 {
        if count > limit - bytes.count { throw FileError.tooLarge(path: path, limit: limit) }
        bytes.append(contentsOf: chunk[..<count])
      }
    }
    return bytes
  }

  /// Fills `buffer` as far as the source has bytes; how many there were.
  private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from source: FileSource) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Removes the file at `path`.
  package static func remove(_ path: String) throws(FileError) { try SystemCalls.removeFile(path) }
}
