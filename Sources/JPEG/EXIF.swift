// EXIF.swift
// The orientation in a JPEG's EXIF data; damaged data has none.

/// Reads EXIF data: a TIFF header and a directory of entries (EXIF 2.32, section 4.5).
enum EXIF {
  /// The marker of the segment that holds EXIF data (APP1), which other data may use too.
  static let marker: UInt8 = 0xE1

  private static let signature = Array("Exif\0\0".utf8)
  private static let entryBytes = 12
  private static let orientationTag = 0x0112
  /// The type of an entry of unsigned 16-bit numbers.
  private static let shortType = 3

  /// Returns the orientation in a segment's contents; nil where they are not EXIF data, or damaged, or state none.
  static func orientation(in segment: UnsafeRawBufferPointer) -> Orientation? {
    guard segment.starts(with: signature) else { return nil }
    let tiff = UnsafeRawBufferPointer(rebasing: segment.dropFirst(signature.count))
    guard let isBigEndian = byteOrder(tiff) else { return nil }
    func number(_ bytes: Int, at offset: Int) -> Int? {
      guard offset >= 0, offset <= tiff.count - bytes else { return nil }
      let digits = tiff[offset..<offset + bytes]
      return isBigEndian
        ? digits.reduce(0) { $0 << 8 | Int($1) } : digits.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(4, at: 4), let count = number(2, at: directory) else { return nil }
    for entry in 0..<count {
      let offset = directory + 2 + entry * entryBytes
      guard let tag = number(2, at: offset) else { return nil }
      guard tag == orientationTag else { continue }
      guard number(2, at: offset + 2) == shortType, number(4, at: offset + 4) == 1 else { return nil }
      return number(2, at: offset + 8).flatMap { UInt8(exactly: $0) }.flatMap(Orientation.init)
    }
    return nil
  }

  /// True for the highest byte first, nil where the data does not begin as TIFF does.
  private static func byteOrder(_ tiff: UnsafeRawBufferPointer) -> Bool? {
    if tiff.starts(with: [0x4D, 0x4D, 0, 42]) { return true }
    return tiff.starts(with: [0x49, 0x49, 42, 0]) ? false : nil
  }
}
