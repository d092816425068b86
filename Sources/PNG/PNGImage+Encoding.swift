// PNGImage+Encoding.swift
// A picture to the bytes of a PNG file.

import ByteStreams
import Parallel
import Zlib

extension PNGImage {
  /// The bytes of a PNG file with this picture: header, samples, end, and nothing else.
  /// - Parameters:
  ///   - filter: how rows are predicted; changes the size only.
  ///   - level: 0 (stored) … 9 (smallest).
  ///   - threads: the most threads that work at once, `processorCount` if nil; the bytes do not depend on it.
  /// - Throws: `PNGError.notEncoded`, or another error that says so, where the system has no memory.
  /// - Complexity: O(samples).
  public func encoded(filter: FilterStrategy = .adaptive, level: Int = 6, threads: Int? = nil) throws -> [UInt8] {
    var file = PNGLayout.signature
    file.appendHeader(of: self)
    file.appendImageData(try compressed(filter: filter, level: level, threads: threads))
    file.appendChunk("IEND", [])
    return file
  }

  /// The bytes of a PNG file in which the samples are the alpha of one gray: a palette of that gray with every alpha, so that a
  /// pixel is one byte.
  /// - Throws: `PNGError.notEncoded`, or another error that says so, where the system has no memory.
  /// - Precondition: the format is gray.
  package func encodedAsInk(level gray: UInt8, threads: Int? = nil) throws -> [UInt8] {
    precondition(format == .gray, "an ink has one sample a pixel")
    var file = PNGLayout.signature
    file.appendHeader(of: self, color: .palette)
    file.appendChunk("PLTE", [UInt8](repeating: gray, count: 3 * 256)[...])
    file.appendChunk("tRNS", Array(UInt8.min ... .max)[...])
    file.appendImageData(try compressed(filter: .none, level: 6, threads: threads))
    file.appendChunk("IEND", [])
    return file
  }

  /// The filtered rows as a zlib stream.
  func compressed(filter: FilterStrategy, level: Int, threads: Int?) throws -> [UInt8] {
    let threads = max(1, threads ?? processorCount)
    try MemoryCheck.require(2 * pixels.count)
    do {
      return try Deflate.zlib(filter.filtered(self, threads: threads), level: level, threads: threads)
    } catch {
      throw PNGError.notEncoded(reason: "\(error)")
    }
  }
}

extension [UInt8] {
  /// Bits of a sample, color type, deflate, the five filters, not interlaced.
  mutating func appendHeader(of image: PNGImage, color: ColorType? = nil) {
    var header: [UInt8] = []
    header.appendBigEndian(UInt32(image.width))
    header.appendBigEndian(UInt32(image.height))
    header += [8, (color ?? ColorType(image.format)).rawValue, 0, 0, 0]
    appendChunk("IHDR", header[...])
  }

  /// A zlib stream, in as many chunks as it takes.
  mutating func appendImageData(_ compressed: [UInt8]) {
    reserveCapacity(count + compressed.count + 64)
    for start in stride(from: 0, to: compressed.count, by: PNGLayout.largestChunk) {
      appendChunk("IDAT", compressed[start..<Swift.min(start + PNGLayout.largestChunk, compressed.count)])
    }
  }

  /// Length, name, bytes, and the checksum of name and bytes.
  mutating func appendChunk(_ name: String, _ bytes: ArraySlice<UInt8>) {
    let name = Array(name.utf8)
    appendBigEndian(UInt32(bytes.count))
    self += name
    self += bytes
    appendBigEndian(bytes.withUnsafeBytes { CRC32.of($0, after: CRC32.of(name)) })
  }
}
