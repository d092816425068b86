// SpriteSheetTests.swift
// Every thumbnail stands in its cell of a square grid, in the ink that takes a color or as it is.

import PNG
import ProjectorFiles
import Testing

struct SpriteSheetTests {
  /// Every sample tells its thumbnail, place and channel apart.
  static func sample(_ index: Int, _ y: Int, _ x: Int, _ channel: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: index * 37 + y * 11 + x * 5 + channel * 70 + 1)
  }

  static func thumbnails(_ count: Int, height: Int, width: Int, channels: Int) -> [UInt8] {
    (0..<count).flatMap { index in
      (0..<height).flatMap { y in
        (0..<width).flatMap { x in (0..<channels).map { sample(index, y, x, $0) } }
      }
    }
  }

  @Test("the grid of 1 … 50 thumbnails", arguments: 1...50)
  func grid(count: Int) throws {
    let smallest = (1...8).first { $0 * $0 >= count }
    for channels in 1...4 {
      for style in SpriteSheet.Style.allCases {
        let sheet = try SpriteSheet(
          thumbnails: Self.thumbnails(count, height: 2, width: 3, channels: channels), count: count, height: 2,
          width: 3, channels: channels, style: style)
        #expect(sheet.columns == smallest)
        #expect(sheet.image.width == 3 * sheet.columns && sheet.image.height == 2 * sheet.columns)
        for y in 0..<sheet.image.height {
          for x in 0..<sheet.image.width {
            #expect(Array(sheet.image[x, y]) == Self.pixel(x, y, of: sheet, channels: channels, style: style))
          }
        }
      }
    }
  }

  /// The pixel at (x, y), by the definition.
  static func pixel(_ x: Int, _ y: Int, of sheet: SpriteSheet, channels: Int, style: SpriteSheet.Style) -> [UInt8] {
    let index = y / 2 * sheet.columns + x / 3
    let isUsed = index < sheet.count
    let samples = (0..<channels).map { isUsed ? sample(index, y % 2, x % 3, $0) : 0 }
    if channels == 1 && style == .ink { return [176, samples[0]] }
    if channels == 2 || channels == 4 { return samples }
    return sheet.columns * sheet.columns == sheet.count ? samples : samples + [isUsed ? 255 : 0]
  }

  @Test func theFileIsThePicture() throws {
    let sheet = try SpriteSheet(
      thumbnails: Self.thumbnails(5, height: 4, width: 4, channels: 1), count: 5, height: 4, width: 4, channels: 1)
    // An ink is stored as a palette, which is read as colors.
    let read = try PNGImage.decode(sheet.encoded())
    #expect((read.width, read.height, read.format) == (sheet.image.width, sheet.image.height, .rgba))
    for y in 0..<read.height {
      for x in 0..<read.width {
        let ink = sheet.image[x, y]
        #expect(read[x, y].elementsEqual([176, 176, 176, ink[ink.endIndex - 1]]))
      }
    }
    let photo = try SpriteSheet(
      thumbnails: Self.thumbnails(5, height: 4, width: 4, channels: 4), count: 5, height: 4, width: 4, channels: 4)
    #expect(try PNGImage.decode(photo.encoded()) == photo.image)
  }

  @Test("large sheets are shrunk to fit", arguments: [(28, 28), (28, 14), (14, 28), (100, 3)])
  func shrunk(height: Int, width: Int) throws {
    for count in [1, 2, 10, 30] {
      let sheet = try SpriteSheet(
        thumbnails: [UInt8](repeating: 77, count: count * height * width), count: count, height: height, width: width,
        channels: 1, style: .photo, largestSide: 64)
      #expect(sheet.image.width <= 64 && sheet.image.height <= 64)
      #expect(sheet.image.width == sheet.columns * sheet.tileWidth)
      #expect(sheet.image.height == sheet.columns * sheet.tileHeight)
      #expect(max(sheet.tileHeight, sheet.tileWidth) == min(max(height, width), 64 / sheet.columns))
      #expect(sheet.image[0, 0].first == 77, "the mean of equal samples is the same")
    }
  }

  @Test func shrinkingTakesTheMean() throws {
    func shrunk(_ samples: [UInt8], _ side: Int, to new: Int) throws -> [UInt8] {
      try SpriteSheet(
        thumbnails: samples, count: 1, height: side, width: side, channels: 1, style: .photo, largestSide: new
      ).image.pixels
    }
    #expect(try shrunk([0, 100, 20, 80], 2, to: 1) == [50])
    // 3 → 2: each new pixel covers one and a half old ones, so its weights are 2/3 and 1/3.
    #expect(try shrunk([0, 90, 180, 0, 90, 180, 0, 90, 180], 3, to: 2) == [30, 150, 30, 150])
    #expect(try shrunk([0, 0, 0, 90, 90, 90, 180, 180, 180], 3, to: 2) == [30, 30, 150, 150])
    #expect(try shrunk([UInt8](repeating: 255, count: 49), 7, to: 3) == [UInt8](repeating: 255, count: 9))
  }

  @Test func refusals() {
    for (count, height, width, channels) in [(0, 2, 2, 1), (1, 0, 2, 1), (1, 2, 0, 1), (1, 2, 2, 0), (1, 2, 2, 5)] {
      #expect(throws: ProjectorError.self) {
        try SpriteSheet(
          thumbnails: [UInt8](repeating: 0, count: count * height * width * channels), count: count, height: height,
          width: width, channels: channels)
      }
    }
    #expect(throws: ProjectorError.badThumbnails(reason: "3 samples for 1 of 2×2×1")) {
      try SpriteSheet(thumbnails: [1, 2, 3], count: 1, height: 2, width: 2, channels: 1)
    }
    #expect(throws: ProjectorError.badThumbnails(reason: "10 do not fit 3×3 pixels; take fewer")) {
      try SpriteSheet(
        thumbnails: [UInt8](repeating: 0, count: 10), count: 10, height: 1, width: 1, channels: 1, largestSide: 3)
    }
  }
}
