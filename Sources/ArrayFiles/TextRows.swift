// TextRows.swift
// A text file opened for its rows: its delimiter found, its first line looked at.

import ByteStreams

/// A delimited text file at its beginning.
struct TextRows {
  let path: String
  var reader: DelimitedText<FileSource>

  /// - Parameter delimiter: found by the name and the first line, if nil.
  /// - Throws: `FileError`.
  init(_ path: String, delimiter: Delimiter?) throws {
    self.path = path
    let found = try delimiter ?? Delimiter.detected(name: path, firstLine: Self.firstLine(of: path))
    reader = DelimitedText(try FileSource(path), delimiter: found, path: path)
  }

  /// The first line as far as a delimiter will be seen in it. Of a pipe nothing can be read twice.
  private static func firstLine(of path: String) throws -> [UInt8] {
    var source = try FileSource(path)
    guard try source.claimedSize() != nil else { return [] }
    let front = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
    }
    return Array(front.prefix { $0 != 0x0A })
  }
}
