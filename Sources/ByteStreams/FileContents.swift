// FileContents.swift
// A whole file in memory, bounded.

/// Reads whole files, and removes them.
package enum FileContents {
  /// All bytes of the file at `path`, which may be a pipe.
  /// - Parameter limit: the most bytes accepted.
  /// - Throws: `FileError`; `.tooLarge` as soon as more than `limit` bytes have been seen.
  /// - Complexity: O(bytes), one copy for regular files.
  package static func read(_ path: String, limit: Int = .max) throws -> [UInt8] {
    var source = try FileSource(path)
    do {
      return try source.readAll(expected: source.claimedSize() ?? 0, limit: limit)
    } catch is TooManyBytes {
      throw FileError.tooLarge(path: path, limit: limit)
    }
  }

  /// Removes the file at `path`.
  package static func remove(_ path: String) throws(FileError) { try SystemCalls.removeFile(path) }
}
