// ZipArchiveTests.swift
// Zip archives: stored and deflated members, 64-bit sizes, hostile names and claims, any byte changed.

import ByteStreams
import Testing

@testable import Zlib

@Suite struct ZipArchiveTests {
  private static let text = Array(String(repeating: "abcdefgh", count: 50).utf8)
  private static let entries = [
    ZipBytes.Entry(name: "a/stored", bytes: text), ZipBytes.Entry(name: "a/", bytes: []),
    ZipBytes.Entry(name: "a/deflated", bytes: text, isDeflated: true), ZipBytes.Entry(name: "empty", bytes: []),
    ZipBytes.Entry(name: "none", bytes: [], isDeflated: true),
    ZipBytes.Entry(name: "wide", bytes: text, isDeflated: true, isWide: true),
  ]

  private func read(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [String: [UInt8]] {
    let archive = try ZipArchive(RandomAccessFile(bytes: bytes, path: "x.zip"))
    return try Dictionary(
      archive.members.map { member in
        var source = try archive.source(of: member, limit: limit)
        return (member.name, try source.readAll())
      }
    ) { $1 }
  }

  private static let want = Dictionary(entries.filter { $0.name != "a/" }.map { ($0.name, $0.bytes) }) { $1 }

  @Test(
    "members stored and deflated, with a comment, and with a table of 64 bits",
    arguments: ["", "a comment PK\u{5}\u{6}"])
  func reads(comment: String) throws {
    for isWide in [false, true] {
      let bytes = try ZipBytes.archive(of: Self.entries, comment: comment, isWide: isWide)
      #expect(try read(bytes) == Self.want)
      #expect(try ZipArchive(RandomAccessFile(bytes: bytes, path: "x")).member(named: "wide")?.size == 400)
    }
  }

  @Test(
    "a name that leads out of the archive is refused",
    arguments: ["../x", "a/../../x", "/etc/x", "..", "a\\..\\x"])
  func names(name: String) throws {
    let bytes = try ZipBytes.archive(of: [.init(name: name, bytes: [1])])
    let error = #expect(throws: ZlibError.self) { try read(bytes) }
    #expect("\(try #require(error))".contains("leads out of the archive"))
    #expect(try read(ZipBytes.archive(of: [.init(name: "a..b", bytes: [1])])) == ["a..b": [1]])
  }

  @Test("a member may not be larger than the caller accepts, nor than the table says")
  func sizes() throws {
    let bytes = try ZipBytes.archive(of: [.init(name: "x", bytes: Self.text, isDeflated: true)])
    #expect(throws: ZlibError.tooLarge(name: "x.zip: x", limit: 399)) { try read(bytes, limit: 399) }
    for claimed in [0, 399, 401, 10 << 30] {
      let lying = try ZipBytes.archive(
        of: [.init(name: "x", bytes: Self.text, isDeflated: true, isWide: true, claimedSize: claimed)])
      #expect(throws: ZlibError.self, "\(claimed)") { try read(lying, limit: 1 << 40) }
    }
  }

  @Test("an archive cut anywhere is refused")
  func cut() throws {
    let bytes = try ZipBytes.archive(of: Self.entries)
    for end in 0..<bytes.count { #expect(throws: ZlibError.self, "\(end)") { try read(Array(bytes[..<end])) } }
  }

  @Test("a changed byte gives an error or the same bytes, and never others")
  func changed() throws {
    let bytes = try ZipBytes.archive(of: Self.entries, isWide: true)
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 0x41
      guard let got = try? read(damaged) else { continue }
      for (_, text) in got { #expect(Self.want.values.contains(text), "\(place)") }
    }
  }
}
