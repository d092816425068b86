// Inflate.swift
// Expands zlib streams in memory, whole or piece by piece.

import ByteStreams

/// Expands a zlib stream (RFC 1950) that lies in one or more parts of an array, without copying the compressed bytes.
package struct InflateReader {
  private let stream: InflateStream
  private let bytes: [UInt8]
  private var parts: ArraySlice<Range<Int>>
  /// The number of compressed bytes used.
  private var offset = 0
  private var hasEnded = false

  /// - Parameter parts: the ranges of the stream's bytes, in their order.
  package init(_ bytes: [UInt8], parts: [Range<Int>]) throws(ZlibError) {
    stream = try InflateStream(.zlib)
    self.bytes = bytes
    self.parts = parts[...]
  }

  /// Fills `buffer` with the next text and returns the number of bytes, which is smaller than the buffer only at the stream's end.
  /// The checksum has been verified then.
  /// - Throws: `ZlibError`; `.trailingBytes` if bytes follow the stream's end.
  package mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count, !hasEnded {
      let (consumed, produced, status) = try advance(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      filled += produced
      switch status {
      case .corrupt(let reason): throw ZlibError.corrupt(name: nil, offset: offset, reason: reason)
      case .more where consumed == 0 && produced == 0: throw ZlibError.truncated(name: nil, offset: offset)
      case .more: break
      case .end:
        if parts.contains(where: { !$0.isEmpty }) { throw ZlibError.trailingBytes(name: nil, offset: offset) }
        hasEnded = true
      }
    }
    return filled
  }

  private mutating func advance(
    _ buffer: UnsafeMutableRawBufferPointer
  ) throws -> (consumed: Int, produced: Int, status: InflateStream.Status) {
    while let part = parts.first, part.isEmpty { parts.removeFirst() }
    let part = parts.first ?? 0..<0
    let result = try bytes.withUnsafeBytes {
      try stream.run(UnsafeRawBufferPointer(rebasing: $0[part]), into: buffer)
    }
    if !parts.isEmpty { parts[parts.startIndex] = part.lowerBound + result.consumed..<part.upperBound }
    offset += result.consumed
    return result
  }
}

/// Expands bytes.
package enum Inflate {
  /// Returns the text of a zlib stream (RFC 1950), its checksum verified.
  /// - Parameters:
  ///   - expected: how many bytes the text likely has; a hint, which reserves no more than the stream could expand to.
  ///   - limit: the maximum number of bytes of text.
  /// - Throws: `ZlibError`.
  /// - Complexity: O(compressed + text); memory grows with the text.
  package static func zlib(
    _ bytes: [UInt8], expected: Int = 0, limit: Int = .max
  ) throws -> [UInt8] {
    var reader = try InflateReader(bytes, parts: [0..<bytes.count])
    var text: [UInt8] = []
    text.reserveCapacity(min(expected, limit, bytes.count &* largestRatio))
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let produced = try chunk.withUnsafeMutableBytes { try reader.fill($0) }
      if produced > limit - text.count { throw ZlibError.tooLarge(name: nil, limit: limit) }
      text += chunk[..<produced]
      if produced < chunk.count { return text }
    }
  }

  /// A compressed byte expands to fewer bytes than this.
  package static let largestRatio = 1040
}
