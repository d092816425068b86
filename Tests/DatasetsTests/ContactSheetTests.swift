// ContactSheetTests.swift
// Contact sheets: every cell holds the right image, whatever the colors.

import PNG
import Tensors
import Testing

@testable import Datasets

struct ContactSheetTests {
  /// 12 images of 2×3 whose values are all different from their neighbors'; classes 0, 2 and 5 in turn.
  private func dataset(channels: Int) -> ImageDataset {
    let shape = ImageShape(height: 2, width: 3, channels: channels)
    return ImageDataset(
      shape: shape, pixels: pattern(12 * shape.count), labels: (0..<12).map { [0, 2, 5][$0 % 3] })
  }

  /// The image in a cell, as enlarged pixels say.
  private func cell(_ sheet: PNGImage, row: Int, column: Int, enlarging: Int) -> [UInt8] {
    var pixels: [UInt8] = []
    for y in 0..<2 {
      for x in 0..<3 {
        let (left, top) = ((column * 4 + 1 + x) * enlarging, (row * 3 + 1 + y) * enlarging)
        let pixel = sheet[left, top]
        for dy in 0..<enlarging { for dx in 0..<enlarging { #expect(sheet[left + dx, top + dy] == pixel) } }
        pixels += pixel
      }
    }
    return pixels
  }

  @Test("rows of one class each", arguments: [1, 3, 4], [1, 2, 3])
  func byClass(channels: Int, enlarging: Int) throws {
    let dataset = dataset(channels: channels)
    let sheet = try ContactSheet.draw(dataset, rows: 4, columns: 3, order: .byClass, enlarging: enlarging)
    #expect(sheet.width == (3 * 4 + 1) * enlarging && sheet.height == (4 * 3 + 1) * enlarging)
    #expect(sheet.format.channels == channels)
    // Four images a class: three in its first row, the fourth in its second, then nothing.
    let want: [[Int?]] = [[0, 3, 6], [1, 4, 7], [2, 5, 8], [9, nil, nil]]
    let black = [UInt8](repeating: 0, count: channels == 4 ? 3 : channels) + (channels == 4 ? [255] : [])
    for (row, indices) in want.enumerated() {
      for (column, index) in indices.enumerated() {
        let pixels = index.map(dataset.image) ?? Array(repeatElement(black, count: 6).joined())
        #expect(cell(sheet, row: row, column: column, enlarging: enlarging) == pixels)
      }
    }
    for x in 0..<sheet.width where x / enlarging % 4 == 0 {
      for y in 0..<sheet.height { #expect(sheet[x, y].first == 56) }
    }
    for y in 0..<sheet.height where y / enlarging % 3 == 0 {
      for x in 0..<sheet.width { #expect(sheet[x, y].first == 56) }
    }
  }

  @Test("at random: each image once, the same for a seed") func random() throws {
    let dataset = dataset(channels: 1)
    func images(_ seed: UInt64) throws -> [[UInt8]] {
      let sheet = try ContactSheet.draw(dataset, rows: 3, columns: 4, order: .random(seed: seed), enlarging: 1)
      return (0..<12).map { cell(sheet, row: $0 / 4, column: $0 % 4, enlarging: 1) }
    }
    let all = (0..<12).map(dataset.image)
    #expect(Set(try images(0)) == Set(all))
    #expect(try images(0) == images(0))
    #expect(try images(0) != images(1) && images(0) != all)
  }

  @Test("two channels show as their mean") func twoChannels() throws {
    let shape = ImageShape(height: 1, width: 2, channels: 2)
    #expect(PNGImage([10, 20, 0, 255], shape: shape).pixels == [15, 128])
    #expect(PixelFormat(showing: 5) == .gray && PixelFormat(showing: 2) == .gray)
    let sheet = try ContactSheet.draw(dataset(channels: 2), rows: 1, columns: 1, order: .byClass)
    #expect(sheet.format == .gray)
  }

  @Test(
    "absurd sheets are refused", arguments: [(1 << 20, 1 << 20, 1), (.max, 1, 1), (1, 2, .max), (.max, .max, .max)])
  func absurd(rows: Int, columns: Int, enlarging: Int) {
    #expect(throws: DatasetError.self) {
      try ContactSheet.draw(dataset(channels: 1), rows: rows, columns: columns, order: .byClass, enlarging: enlarging)
    }
  }
}
