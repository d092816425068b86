// InterlacingTests.swift
// Interlaced pictures of every small size, in which passes are short or missing.

import PNG
import Testing
import Zlib

struct InterlacingTests {
  /// The columns and rows of the seven passes, from the format's picture of a block of 8×8 pixels (section 8.2).
  static let block = [
    "16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777",
  ].map { $0.compactMap(\.wholeNumberValue) }

  /// The picture as an interlaced file without filters.
  static func interlaced(_ image: PNGImage) throws -> [UInt8] {
    var rows: [UInt8] = []
    for pass in 1...7 {
      for y in 0..<image.height {
        let columns = (0..<image.width).filter { block[y % 8][$0 % 8] == pass }
        if !columns.isEmpty { rows += [0] + columns.flatMap { image[$0, y] } }
      }
    }
    let plain = try image.encoded()
    var header = Array(plain[16..<29])
    header[12] = 1
    return plain[..<8] + DecodingTests.chunk("IHDR", header)
      + DecodingTests.chunk("IDAT", try Deflate.zlib(rows, threads: 1)) + plain.suffix(12)
  }

  @Test("every size", arguments: 1...17)
  func everySize(width: Int) throws {
    for height in 1...17 {
      for format in [PixelFormat.gray, .rgb] {
        let pixels = (0..<width * height * format.channels).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 7) }
        let image = PNGImage(width: width, height: height, format: format, pixels: pixels)
        #expect(try PNGImage.decode(Self.interlaced(image)) == image, "\(width)×\(height) \(format)")
      }
    }
  }

  @Test func largePassesAreReadInBands() throws {
    let pixels = (0..<300 * 700).map { UInt8(truncatingIfNeeded: $0 &* 101 &+ $0 / 300) }
    let image = PNGImage(width: 300, height: 700, format: .gray, pixels: pixels)
    #expect(try PNGImage.decode(Self.interlaced(image)) == image)
  }

  @Test func missingPassesAreAnError() throws {
    let small = try Self.interlaced(PNGImage(width: 1, height: 1, format: .gray, pixels: [7]))
    let wide = small[..<16] + [0, 0, 0, 2] + small[20...]
    #expect(throws: PNGError.badPixelData(reason: "2 of 4 bytes")) {
      try PNGImage.decode(DecodingTests.signed(Array(wide)))
    }
  }
}
