// RoundTripTests.swift
// An encoded image decodes to itself: every small size, format and filter.

import PNG
import Testing

struct RoundTripTests {
  /// Ramps with noise in every third row, so that different filters win.
  static func picture(_ width: Int, _ height: Int, _ format: PixelFormat, seed: Int = 0) -> PNGImage {
    var state = UInt32(truncatingIfNeeded: seed &* 2_654_435_761 &+ 12_345)
    let rowBytes = width * format.channels
    let pixels = (0..<height * rowBytes).map { index in
      state = state &* 1_664_525 &+ 1_013_904_223
      let noise = index / rowBytes % 3 == 0 ? Int(state >> 26) : 0
      return UInt8(truncatingIfNeeded: index % rowBytes * 5 + index / rowBytes * 11 + noise)
    }
    return PNGImage(width: width, height: height, format: format, pixels: pixels)
  }

  @Test("every size up to 9 × 9", arguments: PixelFormat.allCases, FilterStrategy.allCases)
  func small(format: PixelFormat, filter: FilterStrategy) throws {
    for width in 1...9 {
      for height in 1...9 {
        let image = Self.picture(width, height, format, seed: width * height)
        #expect(try PNGImage.decode(image.encoded(filter: filter)) == image, "\(width)×\(height)")
      }
    }
  }

  @Test("large ones, the same bytes from any number of threads", arguments: [PixelFormat.gray, .rgba])
  func large(format: PixelFormat) throws {
    let image = Self.picture(601, 499, format)
    let file = try image.encoded(threads: 1)
    #expect(try PNGImage.decode(file) == image)
    for threads in [2, 7] { #expect(try image.encoded(threads: threads) == file) }
  }

  @Test("every level", arguments: 0...9)
  func levels(level: Int) throws {
    let image = Self.picture(40, 30, .rgb)
    #expect(try PNGImage.decode(image.encoded(level: level)) == image)
  }

  @Test func theAdaptiveFilterIsTheSmallestHere() throws {
    let image = Self.picture(80, 60, .rgb)
    let adaptive = try image.encoded(filter: .adaptive).count
    for filter in [FilterStrategy.none, .sub, .up] { #expect(try adaptive < image.encoded(filter: filter).count) }
  }

  @Test func aGrayPixelByteForByte() throws {
    let file = try PNGImage(width: 1, height: 1, format: .gray, pixels: [7]).encoded(filter: .none)
    let header: [UInt8] = [
      0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
      0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55,
    ]
    #expect(Array(file.prefix(33)) == header)
    #expect(Array(file.suffix(12)) == [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
  }
}

struct PNGImageTests {
  @Test func pixelsArePlacedRowByRow() {
    let image = PNGImage(width: 2, height: 2, format: .grayAlpha, pixels: [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(image[0, 0] == [1, 2])
    #expect(image[1, 0] == [3, 4])
    #expect(image[0, 1] == [5, 6])
    #expect(image[1, 1] == [7, 8])
  }

  @Test("pasted anywhere", arguments: PixelFormat.allCases)
  func paste(format: PixelFormat) {
    let small = RoundTripTests.picture(2, 3, format, seed: 3)
    for x in 0...2 {
      for y in 0...1 {
        let before = RoundTripTests.picture(4, 4, format, seed: 9)
        var sheet = before
        sheet.paste(small, x: x, y: y)
        for row in 0..<4 {
          for column in 0..<4 {
            let isInside = (x..<x + 2).contains(column) && (y..<y + 3).contains(row)
            #expect(sheet[column, row] == (isInside ? small[column - x, row - y] : before[column, row]))
          }
        }
      }
    }
  }

  @Test("enlarged by 1 … 4", arguments: 1...4)
  func enlarged(factor: Int) {
    let image = RoundTripTests.picture(3, 2, .rgb)
    let large = image.enlarged(by: factor)
    #expect(large.width == 3 * factor && large.height == 2 * factor)
    for y in 0..<large.height {
      for x in 0..<large.width { #expect(large[x, y] == image[x / factor, y / factor]) }
    }
  }

  @Test func anEmptySheetIsTransparent() {
    #expect(PNGImage(width: 2, height: 1, format: .rgba).pixels == [0, 0, 0, 0, 0, 0, 0, 0])
  }
}
