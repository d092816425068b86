// ChunkReader.swift
// The chunks of a PNG file, one after the other, each with its checksum verified.

import Zlib

/// One chunk of the file.
struct Chunk {
  /// Four letters.
  let name: String
  let bytes: ArraySlice<UInt8>
  /// Where the chunk's length stands in the file.
  let offset: Int

  /// A chunk that no reader may skip: its name begins with a capital.
  var isCritical: Bool { name.utf8.first.map { $0 & 0x20 == 0 } ?? true }

  func failure(_ reason: String) -> PNGError { .badChunk(chunk: name, offset: offset, reason: reason) }
}

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

  /// The next chunk.
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
  /// The four bytes of `range` as a number, the highest first.
  func bigEndian(at range: Range<Index>) -> UInt32 { self[range].reduce(0) { $0 << 8 | UInt32($1) } }
}
