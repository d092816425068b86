// ThumbnailTests.swift
// Pictures from elsewhere, each at its point.

import ByteStreams
import PNG
import TestSupport
import Testing

@testable import Experiments

struct ThumbnailTests {
  private func picture(_ level: UInt8, width: Int = 2, height: Int = 2, format: PixelFormat = .grey) -> PNGImage {
    PNGImage(
      width: width, height: height, format: format,
      pixels: [UInt8](repeating: level, count: width * height * format.channels))
  }

  private func first(_ path: String, points: Int, tile: (Int, Int)? = nil) throws -> (Thumbnails, [UInt8]) {
    let source = try ThumbnailFiles.open(path, points: points, tile: tile.map { (width: $0.0, height: $0.1) })
    #expect(source.count == points)
    let opened = try source.opened(Array((0..<points).reversed()))
    return (opened, try (0..<points).map { try #require(opened.picture($0).first) })
  }

  @Test("a directory of PNG files comes in the order in which people count") func folder() throws {
    try withTemporaryDirectory { directory in
      for number in [0, 1, 2, 9, 10, 11, 100] {
        try WholeFile.replace("\(directory)/image\(number).PNG", bytes: picture(UInt8(number)).encoded())
      }
      try WholeFile.replace("\(directory)/notes.txt", bytes: [1])
      let (opened, levels) = try first(directory, points: 7)
      #expect(levels == [100, 11, 10, 9, 2, 1, 0] && (opened.width, opened.height, opened.channels) == (2, 2, 1))
      // Another size: all stand in the middle of the largest, on nothing.
      try WholeFile.replace("\(directory)/image0.PNG", bytes: picture(7, width: 4, height: 3, format: .rgb).encoded())
      let (mixed, _) = try first(directory, points: 7)
      #expect((mixed.width, mixed.height, mixed.channels) == (4, 3, 4))
      let small = Array(try mixed.picture(0))
      #expect(Array(small[0..<4]) == [0, 0, 0, 0] && Array(small[4..<8]) == [100, 100, 100, 255])
      try WholeFile.replace("\(directory)/image5.png", bytes: [1, 2, 3])
      let error = #expect(throws: ExperimentError.self) { try first(directory, points: 8) }
      #expect(error?.description.contains("image5.png") == true)
    }
  }

  @Test("a sprite is cut into its pictures, by counting or as told") func sprite() throws {
    try withTemporaryDirectory { directory in
      var sheet = PNGImage(width: 6, height: 9, format: .rgb)
      for number in 0..<7 {
        sheet.paste(picture(UInt8(number), height: 3, format: .rgb), x: number % 3 * 2, y: number / 3 * 3)
      }
      try WholeFile.replace("\(directory)/sprite.png", bytes: sheet.encoded())
      let (opened, levels) = try first("\(directory)/sprite.png", points: 7)
      #expect(levels == [6, 5, 4, 3, 2, 1, 0] && (opened.width, opened.height, opened.channels) == (2, 3, 3))
      #expect(try first("\(directory)/sprite.png", points: 7, tile: (2, 3)).1 == levels)
      for (points, tile) in [(30, nil), (5, (4, 3)), (2, (0, 1)), (20, (2, 3))] as [(Int, (Int, Int)?)] {
        let source = try? ThumbnailFiles.open(
          "\(directory)/sprite.png", points: points, tile: tile.map { (width: $0.0, height: $0.1) })
        #expect(source == nil || source?.count != points)
      }
    }
  }

  @Test("arrays of bytes and of fractions become the same pictures, channels first or last") func arrays() throws {
    try withTemporaryDirectory { directory in
      func write(_ name: String, _ descr: String, _ shape: String, _ bytes: [UInt8]) throws -> String {
        try WholeFile.replace("\(directory)/\(name).npy", bytes: ForeignEmbeddingTests.header(descr, shape) + bytes)
        return "\(directory)/\(name).npy"
      }
      func floats(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
      }
      let levels: [UInt8] = [0, 51, 102, 255]
      #expect(try first(write("b", "|u1", "4, 1, 1", levels), points: 4).1 == levels.reversed())
      #expect(try first(write("f", "<f4", "4, 1, 1", floats([0, 0.2, 0.4, 1])), points: 4).1 == levels.reversed())
      #expect(try first(write("g", "<f4", "4, 1, 1", floats([0, 51, 102, 255])), points: 4).1 == levels.reversed())
      let last = try first(write("l", "|u1", "1, 1, 5, 3", (0..<15).map { $0 }), points: 1).0
      let turned = (0..<15).map { (place: Int) -> UInt8 in UInt8(place % 5 * 3 + place / 5) }
      let channelsFirst = try first(write("c", "|u1", "1, 3, 1, 5", turned), points: 1).0
      #expect(try Array(last.picture(0)) == Array(channelsFirst.picture(0)) && last.channels == 3)
      for (name, values) in [("negative", [-1, 0]), ("large", [256, 0]), ("nan", [.nan, 0])] as [(String, [Float])] {
        let path = try write(name, "<f4", "2, 1, 1", floats(values))
        #expect(throws: ExperimentError.self) { try first(path, points: 2) }
      }
      for (name, shape) in [("flat", "2, 2"), ("deep", "1, 7, 2, 9"), ("none", "2, 0, 1")] {
        let path = try write(name, "|u1", shape, [UInt8](repeating: 0, count: 126))
        #expect(throws: (any Error).self) { try ThumbnailFiles.open(path, points: 2) }
      }
    }
  }

  @Test func otherFilesAreRefused() throws {
    try withTemporaryDirectory { directory in
      try WholeFile.replace("\(directory)/x.jpg", bytes: [0xFF, 0xD8, 0xFF])
      for path in ["\(directory)/x.jpg", "\(directory)/missing", directory] {
        #expect(throws: (any Error).self) { try ThumbnailFiles.open(path, points: 1) }
      }
    }
  }

  @Test func peopleCount() {
    let names = ["2", "10", "a2", "a10", "a010b", "b", "B"]
    #expect(names.shuffled().sorted(by: NaturalOrder.precedes) == ["2", "10", "B", "a2", "a10", "a010b", "b"])
  }
}
