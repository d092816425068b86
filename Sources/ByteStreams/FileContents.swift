// FileContents.swift
// A whole file in memory, bounded.

/// Reads whole files, and removes them.
package enum FileContents {
  /// All bytes of the file at `path`.
  /// - Parameters:
  ///   - limit: the most bytes accepted.
  ///   - files: what may stand there.
  /// - Throws: `FileError`; `.tooLarge` as soon as the file is known to have more than `limit` bytes, `.notAFile` for what is not
  ///   accepted.
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
