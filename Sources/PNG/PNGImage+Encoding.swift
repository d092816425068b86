// PNGImage+Encoding.swift
// A picture to the bytes of a PNG file.

import Zlib

extension PNGImage {
  /// The bytes of a PNG file with this picture: header, samples, end, and nothing else.
  /// - Parameters:
  ///   - filter: how rows are predicted; changes the size only.
  ///   - level: 0 (stored) … 9 (smallest).
  ///   - threads: at most so many work at once, all of the machine's where nil; the bytes do not depend on it.
  /// - Throws: `PNGError.notEncoded` where the system has no memory.
  /// - Complexity: O(samples).
  public func encoded(filter: FilterStrategy = .adaptive, level: Int = 6, threads: Int? = nil) throws -> [UInt8] {
    let threads = max(1, threads ?? processorCount)
    var file = PNGLayout.signature
    var header: [UInt8] = []
    header.appendBigEndian(UInt32(width))
    header.appendBigEndian(UInt32(height))
    // Bits of a sample, colour type, deflate, the five filters, not interlaced.
    header += [8, ColourType(format).rawValue, 0, 0, 0]
    file.appendChunk("IHDR", header[...])
    let compressed = try compressed(filter: filter, level: level, threads: threads)
    file.reserveCapacity(compressed.count + 64)
    for start in stride(from: 0, to: compressed.count, by: PNGLayout.largestChunk) {
      file.appendChunk("IDAT", compressed[start..<min(start + PNGLayout.largestChunk, compressed.count)])
    }
    file.appendChunk("IEND", [])
    return file
  }

  private func compressed(filter: FilterStrategy, level: Int, threads: Int) throws -> [UInt8] {
    do {
      return try Deflate.zlib(filter.filtered(self, threads: threads), level: level, threads: threads)
    } catch {
      throw PNGError.notEncoded(reason: "\(error)")
    }
  }
}

extension [UInt8] {
  /// Length, name, bytes, and the checksum of name and bytes.
  fileprivate mutating func appendChunk(_ name: String, _ bytes: ArraySlice<UInt8>) {
    let name = Array(name.utf8)
    appendBigEndian(UInt32(bytes.count))
    self += name
    self += bytes
    appendBigEndian(bytes.withUnsafeBytes { CRC32.of($0, after: CRC32.of(name)) })
  }
}
