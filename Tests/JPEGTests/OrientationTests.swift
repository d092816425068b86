// OrientationTests.swift
// Each orientation's turn, pixel by pixel, and the EXIF data that states it.

import JPEG
import PNG
import Testing

struct OrientationTests {
  /// The image 1 2 3 above 4 5 6, stored in each orientation, must be turned to this.
  static let turned: [Orientation: (width: Int, pixels: [UInt8])] = [
    .upright: (3, [1, 2, 3, 4, 5, 6]), .mirrored: (3, [3, 2, 1, 6, 5, 4]), .halfTurn: (3, [6, 5, 4, 3, 2, 1]),
    .flipped: (3, [4, 5, 6, 1, 2, 3]), .transposed: (2, [1, 4, 2, 5, 3, 6]), .quarterTurn: (2, [4, 1, 5, 2, 6, 3]),
    .transversed: (2, [6, 3, 5, 2, 4, 1]), .threeQuarterTurn: (2, [3, 6, 2, 5, 1, 4]),
  ]

  @Test("every turn", arguments: Orientation.allCases)
  func turn(_ orientation: Orientation) throws {
    let want = try #require(Self.turned[orientation])
    let image = orientation.applied(to: PNGImage(width: 3, height: 2, format: .gray, pixels: [1, 2, 3, 4, 5, 6]))
    #expect((image.width, image.height) == (want.width, 6 / want.width))
    #expect(image.pixels == want.pixels)
    let pairs = PNGImage(
      width: 3, height: 2, format: .grayAlpha, pixels: [1, 2, 3, 4, 5, 6].flatMap { [$0, $0 + 100] })
    #expect(orientation.applied(to: pairs).pixels == want.pixels.flatMap { [$0, $0 + 100] })
  }

  /// A file with `exif` as its first segment.
  static func file(exif: [UInt8]) throws -> [UInt8] {
    let file = try pillowFile("gray")
    let segment = [0xFF, 0xE1, UInt8((exif.count + 2) >> 8), UInt8(truncatingIfNeeded: exif.count + 2)] + exif
    return file[..<2] + segment + file[2...]
  }

  static func orientation(_ exif: [UInt8]) throws -> Orientation {
    let file = try file(exif: exif)
    _ = try JPEGImage.decode(file)
    return try file.withUnsafeBytes { bytes throws(JPEGError) in try JPEGHeader(bytes) }.orientation
  }

  /// EXIF data with one entry.
  static let quarterTurn: [UInt8] =
    Array("Exif\0\0MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]

  @Test func damagedDataIsIgnored() throws {
    #expect(try Self.orientation(Self.quarterTurn) == .quarterTurn)
    // The value ends with byte 26; the file needs no more.
    for count in 0..<Self.quarterTurn.count {
      let want: Orientation = count < 26 ? .upright : .quarterTurn
      #expect(try Self.orientation(Array(Self.quarterTurn[..<count])) == want, "\(count) bytes")
    }
    for index in Self.quarterTurn.indices {
      for byte in [0, 1, 9, 0x7F, 0x80, 0xFF] as [UInt8] {
        var exif = Self.quarterTurn
        exif[index] = byte
        _ = try Self.orientation(exif)
      }
    }
  }

  @Test func impossibleOrientationsAreUpright() throws {
    for value in [0, 9, 255] as [UInt8] {
      var exif = Self.quarterTurn
      exif[25] = value
      #expect(try Self.orientation(exif) == .upright)
      (exif[24], exif[25]) = (1, 6)
      #expect(try Self.orientation(exif) == .upright)
    }
  }

  @Test func theFirstExifSegmentCounts() throws {
    let other = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    let once = try Self.file(exif: Self.quarterTurn)
    let file = try Self.file(exif: other)
    let both = file[..<(2 + 4 + other.count)] + once[2...]
    #expect(
      try Array(both).withUnsafeBytes { bytes throws(JPEGError) in try JPEGHeader(bytes) }.orientation == .quarterTurn)
  }
}
