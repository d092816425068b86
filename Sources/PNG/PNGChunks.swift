// PNGChunks.swift
// Reads and writes the chunks of a PNG file; holds the constants of the format (PNG, third edition, W3C).

import Zlib

enum PNGLayout {
  /// The first bytes of the file.
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// The range of width and height (section 11.2.1).
  static let sides = 1...Int(Int32.max)
  static let headerBytes = 13
  /// A chunk has length and name before its bytes, and the checksum of name and bytes after them (section 5.3).
  static let lengthBytes = 4
  static let nameBytes = 4
  static let checksumBytes = 4
  static let largestChunk = Int(Int32.max)
}

/// The color types of section 11.2.1.
enum ColorType: UInt8 {
  case gray = 0
  case rgb = 2
  case palette = 3
  case grayAlpha = 4
  case rgba = 6

  init(_ format: PixelFormat) {
    self =
      switch format {
      case .gray: .gray
      case .grayAlpha: .grayAlpha
      case .rgb: .rgb
      case .rgba: .rgba
      }
  }

  /// The number of samples of a pixel in the file.
  var channels: Int {
    switch self {
    case .gray, .palette: 1
    case .grayAlpha: 2
    case .rgb: 3
    case .rgba: 4
    }
  }

  /// The numbers of bits that a sample may have.
  var depths: Set<Int> {
    switch self {
    case .gray: [1, 2, 4, 8, 16]
    case .palette: [1, 2, 4, 8]
    case .grayAlpha, .rgb, .rgba: [8, 16]
    }
  }
}

/// One chunk of the file.
struct Chunk {
  /// The four letters of its name.
  let name: String
  let bytes: ArraySlice<UInt8>
  /// The place of the chunk's first byte in the file.
  let offset: Int

  /// Whether no reader may skip the chunk: its name begins with a capital then.
  var isCritical: Bool { name.utf8.first.map { $0 & 0x20 == 0 } ?? true }

  func failure(_ reason: String) -> PNGError { .badChunk(chunk: name, offset: offset, reason: reason) }
}

/// Reads one chunk after the other, and verifies their checksums.
struct ChunkReader {
  private let file: [UInt8]
  private var offset = PNGLayout.signature.count

  init(_ file: [UInt8]) throws(PNGError) {
    let start = file.prefix(PNGLayout.signature.count)
    if start.count < PNGLayout.signature.count, !start.isEmpty, PNGLayout.signature.starts(with: start) {
      throw .truncated(offset: start.count)
    }
    guard start.elementsEqual(PNGLayout.signature) else { throw .notPNG }
    self.file = file
  }

  /// Reads the next chunk.
  mutating func next() throws(PNGError) -> Chunk {
    let start = offset
    let length = Int(file.bigEndian(at: try take(PNGLayout.lengthBytes)))
    let name = try take(PNGLayout.nameBytes)
    let bytes = try take(length)
    let checksum = try take(PNGLayout.checksumBytes)
    let letters = String(decoding: file[name], as: UTF8.self)
    guard file[name].allSatisfy({ (0x61...0x7A).contains($0 | 0x20) }) else {
      throw .badChunk(chunk: "????", offset: start, reason: "its name is not four letters")
    }
    let computed = file[name.lowerBound..<bytes.upperBound].withUnsafeBytes { CRC32.of($0) }
    guard computed == file.bigEndian(at: checksum) else { throw .checksum(chunk: letters, offset: start) }
    return Chunk(name: letters, bytes: file[bytes], offset: start)
  }

  private mutating func take(_ count: Int) throws(PNGError) -> Range<Int> {
    guard count <= file.count - offset else { throw .truncated(offset: file.count) }
    defer { offset += count }
    return offset..<offset + count
  }
}

extension RandomAccessCollection<UInt8> {
  /// Reads the four bytes of `range` as a number, the highest first.
  func bigEndian(at range: Range<Index>) -> UInt32 { self[range].reduce(0) { $0 << 8 | UInt32($1) } }
}

extension [UInt8] {
  /// Appends the header: size, bits of a sample, color type, deflate, the five filters, not interlaced.
  mutating func appendHeader(of image: PNGImage, color: ColorType? = nil) {
    var header: [UInt8] = []
    header.appendBigEndian(UInt32(image.width))
    header.appendBigEndian(UInt32(image.height))
    header += [8, (color ?? ColorType(image.format)).rawValue, 0, 0, 0]
    appendChunk("IHDR", header[...])
  }

  /// Appends a zlib stream, in as many chunks as it needs.
  mutating func appendImageData(_ compressed: [UInt8]) {
    reserveCapacity(count + compressed.count + 64)
    for start in stride(from: 0, to: compressed.count, by: PNGLayout.largestChunk) {
      appendChunk("IDAT", compressed[start..<Swift.min(start + PNGLayout.largestChunk, compressed.count)])
    }
  }

  /// Appends a chunk: length, name, bytes, and the checksum of name and bytes.
  mutating func appendChunk(_ name: String, _ bytes: ArraySlice<UInt8>) {
    let name = Array(name.utf8)
    appendBigEndian(UInt32(bytes.count))
    self += name
    self += bytes
    appendBigEndian(bytes.withUnsafeBytes { CRC32.of($0, after: CRC32.of(name)) })
  }
}
