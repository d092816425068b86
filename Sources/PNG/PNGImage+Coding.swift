// PNGImage+Coding.swift
// Encodes a picture to the bytes of a PNG file, and decodes it.

import ByteStreams
import Parallel
import Zlib

extension PNGImage {
  /// Encodes the picture to the bytes of a PNG file: header, samples, end, and nothing else.
  /// - Parameters:
  ///   - filter: the prediction of rows; changes the size only.
  ///   - level: 0 (stored) … 9 (smallest).
  ///   - threads: the maximum number of threads, `processorCount` if nil; the bytes do not depend on it.
  /// - Throws: `PNGError.notEncoded`, or another error that says so, if the system has no memory.
  /// - Complexity: O(samples).
  public func encoded(filter: FilterStrategy = .adaptive, level: Int = 6, threads: Int? = nil) throws -> [UInt8] {
    var file = PNGLayout.signature
    file.appendHeader(of: self)
    file.appendImageData(try compressed(filter: filter, level: level, threads: threads))
    file.appendChunk("IEND", [])
    return file
  }

  /// Encodes the samples as the alpha of one gray: with a palette of that gray in every alpha, so that a pixel is one byte.
  /// - Throws: `PNGError.notEncoded`, or another error that says so, if the system has no memory.
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

  /// Filters the rows and compresses them to a zlib stream.
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

extension PNGImage {
  /// Decodes the bytes of a PNG file.
  ///
  /// Gray of 1, 2 and 4 bits is scaled to 8. Palettes become colors, and colors marked transparent get alpha. Pictures
  /// of 16 bits and interlaced ones are refused. Checksums of all chunks up to the end are verified. Descriptions of the
  /// picture (gamma, text) are ignored.
  /// - Parameter limit: the maximum number of bytes of samples.
  /// - Throws: `PNGError`, or an error that says so if the system has no memory for the samples.
  /// - Complexity: O(bytes + samples); takes the memory of the samples and of a few rows.
  public static func decode(_ file: [UInt8], limit: Int = 1 << 30) throws -> PNGImage {
    let contents = try PNGContents(file)
    let header = contents.header
    // Sides are below 2³¹ and a pixel has at most 4 bytes: neither product overflows.
    let (filteredCount, overflow) = (header.rowBytes + 1).multipliedReportingOverflow(by: header.height)
    let samples = header.width.multipliedReportingOverflow(by: header.height * contents.format.channels)
    guard !overflow, !samples.overflow, filteredCount - header.height <= limit, samples.partialValue <= limit else {
      throw PNGError.tooLarge(width: header.width, height: header.height, limit: limit)
    }
    // Take no memory for more samples than the compressed bytes can hold.
    let possible = contents.compressed.reduce(0) { $0 + $1.count }.multipliedReportingOverflow(by: Inflate.largestRatio)
    if !possible.overflow, filteredCount > possible.partialValue {
      throw PNGError.badPixelData(reason: "at most \(possible.partialValue) of \(filteredCount) bytes")
    }
    var rows = try RowReader(file, contents)
    try MemoryCheck.require(samples.partialValue)
    let pixels = try [UInt8](unsafeUninitializedCapacity: samples.partialValue) { pixels, filled in
      if let base = pixels.baseAddress { try rows.read(into: base) }
      filled = samples.partialValue
    }
    return PNGImage(width: header.width, height: header.height, format: contents.format, pixels: pixels)
  }
}

/// Expands the compressed samples some rows at a time, undoes their filters, and makes the pixels.
private struct RowReader {
  private let contents: PNGContents
  private var compressed: InflateReader
  /// The bytes of a row and the number of its filter before them.
  private let stride: Int

  private static let bandBytes = 1 << 16

  init(_ file: [UInt8], _ contents: PNGContents) throws {
    self.contents = contents
    compressed = try InflateReader(file, parts: contents.compressed)
    stride = 1 + contents.header.rowBytes
  }

  /// Reads all rows.
  /// - Parameter pixels: [height, width, channels].
  mutating func read(into pixels: UnsafeMutablePointer<UInt8>) throws {
    let (height, pixelBytes) = (contents.header.height, contents.header.width * contents.format.channels)
    let band = max(1, min(height, Self.bandBytes / stride))
    try MemoryCheck.require((1 + band) * stride)
    // The row above the band, then the band: [1 + band, stride].
    var rows = [UInt8](repeating: 0, count: (1 + band) * stride)
    for first in Swift.stride(from: 0, to: height, by: band) {
      let count = min(band, height - first)
      try rows.withUnsafeMutableBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        let read = try fill(rows + stride, count * stride)
        guard read == count * stride else {
          throw PNGError.badPixelData(reason: "\(first * stride + read) of \(height * stride) bytes")
        }
        for row in 1...count {
          let start = rows + row * stride
          try undoFilter(start, above: start - stride)
          try contents.expand(start + 1, into: pixels + (first + row - 1) * pixelBytes)
        }
        rows.update(from: rows + count * stride, count: stride)
      }
    }
    var surplus: UInt8 = 0
    if try fill(&surplus, 1) > 0 { throw PNGError.badPixelData(reason: "more than \(height * stride) bytes") }
  }

  /// Expands the next `count` bytes of the rows, and returns how many there were.
  private mutating func fill(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) throws(PNGError) -> Int {
    do {
      return try compressed.fill(UnsafeMutableRawBufferPointer(start: bytes, count: count))
    } catch {
      throw .badPixelData(reason: "\(error)")
    }
  }

  private func undoFilter(
    _ row: UnsafeMutablePointer<UInt8>, above: UnsafePointer<UInt8>
  ) throws(PNGError) {
    guard let filter = RowFilter(rawValue: row[0]) else { throw .badPixelData(reason: "unknown filter \(row[0])") }
    let header = contents.header
    let pixelBytes = max(1, header.color.channels * header.depth / 8)
    filter.undo(row + 1, above: above + 1, count: stride - 1, pixelBytes: pixelBytes)
  }
}

extension PNGHeader {
  /// The bytes of one row without the number of its filter.
  var rowBytes: Int { (width * color.channels * depth + 7) / 8 }
}
