// Inflate.swift
// A zlib stream in memory, expanded within a limit.

/// Expands bytes.
package enum Inflate {
  /// The text of a zlib stream (RFC 1950), its checksum verified.
  /// - Parameters:
  ///   - expected: how many bytes the text likely has; a hint, which reserves no more than the stream could expand to.
  ///   - limit: the most bytes accepted.
  /// - Throws: `ZlibError`.
  /// - Complexity: O(compressed + text); memory grows with the text as it comes.
  package static func zlib(
    _ bytes: [UInt8], expected: Int = 0, limit: Int = .max
  ) throws -> [UInt8] {
    let stream = try InflateStream(.zlib)
    var offset = 0
    var text: [UInt8] = []
    text.reserveCapacity(min(expected, limit, bytes.count &* largestRatio))
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let (consumed, produced, status) = try bytes.withUnsafeBytes { input in
        try chunk.withUnsafeMutableBytes { output in
          try stream.run(UnsafeRawBufferPointer(rebasing: input[offset...]), into: output)
        }
      }
      offset += consumed
      if produced > limit - text.count { throw ZlibError.tooLarge(name: nil, limit: limit) }
      text += chunk[..<produced]
      switch status {
      case .corrupt(let reason): throw ZlibError.corrupt(name: nil, offset: offset, reason: reason)
      case .more where consumed == 0 && produced == 0: throw ZlibError.truncated(name: nil, offset: offset)
      case .more: continue
      case .end where offset < bytes.count: throw ZlibError.trailingBytes(name: nil, offset: offset)
      case .end: return text
      }
    }
  }

  /// Deflate expands a byte to less than this many.
  private static let largestRatio = 1040
}
