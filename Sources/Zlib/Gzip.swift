// Gzip.swift
// Whole gzip files, from disk or memory.

import ByteStreams

/// Expands whole gzip files.
package enum Gzip {
  /// True where `bytes` begin like a gzip file.
  package static func isCompressed(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// The text of the gzip file at `path`, every member verified.
  /// - Parameters:
  ///   - expected: how many bytes the text likely has; a hint that saves a copy.
  ///   - limit: the most bytes of text accepted.
  /// - Throws: `ZlibError`, `FileError`.
  package static func inflate(path: String, expected: Int = 0, limit: Int = .max) throws -> [UInt8] {
    try readAll(GzipSource(FileSource(path), name: path, limit: limit), expected: expected)
  }

  /// The text of a gzip file in memory, every member verified.
  package static func inflate(_ bytes: [UInt8], expected: Int = 0, limit: Int = .max) throws -> [UInt8] {
    try readAll(GzipSource(MemorySource(bytes), limit: limit), expected: expected)
  }

  private static func readAll(_ source: GzipSource<some ByteSource>, expected: Int) throws -> [UInt8] {
    var source = source
    return try source.readAll(expected: expected)
  }
}
