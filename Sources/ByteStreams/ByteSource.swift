// ByteSource.swift
// Gives bytes in order, from a file or memory: some, as many as fit, or all up to a limit.

/// Gives bytes in order.
public protocol ByteSource {
  /// Fills the front of `buffer` and returns how many bytes it put there: 0 where there are no more now (a file that
  /// somebody is still writing may have more later), or where the buffer is empty.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Gives the bytes of an array.
public struct MemorySource: ByteSource, Sendable {
  private let bytes: [UInt8]
  /// The number of bytes given so far.
  public private(set) var offset = 0

  /// Makes a source of all of `bytes`.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Gives the next bytes, as many as there are and fit.
  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - offset)
    bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
    offset += count
    return count
  }
}

/// A source holds more bytes than the caller accepts.
package struct TooManyBytes: Error, Equatable {
  package let limit: Int
}

extension ByteSource {
  /// Fills `buffer` as far as the source has bytes, and returns their number.
  package mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Reads all bytes to the source's end.
  /// - Parameters:
  ///   - expected: how many bytes there will likely be; a hint, see `extend`.
  ///   - limit: the maximum number of bytes.
  /// - Throws: what reading throws, `NoMemory`, or `TooManyBytes` as soon as more than `limit` bytes have been seen.
  /// - Complexity: O(bytes), without a copy where `expected` is right and at most 256 MiB.
  package mutating func readAll(expected: Int = 0, limit: Int = .max) throws -> [UInt8] {
    // One byte more than accepted, so that a surplus is seen.
    let bytes = try readUpTo(limit == .max ? .max : limit + 1, expected: expected)
    if bytes.count > limit { throw TooManyBytes(limit: limit) }
    return bytes
  }

  /// Reads the next `count` bytes, or fewer at the source's end.
  /// - Parameter expected: how many bytes there will likely be.
  /// - Throws: as `extend`.
  package mutating func readUpTo(_ count: Int, expected: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try extend(&bytes, to: count, expected: expected)
    return bytes
  }

  /// Appends the next bytes, until `bytes` has `count` of them or the source ends.
  ///
  /// A wrong `expected` costs little memory: 256 MiB are reserved at first, then at most four times the bytes that have come.
  /// - Parameter expected: how many bytes `bytes` will likely have in the end.
  /// - Throws: what reading throws, or `NoMemory`.
  package mutating func extend(_ bytes: inout [UInt8], to count: Int, expected: Int) throws {
    let chunkSize = 1 << 18
    if bytes.isEmpty {
      // One byte more than expected, so that the end is seen without a second buffer.
      let reserved = min(count, max(0, min(expected, 1 << 28)) + 1)
      try MemoryCheck.require(reserved)
      bytes = try [UInt8](unsafeUninitializedCapacity: reserved) { buffer, filled in
        filled = try fill(UnsafeMutableRawBufferPointer(buffer))
      }
      if bytes.count < reserved { return }
    }
    try withUnsafeTemporaryAllocation(byteCount: chunkSize, alignment: 16) { chunk in
      while bytes.count < count {
        let part = UnsafeMutableRawBufferPointer(rebasing: chunk[..<min(chunkSize, count - bytes.count)])
        let read = try read(into: part)
        if read == 0 { return }
        let wanted = bytes.count + read
        if wanted > bytes.capacity {
          let hint = expected < .max ? min(expected + 1, max(4 * wanted, 1 << 28)) : 0
          let room = min(count, max(2 * wanted, hint))
          try MemoryCheck.require(room)
          bytes.reserveCapacity(room)
        }
        bytes.append(contentsOf: part[..<read])
      }
    }
  }
}
