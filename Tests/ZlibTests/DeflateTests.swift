// DeflateTests.swift
// Deflated bytes inflate to themselves, the same bytes come from any number of threads, and damage is noticed.

import Testing
import Zlib

struct DeflateTests {
  /// Text that repeats over distances shorter and longer than a window, with some noise.
  static func text(_ count: Int) -> [UInt8] {
    var state: UInt32 = 1
    return (0..<count).map { index in
      state = state &* 1_664_525 &+ 1_013_904_223
      return state >> 29 == 0 ? UInt8(truncatingIfNeeded: state >> 16) : UInt8(truncatingIfNeeded: index % 251)
    }
  }

  @Test(
    "every size around the blocks",
    arguments: [0, 1, 2, 100, 32767, 32768, 32769, 131_071, 131_072, 131_073, 262_144, 262_145, 1_000_000])
  func roundTrip(size: Int) throws {
    let text = Self.text(size)
    let compressed = try Deflate.zlib(text)
    #expect(try Inflate.zlib(compressed) == text)
    #expect(try Inflate.zlib(compressed, expected: size, limit: size) == text)
    #expect(try Gzip.inflate(Deflate.gzip(text)) == text)
    if size > 0 {
      #expect(throws: ZlibError.tooLarge(name: nil, limit: size - 1)) {
        try Inflate.zlib(compressed, limit: size - 1)
      }
      #expect(throws: ZlibError.tooLarge(name: nil, limit: size - 1)) {
        try Gzip.inflate(Deflate.gzip(text), limit: size - 1)
      }
    }
  }

  @Test("every level", arguments: 0...9)
  func levels(level: Int) throws {
    let text = Self.text(300_000)
    let compressed = try Deflate.zlib(text, level: level)
    #expect(try Inflate.zlib(compressed) == text)
    #expect((Int(compressed[0]) << 8 | Int(compressed[1])) % 31 == 0)
    if level > 0 { #expect(compressed.count < text.count) }
  }

  @Test("what a thread deflated before makes no difference")
  func afterOthers() throws {
    let texts = [0, 1, 784, 5_000, 200_000].map { Self.text($0) }
    let first = try texts.map { text in try (0...9).map { try Deflate.zlib(text, level: $0, threads: 1) } }
    for level in (0...9).reversed() {
      for (text, before) in zip(texts, first) {
        #expect(try Deflate.zlib(text, level: level, threads: 1) == before[level])
        #expect(try Inflate.zlib(before[level]) == text)
      }
    }
  }

  @Test("any number of threads gives the same bytes", arguments: [2, 3, 7])
  func threads(count: Int) throws {
    let text = Self.text(1_000_000)
    #expect(try Deflate.zlib(text, threads: count) == Deflate.zlib(text, threads: 1))
    #expect(try Deflate.gzip(text, threads: count) == Deflate.gzip(text, threads: 1))
  }

  @Test func blocksKnowWhatStandsBeforeThem() throws {
    // 30 KB of noise, again and again: without the window each block would hold it once more.
    var state: UInt32 = 7
    let noise = (0..<30_000).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    let text = (0..<40).flatMap { _ in noise }
    #expect(try Deflate.zlib(text).count < 45_000)
  }

  @Test("a large text of short runs between noise is shorter by its runs alone; others keep what they had")
  func runs() throws {
    var state: UInt32 = 7
    let strokes = (0..<3 << 20).map { index in
      state = state &* 1_664_525 &+ 1_013_904_223
      return index % 28 < 19 ? 0 : UInt8(state >> 24)
    }
    let (small, large) = (Array(strokes.prefix(7 * 128 << 10)), strokes)
    let (ofSmall, ofLarge) = (try Deflate.zlib(small), try Deflate.zlib(large))
    #expect(try Inflate.zlib(ofLarge) == large)
    let shares = (Double(ofSmall.count) / Double(small.count), Double(ofLarge.count) / Double(large.count))
    #expect(shares.1 < 0.99 * shares.0)
    for count in 2...3 { #expect(try Deflate.zlib(large, threads: count) == ofLarge) }
  }

  /// "hello, hello, hello\n" by Python 3.11's zlib module.
  static let hello: [UInt8] = [
    0x78, 0xDA, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0xC8, 0x40, 0xA2, 0xB8, 0x00, 0x4B, 0x07, 0x06, 0xDF,
  ]

  @Test func anotherProgramsStream() throws {
    #expect(try Inflate.zlib(Self.hello) == Array("hello, hello, hello\n".utf8))
  }

  @Test func everyCutIsNoticed() throws {
    let compressed = try Deflate.zlib(Self.text(400))
    for count in 0..<compressed.count {
      #expect(throws: ZlibError.truncated(name: nil, offset: count)) { try Inflate.zlib(Array(compressed[..<count])) }
    }
    #expect(throws: ZlibError.trailingBytes(name: nil, offset: compressed.count)) { try Inflate.zlib(compressed + [0]) }
  }

  @Test func noFlippedBitChangesTheTextUnnoticed() throws {
    let text = Self.text(60)
    let compressed = try Deflate.zlib(text)
    var unnoticed = 0
    for bit in 0..<compressed.count * 8 {
      var damaged = compressed
      damaged[bit / 8] ^= 1 << (bit % 8)
      do {
        #expect(try Inflate.zlib(damaged, limit: 10_000) == text)
        unnoticed += 1
      } catch is ZlibError {}
    }
    #expect(unnoticed < 8, "only what fills the last byte before the checksum means nothing")
  }

  @Test func aBombIsBounded() throws {
    let bomb = try Deflate.zlib([UInt8](repeating: 0, count: 20_000_000), level: 9)
    #expect(bomb.count < 100_000)
    #expect(throws: ZlibError.tooLarge(name: nil, limit: 1_000_000)) {
      try Inflate.zlib(bomb, expected: .max, limit: 1_000_000)
    }
  }
}
