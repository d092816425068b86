// SpriteTilesTests.swift
// A finished sprite is cut into its thumbnails, or refused if their size is not certain.

import ByteStreams
import PNG
import ProjectorFiles
import TestSupport
import Testing

@testable import Probes
@testable import ProjectorExport

@Suite struct SpriteTilesTests {
  /// A sheet whose thumbnail of number n has the gray n modulo 251 in all pixels.
  private static func sheet(columns: Int, rows: Int, width: Int, height: Int, count: Int) -> PNGImage {
    var sheet = PNGImage(width: columns * width, height: rows * height, format: .gray)
    for number in 0..<count {
      let tile = PNGImage(
        width: width, height: height, format: .gray,
        pixels: [UInt8](repeating: UInt8(number % 251), count: width * height))
      sheet.paste(tile, x: number % columns * width, y: number / columns * height)
    }
    return sheet
  }

  private func open(_ path: String, _ points: Int, tile: (Int, Int)? = nil) throws -> any ThumbnailSource {
    try ThumbnailFiles.open(
      path, ThumbnailRequest(points: points, tile: tile.map { (width: $0.0, height: $0.1) }))
  }

  private func expectCut(_ source: any ThumbnailSource, _ points: Int, width: Int, height: Int) throws {
    #expect(source.count == points)
    let opened = try source.opened(Array(0..<points))
    #expect((opened.width, opened.height) == (width, height))
    for number in 0..<points {
      #expect(try opened.picture(number).allSatisfy { $0 == UInt8(number % 251) }, "number \(number)")
    }
  }

  @Test("the only size that fits is found and reported") func certain() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/sprite.png"
      try AtomicFile.replace(path, bytes: Self.sheet(columns: 3, rows: 3, width: 2, height: 3, count: 7).encoded())
      let source = try open(path, 7)
      try expectCut(source, 7, width: 2, height: 3)
      #expect(source.note == "thumbnails of 2×3 pixels: no other size fits 7 points")
      let told = try open(path, 7, tile: (2, 3))
      try expectCut(told, 7, width: 2, height: 3)
      #expect(told.note == nil)
      for tile in [(4, 3), (0, 1)] {
        #expect(throws: ExportError.self) { try open(path, 7, tile: tile) }
      }
      #expect(throws: ExportError.self) { try open(path, 30) }
      #expect(try open(path, 20, tile: (2, 3)).count == 9, "a cell for each of nine points")
    }
  }

  @Test(
    "where several sizes fit, the size is asked for, and as told the cells are right",
    arguments: [
      // columns, rows, width, height, points
      (32, 31, 32, 32, 980), (20, 5, 8, 8, 100), (10, 10, 28, 28, 100), (100, 1, 8, 8, 100), (32, 32, 4, 4, 980),
    ])
  func unclear(columns: Int, rows: Int, width: Int, height: Int, points: Int) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/sprite.png"
      let sheet = Self.sheet(columns: columns, rows: rows, width: width, height: height, count: points)
      try AtomicFile.replace(path, bytes: sheet.encoded())
      let sizes = SpriteTiles.possibleSizes(sheet: (sheet.width, sheet.height), points: points)
      #expect(sizes.contains { $0 == (width, height) } && sizes.count > 1, "\(sizes)")
      let error = #expect(throws: ExportError.self) { try open(path, points) }
      let text = error?.description ?? ""
      #expect(text.contains("several sizes") && text.contains("--thumbnail"), "\(text)")
      #expect(text.contains("\(width)x\(height)"), "the size of squares is among those named: \(text)")
      try expectCut(try open(path, points, tile: (width, height)), points, width: width, height: height)
    }
  }

  @Test("possible sizes are those that divide the sheet and leave no row over, or make a square grid")
  func sizes() {
    for (width, height, points) in [(12, 12, 9), (12, 10, 5), (24, 8, 6), (7, 5, 4), (30, 30, 11)] {
      var want: Set<[Int]> = []
      let side = (1...points).first { $0 * $0 >= points } ?? 0
      for columns in 1...width {
        for rows in 1...height where width % columns == 0 && height % rows == 0 && columns * rows >= points {
          if (rows - 1) * columns < points || (columns == side && rows == side) {
            want.insert([width / columns, height / rows])
          }
        }
      }
      let found = SpriteTiles.possibleSizes(sheet: (width, height), points: points).map { [$0.width, $0.height] }
      #expect(Set(found) == want && found.count == want.count)
    }
  }

  @Test("a configuration near the sprite says the size") func configuration() throws {
    try withTemporaryDirectory { directory in
      let points = 100
      let thumbnails = (0..<points).flatMap { [UInt8](repeating: UInt8($0), count: 24) }
      let embedding = ProjectorBundle.Embedding(
        name: "codes",
        table: try EmbeddingTable(points: points, dimensions: 2, values: (0..<points * 2).map { Float($0) }),
        sprite: try SpriteSheet(
          thumbnails: thumbnails, count: points, height: 4, width: 6, channels: 1, style: .photo))
      try ProjectorBundle.write([embedding], to: directory)
      let source = try open("\(directory)/embedding/sprite.png", points)
      try expectCut(source, points, width: 6, height: 4)
      #expect(source.note?.hasPrefix("thumbnails of 6×4 pixels, by ") == true)
      #expect(source.note?.contains("projector_config.pbtxt") == true)
      // A configuration that names another sprite is ignored.
      try AtomicFile.replace(
        "\(directory)/other.png", bytes: FileContents.read("\(directory)/embedding/sprite.png"))
      #expect(throws: ExportError.self) { try open("\(directory)/other.png", points) }
      // Two configurations that disagree are ignored.
      let config = "\(directory)/projector_config.pbtxt"
      let text = String(decoding: try FileContents.read(config), as: UTF8.self)
      let other = text.replacing("codes", with: "more").replacing("single_image_dim: 6", with: "single_image_dim: 12")
      try AtomicFile.replace(config, bytes: Array((text + other).utf8))
      #expect(throws: ExportError.self) { try open("\(directory)/embedding/sprite.png", points) }
    }
  }
}
