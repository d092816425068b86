// PNGAnimationTests.swift
// Moving pictures: every frame is there, other readers see the first, and impossible ones are refused.

import Testing

@testable import PNG

@Suite struct PNGAnimationTests {
  private struct Chunk {
    let name: String
    let bytes: [UInt8]
  }

  private func chunks(_ file: [UInt8]) -> [Chunk] {
    var chunks: [Chunk] = []
    var at = 8
    while at < file.count {
      let length = file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      chunks.append(
        Chunk(
          name: String(decoding: file[at + 4..<at + 8], as: UTF8.self), bytes: Array(file[at + 8..<at + 8 + length])))
      at += 12 + length
    }
    return chunks
  }

  private func frames(_ count: Int, _ format: PixelFormat) -> [PNGImage] {
    (0..<count).map { number in
      PNGImage(
        width: 7, height: 5, format: format,
        pixels: (0..<35 * format.channels).map { UInt8(truncatingIfNeeded: $0 * (number + 3) + number) })
    }
  }

  @Test("every frame comes back", arguments: PixelFormat.allCases, [1, 2, 5])
  func roundTrip(format: PixelFormat, count: Int) throws {
    let pictures = frames(count, format)
    let file = try PNGAnimation(pictures, milliseconds: 250, plays: 3).encoded()
    #expect(try PNGImage.decode(file) == pictures[0])
    let chunks = chunks(file)
    #expect(chunks[1].name == "acTL" && chunks[1].bytes == [0, 0, 0, UInt8(count), 0, 0, 0, 3])
    let controls = chunks.filter { $0.name == "fcTL" }
    #expect(controls.count == count)
    #expect(
      controls.allSatisfy {
        Array($0.bytes[4...]) == [0, 0, 0, 7, 0, 0, 0, 5] + [0, 0, 0, 0, 0, 0, 0, 0] + [0, 250, 3, 232, 0, 0]
      })
    // Frame controls and the data of all but the first are numbered together, without a gap.
    let numbered = chunks.filter { ["fcTL", "fdAT"].contains($0.name) }
    #expect(numbered.map { Array($0.bytes[..<4]) } == (0..<numbered.count).map { [0, 0, 0, UInt8($0)] })
    // Each frame's data in the place of the first's make a picture of that frame alone.
    for (number, data) in chunks.filter({ $0.name == "fdAT" }).enumerated() {
      var still = PNGLayout.signature
      still.appendHeader(of: pictures[0])
      still.appendImageData(Array(data.bytes[4...]))
      still.appendChunk("IEND", [])
      #expect(try PNGImage.decode(still) == pictures[number + 1])
    }
  }

  @Test func impossibleOnes() {
    #expect(throws: PNGError.self) { try PNGAnimation([], milliseconds: 1) }
    let other = PNGImage(width: 7, height: 6, format: .gray)
    #expect(throws: PNGError.self) { try PNGAnimation(frames(1, .gray) + [other], milliseconds: 1) }
    #expect(throws: PNGError.self) { try PNGAnimation(frames(1, .gray) + frames(1, .rgb), milliseconds: 1) }
    for milliseconds in [-1, 65_536] {
      #expect(throws: PNGError.self) { try PNGAnimation(frames(2, .gray), milliseconds: milliseconds) }
    }
    #expect(throws: PNGError.self) { try PNGAnimation(frames(2, .gray), milliseconds: 1, plays: -1) }
  }
}
