// ThumbnailTests.swift
// Thumbnails from foreign files belong to their points.

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

  @Test func otherFilesAreRefused() throws {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/x.jpg", bytes: [0xFF, 0xD8, 0xFF])
      for path in ["\(directory)/x.jpg", "\(directory)/missing", directory] {
        #expect(throws: (any Error).self) { try ThumbnailFiles.open(path, ThumbnailRequest(points: 1)) }
      }
    }
  }

  @Test func peopleCount() {
    let names = ["2", "10", "a2", "a10", "a010b", "b", "B"]
    #expect(names.shuffled().sorted(by: NaturalOrder.precedes) == ["2", "10", "B", "a2", "a10", "a010b", "b"])
  }
}
