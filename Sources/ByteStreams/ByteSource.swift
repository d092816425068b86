// ByteSource.swift
// Where bytes come from: a file or memory.

/// Gives bytes in order.
public protocol ByteSource {
  /// Fills the front of `buffer` and says how many bytes it put there: 0 where there are no more now (a file that
  /// somebody is still writing may have more later), or where the buffer is empty.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Gives the bytes of an array.
public struct MemorySource: ByteSource, Sendable {
  private let bytes: [UInt8]
  /// How many bytes have been given.
  public private(set) var offset = 0

  /// A source of all of `bytes`.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Gives the next bytes, as many as there are and fit.
  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - offset)
    bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
    offset += count
    return count
  }
}
