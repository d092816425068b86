// DamageTests.swift
// Cut, damaged and hostile files are errors, and take no memory for what they claim.

import JPEG
import PNG
import TestSupport
import Testing

struct DamageTests {
  @Test("a file cut anywhere is called cut", arguments: pillowFiles.filter { $0.name != "bytes-behind-the-end" })
  func cut(_ fixture: PillowPicture) {
    for count in 1..<fixture.file.count {
      do {
        let image = try JPEGImage.decode(Array(fixture.file[..<count]))
        Issue.record("\(count) bytes of \(fixture.file.count) are an image of \(image.width)×\(image.height)")
      } catch JPEGError.truncated(count) {
      } catch {
        Issue.record("\(count) bytes: \(error)")
      }
    }
  }

  @Test("every flipped byte is an error or an image", arguments: pillowFiles)
  func flipped(_ fixture: PillowPicture) throws {
    for index in fixture.file.indices {
      for mask in [0x01, 0xFF] as [UInt8] {
        var damaged = fixture.file
        damaged[index] ^= mask
        do {
          let image = try JPEGImage.decode(damaged, pixelLimit: 1 << 16)
          #expect(image.width * image.height <= 1 << 16)
        } catch is JPEGError {}
      }
    }
  }

  /// A sound file with some bytes of its frame header replaced: −2 is the length, 0 the precision, 1 the height, 3 the width, 5 the
  /// number of channels, 7 the resolution of the first.
  static func withFrame(_ name: String, _ changes: [Int: UInt8], kind: UInt8? = nil) throws -> [UInt8] {
    var file = try pillowFile(name)
    let marker = try #require(file.indices.first { file[$0] == 0xFF && [0xC0, 0xC2].contains(file[$0 + 1]) })
    if let kind { file[marker + 1] = kind }
    for (index, byte) in changes { file[marker + 4 + index] = byte }
    return file
  }

  @Test func claimsAreNotBelieved() throws {
    let largest = [1: 255, 2: 255, 3: 255, 4: 255] as [Int: UInt8]
    #expect(throws: JPEGError.tooLarge(width: 65535, height: 65535, limit: 1 << 27)) {
      try JPEGImage.decode(Self.withFrame("gray", largest))
    }
    // Without a limit, the file is too short for its claim: 8192 × 8192 blocks of at least two bits, or of one.
    #expect(throws: JPEGError.damaged(reason: "65535×65535 pixels take 16777216 bytes at least, the file has 452")) {
      try JPEGImage.decode(Self.withFrame("gray", largest), pixelLimit: .max)
    }
    #expect(throws: JPEGError.damaged(reason: "65535×65535 pixels take 12582912 bytes at least, the file has 845")) {
      try JPEGImage.decode(Self.withFrame("progressive-420", largest), pixelLimit: .max)
    }
    #expect(throws: JPEGError.tooLarge(width: 17, height: 23, limit: 390)) {
      try JPEGImage.decode(pillowFile("gray"), pixelLimit: 390)
    }
    #expect(try JPEGImage.decode(pillowFile("gray"), pixelLimit: 391).pixels.count == 391)
    #expect("\(JPEGError.tooLarge(width: 17, height: 23, limit: 390))".contains("390 pixels"))
  }

  @Test func impossibleHeadersAreRefused() throws {
    for changes in [[-1: 7], [1: 0, 2: 0], [3: 0, 4: 0], [7: 0], [7: 0x51], [7: 0x15]] as [[Int: UInt8]] {
      let error = #expect(throws: JPEGError.self) { try JPEGImage.decode(Self.withFrame("gray", changes)) }
      guard case .damaged = error else {
        Issue.record("\(changes): \(error.map { "\($0)" } ?? "no error")")
        continue
      }
    }
  }

  @Test func kindsThatAreNotRead() throws {
    #expect(throws: JPEGError.unsupported(feature: "12 bits a sample")) {
      try JPEGImage.decode(Self.withFrame("gray", [0: 12]))
    }
    #expect(throws: JPEGError.unsupported(feature: "2 channels")) {
      try JPEGImage.decode(Self.withFrame("baseline-444", [5: 2]))
    }
    #expect(throws: JPEGError.unsupported(feature: "lossless compression")) {
      try JPEGImage.decode(Self.withFrame("gray", [:], kind: 0xC3))
    }
    #expect(throws: JPEGError.unsupported(feature: "hierarchical frames")) {
      try JPEGImage.decode(Self.withFrame("gray", [:], kind: 0xC5))
    }
    #expect(throws: JPEGError.unsupported(feature: "arithmetic coding")) {
      try JPEGImage.decode(Self.withFrame("gray", [:], kind: 0xC9))
    }
  }

  /// A file without its tables of one kind must not be decoded with those of a file before.
  @Test func noTableOutlivesItsFile() throws {
    let file = try pillowFile("gray")
    let tables = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xDB })
    let length = Int(file[tables + 2]) << 8 | Int(file[tables + 3])
    let without = Array(file[..<tables] + file[(tables + 2 + length)...])
    _ = try JPEGImage.decode(file)
    #expect(throws: JPEGError.self) { try JPEGImage.decode(without) }
  }

  @Test func damagedSamplesAreRefusedWhereOnlyBytesBetweenSegmentsAreHarmless() throws {
    let file = try pillowFile("bytes-before-the-end")
    _ = try JPEGImage.decode(file)
    #expect(throws: JPEGError.truncated(offset: file.count - 2)) { try JPEGImage.decode(Array(file.dropLast(2))) }
    // The scan's last bytes become a restart marker that does not belong there.
    var damaged = try pillowFile("restart-markers")
    let restart = try #require(damaged.indices.first { damaged[$0] == 0xFF && damaged[$0 + 1] == 0xD0 })
    damaged[restart + 1] = 0xD5
    let error = #expect(throws: JPEGError.self) { try JPEGImage.decode(damaged) }
    #expect(error.map { "\($0)" }?.contains("libjpeg says") == true)
  }
}
