// TarReaderTests.swift
// Tar archives: their files in order, cut anywhere, with any byte changed.

import ByteStreams
import TestSupport
import Testing

@testable import Zlib

@Suite struct TarReaderTests {
  private static let files: [(name: String, bytes: [UInt8])] = [
    ("a/empty", []), ("a/short", Array("text".utf8)), ("a/block", [UInt8](repeating: 7, count: 512)),
    ("a/long", (0..<1500).map { UInt8(truncatingIfNeeded: $0) }),
  ]
  private static let archive = TarBytes.archive(of: files, directories: ["a/"])

  /// The files of an archive, read in parts of `size` bytes.
  private func files(of bytes: [UInt8], inChunksOf size: Int = 1 << 16) throws -> [(name: String, bytes: [UInt8])] {
    var reader = TarReader(ScriptedSource(bytes, inChunksOf: size))
    var found: [(name: String, bytes: [UInt8])] = []
    while let member = try reader.next() {
      guard member.isFile else { continue }
      var text: [UInt8] = []
      var part = [UInt8](repeating: 0, count: 100)
      while case let count = try part.withUnsafeMutableBytes({ try reader.read(into: $0) }), count > 0 {
        text += part[..<count]
      }
      #expect(text.count == member.size)
      found.append((member.name, text))
    }
    return found
  }

  @Test("the files in order, whatever the parts in which the bytes come", arguments: [1, 7, 512, 513, 1 << 16])
  func reads(size: Int) throws {
    let found = try files(of: Self.archive, inChunksOf: size)
    #expect(found.map(\.name) == Self.files.map(\.name) && found.map(\.bytes) == Self.files.map(\.bytes))
  }

  @Test("members that nobody reads are skipped")
  func skips() throws {
    var reader = TarReader(MemorySource(Self.archive))
    var names: [String] = []
    while let member = try reader.next() { names.append(member.name) }
    #expect(names == ["a/"] + Self.files.map(\.name))
  }

  @Test("a directory and a name that the header has apart are joined")
  func prefix() throws {
    let bytes = TarBytes.archive(of: [("name", [1])], prefix: "above/it")
    #expect(try files(of: bytes).map(\.name) == ["above/it/name"])
  }

  @Test("an archive that ends in a member is truncated; between two members it ends")
  func cut() throws {
    for end in stride(from: 1, to: Self.archive.count - 1024, by: 37) where end % 512 != 0 {
      #expect(throws: ZlibError.self, "\(end)") { try files(of: Array(Self.archive[..<end])) }
    }
    #expect(try files(of: Array(Self.archive[..<512])).isEmpty)
  }

  @Test("a changed byte of a header is noticed", arguments: 512..<1024)
  func changed(place: Int) {
    var bytes = Self.archive
    bytes[place] ^= 0x55
    // Spaces and zeros around the sum's digits may change.
    if !(512 + 148..<512 + 156).contains(place) {
      #expect(throws: ZlibError.self) { try files(of: bytes) }
    }
  }
}
