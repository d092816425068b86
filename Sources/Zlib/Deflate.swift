// Deflate.swift
// Compresses bytes to zlib and gzip on several threads; the result does not depend on their number.

import Parallel

/// Compresses bytes.
///
/// The text is split into blocks of 128 KiB. Each is deflated by itself, primed with the 32 KiB before it, and flushed to a byte
/// boundary, so that all blocks in a row are one deflate stream (RFC 1951). For a text of many blocks, a test of three of them
/// chooses the matching of all.
package enum Deflate {
  static let blockSize = 128 << 10
  /// The fewest blocks for which matchings are compared; shorter texts use the default matching.
  private static let fewestBlocksToCompare = 16
  /// The bytes of a block that are compressed to compare matchings.
  private static let comparedBytes = 32 << 10
  /// The distance that deflate can refer back, in bytes.
  static let windowSize = 32 << 10

  /// Compresses `bytes` to a zlib stream (RFC 1950).
  /// - Parameters:
  ///   - level: 0 (stored) … 9 (smallest).
  ///   - threads: the maximum number of threads; the result does not depend on it.
  /// - Throws: `ZlibError.outOfMemory`.
  package static func zlib(
    _ bytes: [UInt8], level: Int = 6, threads: Int = processorCount
  ) throws -> [UInt8] {
    let blocks = try compress(bytes, level: level, threads: threads) { Adler32.of($0) }
    var output = join(blocks, header: zlibHeader(level: level))
    output.appendBigEndian(blocks.reduce(1) { Adler32.combine($0, $1.checksum, count: $1.length) })
    return output
  }

  /// Compresses `bytes` to a gzip file of one member, without name or time (RFC 1952).
  package static func gzip(
    _ bytes: [UInt8], level: Int = 6, threads: Int = processorCount
  ) throws -> [UInt8] {
    let blocks = try compress(bytes, level: level, threads: threads) { CRC32.of($0) }
    // Magic number, deflate, no flags, no time, no extra flags, unknown system.
    var output = join(blocks, header: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
    output.appendLittleEndian(blocks.reduce(0) { CRC32.combine($0, $1.checksum, count: $1.length) })
    output.appendLittleEndian(UInt32(truncatingIfNeeded: bytes.count))
    return output
  }

  private struct Block: Sendable {
    let compressed: [UInt8]
    /// The checksum of the block's text, which has `length` bytes.
    let checksum: UInt32
    let length: Int
  }

  private static func compress(
    _ bytes: [UInt8], level: Int, threads: Int, checksum: @Sendable (UnsafeRawBufferPointer) -> UInt32
  ) throws -> [Block] {
    precondition((0...9).contains(level), "the level of compression is 0 … 9")
    let count = max(1, (bytes.count + blockSize - 1) / blockSize)
    let matching =
      try count < fewestBlocksToCompare || level == 0 ? .anywhere : shorter(of: bytes, level: level, threads: threads)
    return try parallelMap(count, threads: threads) { index in
      try bytes.withUnsafeBytes { text in
        let (block, window) = part(index, of: text)
        let compressed = try DeflateBlock.compress(
          block, after: window, level: level, matching: matching, isLast: index == count - 1)
        return Block(compressed: compressed, checksum: checksum(block), length: block.count)
      }
    }
  }

  /// Returns the matching that compresses the beginnings of three blocks, spread over the text, better.
  private static func shorter(of bytes: [UInt8], level: Int, threads: Int) throws -> Matching {
    let sizes = try parallelMap(6, threads: threads) { index in
      try bytes.withUnsafeBytes { text in
        let (block, window) = part((index / 2 + 1) * (bytes.count / blockSize) / 4, of: text)
        return try DeflateBlock.compress(
          UnsafeRawBufferPointer(rebasing: block.prefix(comparedBytes)), after: window, level: level,
          matching: index % 2 == 0 ? .runs : .anywhere, isLast: false
        ).count
      }
    }
    return sizes[0] + sizes[2] + sizes[4] < sizes[1] + sizes[3] + sizes[5] ? .runs : .anywhere
  }

  /// Returns a block and the window of text before it.
  private static func part(
    _ index: Int, of text: UnsafeRawBufferPointer
  ) -> (block: UnsafeRawBufferPointer, window: UnsafeRawBufferPointer) {
    let start = index * blockSize
    return (
      UnsafeRawBufferPointer(rebasing: text[start..<min(start + blockSize, text.count)]),
      UnsafeRawBufferPointer(rebasing: text[max(0, start - windowSize)..<start])
    )
  }

  private static func join(_ blocks: [Block], header: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(header.count + blocks.reduce(0) { $0 + $1.compressed.count } + 8)
    output += header
    for block in blocks { output += block.compressed }
    return output
  }

  /// Returns the two bytes of the header: deflate with a 32 KiB window, and the class of the level; a multiple of 31.
  private static func zlibHeader(level: Int) -> [UInt8] {
    switch level {
    case 0, 1: [0x78, 0x01]
    case 2...5: [0x78, 0x5E]
    case 6: [0x78, 0x9C]
    default: [0x78, 0xDA]
    }
  }
}

extension [UInt8] {
  /// Appends the four bytes of `value`, the highest first.
  package mutating func appendBigEndian(_ value: UInt32) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  /// Appends the four bytes of `value`, the lowest first.
  mutating func appendLittleEndian(_ value: UInt32) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
