// DecodingTests.swift
// Other programs' JPEG files decode to Pillow's samples, within 1 of 255.

import JPEG
import PNG
import Parallel
import TestSupport
import Testing

/// JPEG files made by Pillow (Tests/Fixtures/real/jpegs.py).
let pillowFiles = PillowPicture.all(in: "jpegs-by-pillow.txt")

func pillowFile(_ name: String) throws -> [UInt8] {
  try #require(pillowFiles.first { $0.name == name }).file
}

struct DecodingTests {
  @Test func allFixturesAreThere() { #expect(pillowFiles.count == 31) }

  @Test("files by Pillow", arguments: pillowFiles)
  func pillow(_ fixture: PillowPicture) throws {
    let image = try JPEGImage.decode(fixture.file)
    #expect((image.width, image.height, image.format.rawValue) == (fixture.width, fixture.height, fixture.channels))
    let differences = zip(image.pixels, fixture.pixels).map { abs(Int($0) - Int($1)) }
    #expect(differences.max() ?? 255 <= 1)
  }

  @Test("the header states what decoding gives", arguments: pillowFiles)
  func header(_ fixture: PillowPicture) throws {
    #expect(JPEGImage.isJPEG(front: fixture.file.prefix(3)))
    let header = try fixture.file.withUnsafeBytes { bytes throws(JPEGError) in try JPEGHeader(bytes) }
    #expect((header.width, header.height, header.format.rawValue) == (fixture.width, fixture.height, fixture.channels))
    #expect(
      header.channels == (fixture.name.contains("cmyk") || fixture.name.contains("ycck") ? 4 : Int(fixture.channels)))
    let turned = fixture.name.split(separator: "-").dropFirst().first.flatMap { UInt8($0) } ?? 1
    #expect(header.orientation.rawValue == (fixture.name.hasPrefix("orientation") ? turned : 1))
  }

  @Test func otherFilesAreNoJPEG() throws {
    #expect(!JPEGImage.isJPEG(front: [0xFF, 0xD8]))
    #expect(!JPEGImage.isJPEG(front: [UInt8]()))
    let png = try PNGImage(width: 1, height: 1, format: .gray).encoded()
    for file in [png, [], [0xFF], [1, 2, 3]] where file != [0xFF] {
      #expect(throws: JPEGError.notJPEG) { try JPEGImage.decode(file) }
    }
    #expect(throws: JPEGError.truncated(offset: 1)) { try JPEGImage.decode([0xFF]) }
  }

  @Test func threadsDoNotDisturbEachOther() throws {
    let alone = try pillowFiles.map { try JPEGImage.decode($0.file) }
    let together = try parallelMap(20 * pillowFiles.count, threads: 8) { index in
      try JPEGImage.decode(pillowFiles[index % pillowFiles.count].file)
    }
    for (index, image) in together.enumerated() { #expect(image == alone[index % pillowFiles.count]) }
  }
}
