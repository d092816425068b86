// GzipTests.swift
// Gzip files of one member or several, whole, cut and damaged, in pieces of any size.

import ByteStreams
import TestSupport
import Testing
import Zlib

struct GzipTests {
  /// "hello, hello, hello\n" with a name and a time, by Python 3.11's gzip module.
  static let hello: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x08, 0xD2, 0x02, 0x96, 0x49, 0x02, 0xFF, 0x6E, 0x61, 0x6D, 0x65, 0x2E, 0x74, 0x78, 0x74, 0x00,
    0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0xC8, 0x40, 0xA2, 0xB8, 0x00, 0xE7, 0x42, 0x6E, 0x52, 0x14, 0x00, 0x00,
    0x00,
  ]
  static let text = Array("hello, hello, hello\n".utf8)

  @Test func oneMemberAndSeveral() throws {
    #expect(try Gzip.inflate(Self.hello) == Self.text)
    let other = try Deflate.gzip([1, 2, 3])
    #expect(try Gzip.inflate(Self.hello + other + Deflate.gzip([]) + Self.hello) == Self.text + [1, 2, 3] + Self.text)
    #expect(try Gzip.inflate(Self.hello + [0, 0, 0]) == Self.text)
    #expect(Gzip.isCompressed(Self.hello))
    #expect(!Gzip.isCompressed([0x1F]))
  }

  @Test("in pieces of any size, into buffers of any size", arguments: 1...40)
  func pieces(size: Int) throws {
    var source = try GzipSource(ScriptedSource(Self.hello + Self.hello, inChunksOf: size))
    #expect(try source.readAll() == Self.text + Self.text)
    source = try GzipSource(ScriptedSource(Self.hello + Self.hello, inChunksOf: 7))
    var buffer = [UInt8](repeating: 0, count: size)
    var seen: [UInt8] = []
    while case let count = try buffer.withUnsafeMutableBytes({ try source.read(into: $0) }), count > 0 {
      seen += buffer[..<count]
    }
    #expect(seen == Self.text + Self.text)
  }

  @Test("a file cut anywhere is called cut", arguments: 0..<hello.count)
  func cut(at count: Int) {
    #expect(throws: ZlibError.truncated(name: nil, offset: count)) { try Gzip.inflate(Array(Self.hello[..<count])) }
  }

  @Test("a second member cut anywhere is called cut", arguments: 1..<hello.count)
  func secondCut(at count: Int) {
    #expect(throws: ZlibError.truncated(name: nil, offset: Self.hello.count + count)) {
      try Gzip.inflate(Self.hello + Self.hello[..<count])
    }
  }

  @Test("no flipped bit changes the text unnoticed", arguments: 0..<hello.count * 8)
  func flipped(bit: Int) throws {
    var damaged = Self.hello
    damaged[bit / 8] ^= 1 << (bit % 8)
    // Time, system and name are not checked by the format; nor are flag bits that only add what is skipped.
    do {
      #expect(try Gzip.inflate(damaged, limit: 1000) == Self.text)
      #expect((3..<19).contains(bit / 8))
    } catch is ZlibError {}
  }

  @Test func whatFollowsIsReported() throws {
    let end = Self.hello.count
    #expect(throws: ZlibError.trailingBytes(name: nil, offset: end)) { try Gzip.inflate(Self.hello + [1, 2]) }
    #expect(throws: ZlibError.trailingBytes(name: nil, offset: end)) { try Gzip.inflate(Self.hello + [0, 0, 7]) }
    #expect(throws: ZlibError.trailingBytes(name: nil, offset: end)) { try Gzip.inflate(Self.hello + [0] + Self.hello) }
    #expect(throws: ZlibError.corrupt(name: nil, offset: end + 2, reason: "incorrect header check")) {
      try Gzip.inflate(Self.hello + [0x1F, 0x8C])
    }
  }

  @Test func otherFilesAreNotTakenForCompressed() {
    #expect(throws: ZlibError.notCompressed(name: nil)) { try Gzip.inflate(Self.text) }
  }

  @Test func filesAreNamedInMessages() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a\u{1B}.gz"
      try AtomicFile.replace(path, bytes: Self.hello)
      #expect(try Gzip.inflate(path: path, expected: 20) == Self.text)
      try AtomicFile.replace(path, bytes: Self.hello.dropLast())
      let error = #expect(throws: ZlibError.self) { try Gzip.inflate(path: path) }
      #expect(
        error.map { "\($0)" }
          == "\"\(directory)/a\\u{1B}.gz\" is truncated: the compressed data end at byte 38 in the middle; "
          + "get the file again")
      #expect(throws: FileError.self) { try Gzip.inflate(path: directory + "/none") }
    }
  }

  @Test func theClaimedLengthIsNotBelieved() throws {
    var liar = Self.hello
    liar[liar.count - 1] = 0xFF
    #expect(throws: ZlibError.corrupt(name: nil, offset: 39, reason: "incorrect length check")) {
      try Gzip.inflate(liar)
    }
  }

  @Test func aBombIsBounded() throws {
    let bomb = try Deflate.gzip([UInt8](repeating: 0, count: 20_000_000), level: 9)
    #expect(throws: ZlibError.tooLarge(name: nil, limit: 1_000_000)) { try Gzip.inflate(bomb, limit: 1_000_000) }
  }

  @Test func aFailingUpstreamIsPassedOn() throws {
    struct Broken: Error {}
    var source = try GzipSource(ScriptedSource(chunks: [Array(Self.hello[..<20])], failure: Broken()))
    #expect(throws: Broken.self) { try source.readAll() }
  }
}
