// FileContents.swift
// A whole file in memory, bounded.

/// Reads whole files, and removes them.
package enum FileContents {
  /// All bytes of the file at `path`, which may be a pipe.
  /// - Parameter limit: the most bytes accepted.
  /// - Throws: `FileError`; `.tooLarge` as soon as the file is known to have more than `limit` bytes.
  /// - Complexity: O(bytes), one copy for regular files.
  package static func read(_ path: String, limit: Int = .max) throws -> [UInt8] {
    var source = try FileSource(path)
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
