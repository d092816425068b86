// DecodingTests.swift
// Other programs' files decode to their samples; damaged ones are refused, whatever the damage.

import PNG
import TestSupport
import Testing
import Zlib

/// PNG files made by Pillow (Tests/Fixtures/real/pngs.py).
private let pillowFiles = PillowPicture.all(in: "pngs-by-pillow.txt")

struct DecodingTests {
  @Test func allFixturesAreThere() { #expect(pillowFiles.count == 51) }

  @Test("files by Pillow", arguments: pillowFiles)
  func pillow(_ fixture: PillowPicture) throws {
    let image = try PNGImage.decode(fixture.file)
    #expect((image.width, image.height, image.format.rawValue) == (fixture.width, fixture.height, fixture.channels))
    #expect(image.pixels == fixture.pixels)
  }

  @Test("a file cut anywhere is called cut", arguments: pillowFiles)
  func cut(_ fixture: PillowPicture) {
    for count in 1..<fixture.file.count {
      #expect(throws: PNGError.truncated(offset: count)) { try PNGImage.decode(Array(fixture.file[..<count])) }
    }
    #expect(throws: PNGError.notPNG) { try PNGImage.decode([]) }
  }

  @Test("every flipped bit is noticed", arguments: pillowFiles.filter { $0.file.count < 300 })
  func flipped(_ fixture: PillowPicture) {
    for bit in 0..<fixture.file.count * 8 {
      var damaged = fixture.file
      damaged[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: PNGError.self, "bit \(bit)") { try PNGImage.decode(damaged) }
    }
  }

  @Test(
    "every flipped bit behind a right checksum is an error or a picture",
    arguments: pillowFiles.filter { $0.file.count < 300 })
  func flippedAndSigned(_ fixture: PillowPicture) throws {
    for bit in 8 * 8..<fixture.file.count * 8 {
      var damaged = fixture.file
      damaged[bit / 8] ^= 1 << (bit % 8)
      do {
        _ = try PNGImage.decode(Self.signed(damaged), limit: 1 << 20)
      } catch is PNGError {}
    }
  }

  /// The file with the checksum of each chunk made right, as far as its lengths can be followed.
  static func signed(_ file: [UInt8]) -> [UInt8] {
    var file = file
    var offset = 8
    while offset + 12 <= file.count {
      let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = offset + 8 + length
      guard end + 4 <= file.count else { break }
      let checksum = CRC32.of(Array(file[offset + 4..<end]))
      for byte in 0..<4 { file[end + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(byte))) }
      offset = end + 4
    }
    return file
  }

  /// A sound file with some bytes of its header replaced.
  static func withHeader(_ changes: [Int: UInt8]) throws -> [UInt8] {
    var file = try PNGImage(width: 2, height: 2, format: .gray, pixels: [1, 2, 3, 4]).encoded()
    for (index, byte) in changes { file[16 + index] = byte }
    return signed(file)
  }

  @Test func claimsAreNotBelieved() throws {
    // 16,777,218 pixels each way: more than 2⁴⁸ bytes.
    let huge = try Self.withHeader([0: 1, 4: 1])
    #expect(throws: PNGError.tooLarge(width: 16_777_218, height: 16_777_218, limit: 1 << 30)) {
      try PNGImage.decode(huge)
    }
    let largest = try Self.withHeader([0: 127, 1: 255, 4: 127, 5: 255, 9: 6])
    #expect(throws: PNGError.self) { try PNGImage.decode(largest, limit: .max) }
    #expect(throws: PNGError.badPixelData(reason: "6 of 1026 bytes")) {
      try PNGImage.decode(Self.withHeader([6: 1, 7: 86]))
    }
    #expect(throws: PNGError.badPixelData(reason: "more than 3 bytes")) { try PNGImage.decode(Self.withHeader([7: 1])) }
    #expect(throws: PNGError.tooLarge(width: 2, height: 2, limit: 3)) {
      try PNGImage.decode(Self.withHeader([:]), limit: 3)
    }
    #expect(throws: PNGError.self) { try PNGImage.decode(Self.withHeader([3: 0])) }
  }

  @Test func chunksInWrongPlacesAreRefused() throws {
    let file = try Self.withHeader([:])
    let (header, data, end) = (Array(file[8..<33]), Array(file[33..<file.count - 12]), Array(file.suffix(12)))
    let start = Array(file[..<8])
    let text = Self.chunk("tEXt", [65])
    #expect(try PNGImage.decode(start + header + text + data + text + end + [1, 2, 3]).pixels == [1, 2, 3, 4])
    let wrong: [[UInt8]] = [
      start + data + header + end, start + header + end, start + header + data, start + header + Self.chunk("ABCD", []),
      start + header + data + text + data + end, start + header + Self.chunk("tRNS", [1]) + data + end,
      start + header + Self.chunk("PLTE", [1]) + data + end, start + header + header + data + end,
    ]
    for file in wrong { #expect(throws: PNGError.self) { try PNGImage.decode(file) } }
  }

  static func chunk(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
    let count = UInt32(bytes.count)
    let length = (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * UInt32($0))) }
    return Array(signed(Array("12345678".utf8) + length + Array(name.utf8) + bytes + [0, 0, 0, 0]).dropFirst(8))
  }

  @Test func messagesAreOneLine() {
    let hostile = Self.chunk("\n\u{1B}ab", [])
    let error = #expect(throws: PNGError.self) { try PNGImage.decode(pillowFiles[0].file.prefix(33) + hostile) }
    #expect(error.map { "\($0)" }?.contains("chunk ????") == true)
  }
}
