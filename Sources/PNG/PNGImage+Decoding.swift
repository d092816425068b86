// PNGImage+Decoding.swift
// The bytes of a PNG file to a picture.

import Zlib

extension PNGImage {
  /// The picture in the bytes of a PNG file.
  ///
  /// Grey of 1, 2 and 4 bits is scaled to 8. Palettes become colours, and colours marked transparent get alpha. Pictures
  /// of 16 bits and interlaced ones are refused. Checksums of all chunks up to the end are verified; what describes the
  /// picture (gamma, text) is passed over.
  /// - Parameter limit: the most bytes of samples accepted; memory is taken only as they come.
  /// - Throws: `PNGError`.
  /// - Complexity: O(bytes + samples).
  public static func decode(_ file: [UInt8], limit: Int = 1 << 30) throws -> PNGImage {
    var contents = try PNGContents(file)
    let header = contents.header
    let rowBytes = header.rowBytes
    // Sides are below 2³¹ and a pixel has at most 4 bytes: neither product overflows.
    let (filteredCount, overflow) = (rowBytes + 1).multipliedReportingOverflow(by: header.height)
    let samples = header.width.multipliedReportingOverflow(by: header.height * contents.format.channels)
    guard !overflow, !samples.overflow, filteredCount - header.height <= limit, samples.partialValue <= limit else {
      throw PNGError.tooLarge(width: header.width, height: header.height, limit: limit)
    }
    var rows: [UInt8]
    do {
      rows = try Inflate.zlib(contents.takeCompressed(), expected: filteredCount, limit: filteredCount)
    } catch ZlibError.tooLarge {
      throw PNGError.badPixelData(reason: "more than \(filteredCount) bytes")
    } catch {
      throw PNGError.badPixelData(reason: "\(error)")
    }
    guard rows.count == filteredCount else {
      throw PNGError.badPixelData(reason: "\(rows.count) of \(filteredCount) bytes")
    }
    try header.undoFilters(&rows)
    let pixels = try contents.expanded(rows)
    return PNGImage(width: header.width, height: header.height, format: contents.format, pixels: pixels)
  }
}

extension PNGHeader {
  /// Bytes of one row without the number of its filter.
  var rowBytes: Int { (width * colour.channels * depth + 7) / 8 }

  /// Turns [height, 1 + rowBytes] of differences into samples, in place.
  fileprivate func undoFilters(_ rows: inout [UInt8]) throws(PNGError) {
    let pixelBytes = max(1, colour.channels * depth / 8)
    let stride = 1 + rowBytes
    let zeros = [UInt8](repeating: 0, count: rowBytes)
    var unknown: UInt8?
    rows.withUnsafeMutableBufferPointer { rows in
      zeros.withUnsafeBufferPointer { zeros in
        guard let rows = rows.baseAddress, let zeros = zeros.baseAddress else { return }
        for row in 0..<height {
          let start = rows + row * stride
          guard let filter = RowFilter(rawValue: start[0]) else {
            unknown = start[0]
            return
          }
          let above = row == 0 ? zeros : UnsafePointer(start - stride + 1)
          filter.undo(start + 1, above: above, count: rowBytes, pixelBytes: pixelBytes)
        }
      }
    }
    if let unknown { throw .badPixelData(reason: "unknown filter \(unknown)") }
  }
}
