// RandomAccessSource.swift
// Reads an open file from its beginning to its end, without moving any other reader of it.

/// Gives the bytes of an open file in order.
package struct RandomAccessSource: ByteSource, Sendable {
  private let file: RandomAccessFile
  private var offset = 0

  /// Makes a source of all bytes of `file`.
  package init(_ file: RandomAccessFile) { self.file = file }

  /// Gives the next bytes, as many as there are and fit.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try file.read(at: offset, into: buffer)
    offset += count
    return count
  }
}
