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
  /// Gray of 1, 2 and 4 bits is scaled to 8; of 16 bits the higher 8 are kept. Palettes become colors, and colors marked
  /// transparent get alpha. Checksums of all chunks up to the end are verified. Descriptions of the picture (gamma, text) are
  /// ignored.
  /// - Parameter limit: the maximum number of bytes of samples.
  /// - Throws: `PNGError`, or an error that says so if the system has no memory for the samples.
  /// - Complexity: O(bytes + samples); takes the memory of the samples and of a few rows.
  public static func decode(_ file: [UInt8], limit: Int = 1 << 30) throws -> PNGImage {
    let contents = try PNGContents(file)
    let header = contents.header
    // Sides are below 2³¹ and a pixel has at most 4 samples: the inner product does not overflow.
    let samples = header.width.multipliedReportingOverflow(by: header.height * contents.format.channels)
    guard !samples.overflow, samples.partialValue <= limit, let filteredCount = header.filteredCount else {
      throw PNGError.tooLarge(width: header.width, height: header.height, limit: limit)
    }
    // Take no memory for more samples than the compressed bytes can hold.
    let possible = contents.compressed.reduce(0) { $0 + $1.count }.multipliedReportingOverflow(by: Inflate.largestRatio)
    if !possible.overflow, filteredCount > possible.partialValue {
      throw PNGError.badPixelData(reason: "at most \(possible.partialValue) of \(filteredCount) bytes")
    }
    var rows = try RowReader(file, contents, count: filteredCount)
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
  /// Bytes of all rows with the numbers of their filters, and of those before the current band.
  private let count: Int
  private var position = 0

  private static let bandBytes = 1 << 16

  init(_ file: [UInt8], _ contents: PNGContents, count: Int) throws {
    self.contents = contents
    self.count = count
    compressed = try InflateReader(file, parts: contents.compressed)
  }

  /// Reads all rows.
  /// - Parameter pixels: [height, width, channels].
  mutating func read(into pixels: UnsafeMutablePointer<UInt8>) throws {
    for pass in contents.header.passes { try read(pass, into: pixels) }
    var surplus: UInt8 = 0
    if try fill(&surplus, 1) > 0 { throw PNGError.badPixelData(reason: "more than \(count) bytes") }
  }

  private mutating func read(_ pass: InterlacePass, into pixels: UnsafeMutablePointer<UInt8>) throws {
    let stride = 1 + contents.header.rowBytes(of: pass.width)
    let band = max(1, min(pass.height, Self.bandBytes / stride))
    try MemoryCheck.require((1 + band) * stride)
    // The row above the band, then the band: [1 + band, stride].
    var rows = [UInt8](repeating: 0, count: (1 + band) * stride)
    var scattered = [UInt8](repeating: 0, count: pass.isWhole ? 0 : pass.width * contents.format.channels)
    for first in Swift.stride(from: 0, to: pass.height, by: band) {
      let bandCount = min(band, pass.height - first)
      try rows.withUnsafeMutableBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        let read = try fill(rows + stride, bandCount * stride)
        guard read == bandCount * stride else {
          throw PNGError.badPixelData(reason: "\(position + read) of \(count) bytes")
        }
        position += read
        for row in 1...bandCount {
          let start = rows + row * stride
          try undoFilter(start, above: start - stride, count: stride - 1)
          try expand(start + 1, row: first + row - 1, of: pass, through: &scattered, into: pixels)
        }
        rows.update(from: rows + bandCount * stride, count: stride)
      }
    }
  }

  /// Writes the pixels of a pass's row where they belong.
  /// - Parameter scattered: memory for the row's pixels, if they do not stand side by side in the picture.
  private func expand(
    _ bytes: UnsafePointer<UInt8>, row: Int, of pass: InterlacePass, through scattered: inout [UInt8],
    into pixels: UnsafeMutablePointer<UInt8>
  ) throws {
    let channels = contents.format.channels
    let start = pixels + ((pass.top + row * pass.down) * contents.header.width + pass.left) * channels
    if pass.isWhole { return try contents.expand(bytes, width: pass.width, into: start) }
    try scattered.withUnsafeMutableBufferPointer { scattered in
      guard let source = scattered.baseAddress else { return }
      try contents.expand(bytes, width: pass.width, into: source)
      for x in 0..<pass.width {
        let target = start + x * pass.across * channels
        for channel in 0..<channels { target[channel] = source[x * channels + channel] }
      }
    }
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
    _ row: UnsafeMutablePointer<UInt8>, above: UnsafePointer<UInt8>, count: Int
  ) throws(PNGError) {
    guard let filter = RowFilter(rawValue: row[0]) else { throw .badPixelData(reason: "unknown filter \(row[0])") }
    let header = contents.header
    let pixelBytes = max(1, header.color.channels * header.depth / 8)
    filter.undo(row + 1, above: above + 1, count: count, pixelBytes: pixelBytes)
  }
}
