// DecodedSourceTests.swift

import ByteStreams
import TestSupport
import Testing

@testable import ArrayFiles

struct DecodedSourceTests {
  private static let text = "label\tgröße\ncafé\t€ 5\n\u{1F469}\u{200D}\u{1F467}\tΩ\n"

  private static func utf16(_ text: String, isBig: Bool, marked: Bool) -> [UInt8] {
    ((marked ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
      isBig ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
  }

  private func decoded(_ bytes: [UInt8], _ encoding: TextEncoding? = nil, size: Int = 1 << 20) throws -> String {
    var source = try DecodedSource(SlowChunks(bytes, size: size), encoding: encoding, path: "x.tsv")
    return String(decoding: try source.readAll(), as: UTF8.self)
  }

  @Test("UTF-16 is read with a mark and, where most of it is ASCII, without", arguments: [1, 2, 3, 7, 1 << 20])
  func wide(size: Int) throws {
    for isBig in [false, true] {
      for marked in [false, true] {
        let bytes = Self.utf16(Self.text, isBig: isBig, marked: marked)
        #expect(try decoded(bytes, size: size) == Self.text)
        #expect(try decoded(bytes, isBig ? .utf16BigEndian : .utf16LittleEndian, size: size) == Self.text)
      }
      // More than is looked at first, with a pair of halves across the border.
      let long = "a" + String(repeating: "x\u{1F469}\n", count: 30_000)
      #expect(try decoded(Self.utf16(long, isBig: isBig, marked: true), size: size * 4099) == long)
    }
    let chinese = Self.utf16("\u{4E2D}\u{6587}\u{4E2D}\n", isBig: false, marked: false)
    let error = #expect(throws: ArrayFileError.self) { try decoded(chinese) }
    #expect(error?.description.contains("give a text file, or its --encoding, for example utf-16le") == true)
    #expect(try decoded(chinese, .utf16LittleEndian) == "\u{4E2D}\u{6587}\u{4E2D}\n")
    #expect(throws: ArrayFileError.self) { try decoded(Array("abc".utf8), .utf16) }
    #expect(try decoded(Self.utf16("a\nb", isBig: true, marked: false), .utf16) == "a\nb")
  }

  @Test("a mark goes and counts more than what was said; every byte of Latin-1 and Windows-1252 has its character")
  func bytes() throws {
    #expect(try decoded([0xEF, 0xBB, 0xBF, 0x61], .latin1, size: 1) == "a")
    #expect(try decoded([0xE9, 0x80, 0x0A], .latin1) == "é\u{80}\n")
    #expect(try decoded([0xE9, 0x80, 0x9F, 0x0A], .windows1252) == "é€Ÿ\n")
    let all = Array(UInt8(1)...255)
    for encoding in [TextEncoding.latin1, .windows1252] {
      let text = try decoded(all, encoding)
      #expect(Set(text.unicodeScalars).count == 255)
      #expect(encoding.text(ofBytes: all) == text)
    }
    #expect(try decoded(Array("a\rb\r".utf8)) == "a\nb\n" && decoded(Array("a\r\nb\r".utf8)) == "a\r\nb\r")
  }

  @Test("halves of characters are told with their line") func broken() {
    for (bytes, says) in [
      ([0xFF, 0xFE, 0x61, 0, 0x0A, 0, 0x00, 0xD8, 0x61, 0], "line 2: half of a UTF-16 character"),
      ([0xFF, 0xFE, 0x61, 0, 0x00, 0xDC], "line 1: half of"),
      ([0xFE, 0xFF, 0, 0x61, 0], "line 1: it ends in the middle"),
      ([0xFE, 0xFF, 0xD8, 0], "it ends in the middle"),
    ] as [([UInt8], String)] {
      for size in [1, 2, 3, 100] {
        let error = #expect(throws: ArrayFileError.self) { try decoded(bytes, size: size) }
        #expect(error?.description.contains(says) == true, "\(error as Any)")
      }
    }
  }

  @Test("what is no text is named") func binary() {
    for (bytes, says) in [
      ([0x1F, 0x8B, 8, 0], "it is gzipped; convert it with: gunzip < x.tsv > x-2.tsv; then give x-2.tsv"),
      (Array("PK\u{3}\u{4}".utf8), "a zip archive"),
      (Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }), "give it a name that ends in .npy"),
      (Array("PAR1\0".utf8), "Parquet"),
      ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32"), ([0, 0, 0x80, 0x3F, 0, 0], "it contains zero bytes"),
      ([0, 1, 0, 2, 0, 3], "it contains zero bytes"), ([1, 0, 0x41, 0, 0x0A, 0], "it contains zero bytes"),
    ] as [([UInt8], String)] {
      let error = #expect(throws: ArrayFileError.self) { try decoded(bytes) }
      #expect(error?.description.contains(says) == true, "\(error as Any)")
    }
    #expect(throws: Never.self) { try decoded(Array("PAR1\nBZh\n".utf8)) }
  }

  @Test("the beginning can be seen before it is read") func front() throws {
    let long = String(repeating: "x", count: 200_000) + "\ny\nz\n" + String(repeating: "w", count: 100_000)
    var source = try DecodedSource(SlowChunks(Array(long.utf8), size: 5000), encoding: nil, path: "x")
    let front = try source.front()
    #expect(front.bytes.count >= 200_006 && !front.isWhole && long.utf8.starts(with: front.bytes))
    #expect(try source.readAll() == Array(long.utf8))
    var short = try DecodedSource(MemorySource(Array("a\nb".utf8)), encoding: nil, path: "x")
    let all = try short.front()
    #expect(Array(all.bytes) == Array("a\nb".utf8) && all.isWhole)
  }

  @Test("UTF-8 is what the standard library takes for it") func check() {
    let odd: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
    ]
    let all = odd + [0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF]
    for one in all {
      for two in all {
        for three in all {
          for four in all {
            for bytes in [[one, two, three, four], [one, two, three], [one, two]] {
              let valid = bytes.withUnsafeBufferPointer { UTF8Check.isValid($0) }
              if valid != (String(validating: bytes, as: UTF8.self) != nil) { Issue.record("\(bytes)") }
            }
          }
        }
      }
    }
  }
}

/// Gives few bytes at a time.
private struct SlowChunks: ByteSource {
  private var memory: MemorySource
  private let size: Int

  init(_ bytes: [UInt8], size: Int) { (memory, self.size) = (MemorySource(bytes), size) }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    memory.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(size)))
  }
}
