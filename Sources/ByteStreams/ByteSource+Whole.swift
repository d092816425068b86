// ByteSource+Whole.swift
// Many reads in one: a buffer filled, a source read to its end.

/// A source holds more bytes than the caller accepts.
package struct TooManyBytes: Error, Equatable {
  package let limit: Int
}

extension ByteSource {
  /// Fills `buffer` as far as the source has bytes; how many there were.
  package mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// All bytes to the source's end.
  /// - Parameters:
  ///   - expected: how many bytes there will likely be; a hint, believed up to 256 MiB until the bytes have come.
  ///   - limit: the most bytes accepted.
  /// - Throws: what reading throws, or `TooManyBytes` as soon as more than `limit` bytes have been seen.
  /// - Complexity: O(bytes), without a copy where `expected` is right.
  package mutating func readAll(expected: Int = 0, limit: Int = .max) throws -> [UInt8] {
    let largestReservation = 1 << 28
    let chunkSize = 1 << 18
    // One byte more than expected, so that the end is seen without a second buffer.
    let reserved = max(0, min(expected, limit, largestReservation)) + 1
    var bytes = try [UInt8](unsafeUninitializedCapacity: reserved) { buffer, count in
      count = try fill(UnsafeMutableRawBufferPointer(buffer))
    }
    if bytes.count > limit { throw TooManyBytes(limit: limit) }
    if bytes.count < reserved { return bytes }
    try withUnsafeTemporaryAllocation(byteCount: chunkSize, alignment: 16) { chunk in
      while case let count = try read(into: chunk), count > 0 {
        if count > limit - bytes.count { throw TooManyBytes(limit: limit) }
        bytes.append(contentsOf: chunk[..<count])
      }
    }
    return bytes
  }
}
