// JPEGHeader.swift
// The size, channels and orientation of a JPEG, read from its segments without decoding.

package import PNG

/// The facts that a JPEG states before its compressed samples.
package struct JPEGHeader: Equatable, Sendable {
  /// Pixels in a stored row, before the orientation is applied: 1 … 65,535.
  package let storedWidth: Int
  /// Stored rows: 1 … 65,535.
  package let storedHeight: Int
  /// Samples of a stored pixel: 1 (gray), 3 (RGB or YCbCr) or 4 (CMYK or YCCK).
  package let channels: Int
  /// How the stored image must be turned.
  package let orientation: Orientation
  /// False for progressive files.
  let isSequential: Bool
  /// 8×8 blocks of samples in all channels.
  private let blocks: Int

  /// Pixels in a row of the upright image.
  package var width: Int { orientation.swapsSides ? storedHeight : storedWidth }
  /// Rows of the upright image.
  package var height: Int { orientation.swapsSides ? storedWidth : storedHeight }
  /// The format of the decoded image.
  package var format: PixelFormat { channels == 1 ? .gray : .rgb }

  /// Reads the header.
  /// - Parameter file: the file, or a front of it that holds the segments before the first scan.
  /// - Throws: `JPEGError`.
  package init(_ file: UnsafeRawBufferPointer) throws(JPEGError) {
    guard JPEGImage.isJPEG(front: file) else {
      throw !file.isEmpty && file.count < 3 && [0xFF, 0xD8].starts(with: file)
        ? .truncated(offset: file.count) : .notJPEG
    }
    var orientation: Orientation?
    var frame: (kind: UInt8, bytes: UnsafeRawBufferPointer, isCut: Bool)?
    for segment in JPEGSegments(file) {
      let bytes = UnsafeRawBufferPointer(rebasing: file[segment.contents])
      if segment.isFrame, frame == nil {
        frame = (segment.marker, bytes, segment.contents.upperBound == file.count)
      }
      if segment.marker == EXIF.marker, orientation == nil { orientation = EXIF.orientation(in: bytes) }
    }
    guard let frame else { throw .truncated(offset: file.count) }
    self = try Self(
      kind: frame.kind, frame: frame.bytes, orientation ?? .upright, isCut: frame.isCut, fileCount: file.count)
  }

  /// - Parameter frame: bits of a sample, height, width, number of channels; three bytes for each channel (section B.2.2).
  private init(
    kind: UInt8, frame: UnsafeRawBufferPointer, _ orientation: Orientation, isCut: Bool, fileCount: Int
  ) throws(JPEGError) {
    guard frame.count >= 6, frame.count >= 6 + 3 * Int(frame[5]) else {
      throw isCut ? .truncated(offset: fileCount) : .damaged(reason: "its header has \(frame.count) bytes")
    }
    guard (0xC0...0xC2).contains(kind) else {
      throw .unsupported(
        feature: kind == 0xC3 ? "lossless compression" : kind < 0xC8 ? "hierarchical frames" : "arithmetic coding")
    }
    guard frame[0] == 8 else { throw .unsupported(feature: "\(frame[0]) bits a sample") }
    storedHeight = Int(frame[1]) << 8 | Int(frame[2])
    storedWidth = Int(frame[3]) << 8 | Int(frame[4])
    guard storedWidth > 0, storedHeight > 0 else {
      throw .damaged(reason: "its header has sides of \(storedWidth)×\(storedHeight)")
    }
    channels = Int(frame[5])
    guard [1, 3, 4].contains(channels) else { throw .unsupported(feature: "\(channels) channels") }
    self.orientation = orientation
    isSequential = kind != 0xC2
    blocks = try Self.blocks(
      storedWidth, storedHeight, sampling: (0..<channels).map { frame[7 + 3 * $0] })
  }

  /// Counts the blocks of all channels.
  /// - Parameter sampling: for each channel its resolution across and down, in the upper and lower four bits.
  private static func blocks(_ width: Int, _ height: Int, sampling: [UInt8]) throws(JPEGError) -> Int {
    let (across, down) = (sampling.map { Int($0 >> 4) }, sampling.map { Int($0 & 15) })
    guard let (most, deepest) = across.max().flatMap({ most in down.max().map { (most, $0) } }),
      (across + down).allSatisfy((1...4).contains)
    else { throw .damaged(reason: "its header has an impossible resolution of a channel") }
    return zip(across, down).reduce(0) { sum, part in
      sum + blocks(width * part.0, of: most) * blocks(height * part.1, of: deepest)
    }
  }

  /// ⌈⌈length / parts⌉ / 8⌉
  private static func blocks(_ length: Int, of parts: Int) -> Int { ((length + parts - 1) / parts + 7) / 8 }

  /// Refuses a file that is too short for the blocks that its header states: a Huffman code takes a bit at least, and a sequential
  /// block two codes.
  func requireSamples(in byteCount: Int) throws(JPEGError) {
    let least = blocks * (isSequential ? 2 : 1) / 8
    guard byteCount >= least else {
      throw .damaged(
        reason: "\(storedWidth)×\(storedHeight) pixels take \(least) bytes at least, the file has \(byteCount)")
    }
  }
}
