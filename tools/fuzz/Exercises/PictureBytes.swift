// PictureBytes.swift
// PNG files with corrected checksums, which random bytes would hardly ever have.

import Zlib

/// Corrects bytes that may be a PNG.
enum PictureBytes {
  /// Gives every chunk its correct checksum.
  static func repaired(_ file: [UInt8]) -> [UInt8] { chunks(of: file) { _, bytes in bytes } }

  /// Does the same, and compresses the bytes of each IDAT chunk as if they were samples.
  static func deflated(_ file: [UInt8]) throws -> [UInt8] {
    try chunks(of: file) { name, bytes in name == Array("IDAT".utf8) ? try Deflate.zlib(bytes, threads: 1) : bytes }
  }

  /// Rewrites a signature of eight bytes, then chunks: length, name, bytes, checksum (PNG, section 5.3). A length that leads
  /// out of the file is reduced.
  private static func chunks(
    of file: [UInt8], _ change: (_ name: [UInt8], _ bytes: [UInt8]) throws -> [UInt8]
  ) rethrows -> [UInt8] {
    var result = Array(file.prefix(8))
    var rest = file.dropFirst(8)
    while rest.count >= 8 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let name = Array(rest.dropFirst(4).prefix(4))
      let bytes = try change(name, Array(rest.dropFirst(8).prefix(length)))
      result.appendBigEndian(UInt32(bytes.count))
      result += name + bytes
      result.appendBigEndian(CRC32.of(name + bytes))
      rest = rest.dropFirst(min(length, rest.count - 8) + 12)
    }
    return result
  }
}
