// ThumbnailTests.swift
// Thumbnails from foreign files belong to their points.

import ArrayFiles
import ByteStreams
import Datasets
import PNG
import TestSupport
import Testing

@testable import Probes
@testable import ProjectorExport

struct ThumbnailTests {
  private func picture(_ level: UInt8, width: Int = 2, height: Int = 2, format: PixelFormat = .gray) -> PNGImage {
    PNGImage(
      width: width, height: height, format: format,
      pixels: [UInt8](repeating: level, count: width * height * format.channels))
  }

  private func first(
    _ path: String, points: Int, tile: (Int, Int)? = nil, order: ImageOrder? = nil
  ) throws -> (Thumbnails, [UInt8]) {
    let request = ThumbnailRequest(points: points, tile: tile.map { (width: $0.0, height: $0.1) }, order: order)
    let source = try ThumbnailFiles.open(path, request)
    #expect(source.count == points)
    let opened = try source.opened(Array((0..<points).reversed()))
    return (opened, try (0..<points).map { try #require(opened.picture($0).first) })
  }

  @Test("a directory of PNG files comes in the order in which people count") func folder() throws {
    try withTemporaryDirectory { directory in
      for number in [0, 1, 2, 9, 10, 11, 100] {
        try AtomicFile.replace("\(directory)/image\(number).PNG", bytes: picture(UInt8(number)).encoded())
      }
      try AtomicFile.replace("\(directory)/notes.txt", bytes: [1])
      let (opened, levels) = try first(directory, points: 7, order: .natural)
      #expect(levels == [100, 11, 10, 9, 2, 1, 0] && (opened.width, opened.height, opened.channels) == (2, 2, 1))
      // Pictures of another size are centered in the largest, on transparent pixels.
      try AtomicFile.replace("\(directory)/image0.PNG", bytes: picture(7, width: 4, height: 3, format: .rgb).encoded())
      let (mixed, _) = try first(directory, points: 7, order: .natural)
      #expect((mixed.width, mixed.height, mixed.channels) == (4, 3, 4))
      let small = Array(try mixed.picture(0))
      #expect(Array(small[0..<4]) == [0, 0, 0, 0] && Array(small[4..<8]) == [100, 100, 100, 255])
      try AtomicFile.replace("\(directory)/image5.png", bytes: [1, 2, 3])
      let error = #expect(throws: ExportError.self) { try first(directory, points: 8, order: .natural) }
      #expect(error?.description.contains("image5.png") == true)
    }
  }

  @Test("JPEG files are read like PNG files, and stay with their points") func jpegs() throws {
    let levels: [UInt8] = [10, 90, 170, 250]
    try withTemporaryDirectory { directory in
      for (number, level) in levels.enumerated() {
        let bytes = try number % 2 == 0 ? Self.jpeg(level: level) : picture(level, width: 8, height: 8).encoded()
        try AtomicFile.replace("\(directory)/\(number).\(number % 2 == 0 ? "JPG" : "png")", bytes: bytes)
      }
      let (opened, found) = try first(directory, points: 4)
      #expect((opened.width, opened.height, opened.channels) == (8, 8, 1))
      for (level, want) in zip(found, levels.reversed()) { #expect(abs(Int(level) - Int(want)) <= 1) }
      let column = LabelTable.Column(name: "file", cells: ["2.JPG", "3.png", "0.JPG", "1.png"])
      let source = try ThumbnailFiles.open(directory, ThumbnailRequest(points: 4, columns: [column]))
      let matched = try source.opened([0, 1, 2, 3])
      for (place, want) in [170, 250, 10, 90].enumerated() {
        let sample = try #require(matched.picture(place).first)
        #expect(abs(Int(sample) - want) <= 1)
      }
      try AtomicFile.replace("\(directory)/4.jpeg", bytes: [0xFF, 0xD8, 0xFF, 0xE0])
      let broken = try ThumbnailFiles.open(directory, ThumbnailRequest(points: 5))
      let error = #expect(throws: ExportError.self) { try broken.opened([4]) }
      #expect(error?.description.contains("4.jpeg") == true && error?.description.contains("--skip-broken") == false)
    }
  }

  /// A gray JPEG of 8×8 pixels of one level: one block, whose first coefficient is 8 times the level less 1024 (ITU-T T.81).
  private static func jpeg(level: UInt8) -> [UInt8] {
    let value = 8 * (Int(level) - 128)
    let size = value == 0 ? 0 : Int.bitWidth - value.magnitude.leadingZeroBitCount
    let bits = value < 0 ? value + (1 << size) - 1 : value
    // A code of four bits for each size from 0 to 11, then the end of the block, a code of one bit.
    var word = size << (size + 1) | bits << 1
    var count = 4 + size + 1
    while count % 8 != 0 { (word, count) = (word << 1 | 1, count + 1) }
    var scan: [UInt8] = []
    for shift in stride(from: count - 8, through: 0, by: -8) {
      let byte = UInt8(truncatingIfNeeded: word >> shift)
      scan += byte == 0xFF ? [0xFF, 0] : [byte]
    }
    let quantization: [UInt8] = [0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 1, count: 64)
    let frame: [UInt8] = [0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]
    let zeros = [UInt8](repeating: 0, count: 16)
    var file: [UInt8] = [0xFF, 0xD8] + quantization + frame
    file += [0xFF, 0xC4, 0, 31, 0, 0, 0, 0, 12] + zeros.prefix(12) + (0..<12).map { UInt8($0) }
    file += [0xFF, 0xC4, 0, 20, 0x10, 1] + zeros
    file += [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0] + scan
    return file + [0xFF, 0xD9]
  }

  @Test("the pictures of a directory of IDX files are in its order") func collection() throws {
    try withTemporaryDirectory { directory in
      func write(_ name: String, _ dimensions: [UInt8], _ elements: [UInt8]) throws {
        let header: [UInt8] = [0, 0, 8, UInt8(dimensions.count)] + dimensions.flatMap { [0, 0, 0, $0] as [UInt8] }
        try AtomicFile.replace("\(directory)/\(name)", bytes: header + elements)
      }
      try write("train-images-idx3-ubyte", [12, 1, 1], (0..<12).map { $0 * 10 + 20 })
      try write("train-labels-idx1-ubyte", [12], [UInt8](repeating: 0, count: 12))
      try write("t10k-images-idx3-ubyte", [2, 1, 1], [201, 202])
      try write("t10k-labels-idx1-ubyte", [2], [0, 0])
      let (_, levels) = try first(directory, points: 14)
      let want: [UInt8] = (0..<12).map { $0 * 10 + 20 } + [201, 202]
      #expect(levels == want.reversed())
    }
  }

  @Test func otherFilesAreRefused() throws {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/x.jpg", bytes: [0xFF, 0xD8, 0xFF])
      try Directory.create("\(directory)/bitmaps")
      try AtomicFile.replace("\(directory)/bitmaps/x.bmp", bytes: [0x42, 0x4D])
      for path in ["\(directory)/x.jpg", "\(directory)/missing", "\(directory)/bitmaps"] {
        #expect(throws: (any Error).self) { try ThumbnailFiles.open(path, ThumbnailRequest(points: 1)) }
      }
    }
  }

  @Test func peopleCount() {
    let names = ["2", "10", "a2", "a10", "a010b", "b", "B"]
    #expect(names.shuffled().sorted(by: NaturalOrder.precedes) == ["2", "10", "B", "a2", "a10", "a010b", "b"])
  }
}
