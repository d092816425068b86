// ScriptedSource.swift
// A source of bytes that follows a script: some bytes, then none for now, then more.

import ByteStreams

/// Gives its chunks one after the other, never two in one read; an empty chunk is one "no more now".
package struct ScriptedSource: ByteSource {
  private var chunks: [[UInt8]]
  /// Thrown when the chunks are used up; without one the source is at its end.
  package var failure: (any Error)?

  package init(chunks: [[UInt8]], failure: (any Error)? = nil) {
    self.chunks = chunks
    self.failure = failure
  }

  /// `bytes` in chunks of `size`.
  package init(_ bytes: [UInt8], inChunksOf size: Int) {
    chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
  }

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard buffer.count > 0 else { return 0 }
    guard let chunk = chunks.first else {
      if let failure { throw failure }
      return 0
    }
    let count = min(chunk.count, buffer.count)
    buffer.copyBytes(from: chunk[..<count])
    if count == chunk.count { chunks.removeFirst() } else { chunks[0].removeFirst(count) }
    return count
  }
}
