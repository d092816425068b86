// ExactNameTests.swift
// Names are told apart by their bytes, whatever Swift's strings say.

import ByteStreams
import Foundation
import TestSupport
import Testing

struct ExactNameTests {
  private let composed = RawNames.composed
  private let decomposed = RawNames.decomposed

  @Test func normalFormsAreDifferentNames() {
    #expect(composed == decomposed, "for Swift they are equal")
    #expect(ExactName(composed) != ExactName(decomposed) && ExactName(composed) == ExactName("caf\u{E9}"))
    #expect(Set([composed, decomposed, composed].map(ExactName.init)).count == 2)
    #expect(!composed.hasSameBytes(as: decomposed) && composed.hasSameBytes(as: composed))
    // Both have one length and are equal for Swift.
    #expect(!"a\u{301}\u{323}".hasSameBytes(as: "a\u{323}\u{301}"))
    let names = ["z", decomposed, composed, "cafz"]
    #expect(names.sortedByBytes().elementsEqual([decomposed, "cafz", composed, "z"]) { $0.hasSameBytes(as: $1) })
    #expect(ExactName(decomposed) < ExactName("cafz") && ExactName("cafz") < ExactName(composed))
  }

  @Test("bytes are found where characters are not")
  func parts() {
    let name = "a.tfevents\u{301}"
    #expect(!name.contains("tfevents") && name.containsBytes(of: "tfevents"))
    #expect("/\u{301}x".beginsWithBytes(of: "/") && !"/\u{301}x".hasPrefix("/"))
    #expect("x\u{600}.png".endsWithBytes(of: ".png") && "x.png".endsWithBytes(of: ".png"))
    #expect(!"png".endsWithBytes(of: ".png") && !"a".containsBytes(of: "ab") && "a".containsBytes(of: ""))
    #expect(Directory.join("a", "/\u{301}x").hasSameBytes(as: "/\u{301}x"))
  }

  @Test(
    "cells of comma-separated values",
    arguments: [
      ("a", "a"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\nb", "\"a\nb\""), ("a\r", "\"a\r\""),
      (",\u{301}", "\",\u{301}\""), ("\"\u{301}", "\"\"\"\u{301}\""), ("", ""),
    ])
  func cells(text: String, cell: String) {
    #expect(CSVText.cell(text).unicodeScalars.elementsEqual(cell.unicodeScalars))
  }

  @Test func namesThatAreNoUTF8AreKeptApart() throws {
    try withTemporaryDirectory { directory in
      for name in [composed, decomposed, "b"] { try Directory.createOne("\(directory)/\(name)") }
      try RawNames.makeDirectory(RawNames.latin1, in: directory)
      try RawNames.makeDirectory([0xFF, 0x0A, 0x62], in: directory)
      let contents = try Directory.contents(directory)
      #expect(contents.names.map { Array($0.utf8) } == ["b", decomposed, composed].map { Array($0.utf8) })
      #expect(contents.otherNames == [RawNames.latin1, [0xFF, 0x0A, 0x62]])
      #expect(try Directory.list(directory).count == 3)
      let error = FileError.notUTF8(path: "d", name: contents.otherNames[1])
      #expect("\(error)" == #""d" holds the name "\xFF\u{A}b", which is not UTF-8; rename it"#)
      try RawNames.remove(RawNames.latin1, in: directory)
      #expect(try Directory.contents(directory).otherNames.count == 1)
    }
  }

  @Test func aPathThatIsNoUTF8IsNotGuessed() throws {
    try withTemporaryDirectory { directory in
      try RawNames.makeDirectory(RawNames.latin1, in: directory)
      let link = "\(directory)/link"
      let target = RawNames.latin1.map { CChar(bitPattern: $0) } + [0]
      #expect(target.withUnsafeBufferPointer { $0.baseAddress.map { symlink($0, link) } } == 0)
      #expect(Directory.exists(link) && Directory.resolved(link) == nil)
    }
  }

  @Test(
    "bytes are shown as text where they are",
    arguments: [
      (Array("größe \"x\"\n".utf8), #"größe \"x\"\u{A}"#), ([0x61, 0xE9, 0x62], #"a\xE9b"#),
      ([0xC3], #"\xC3"#), ([0xE2, 0x82, 0x61], #"\xE2\x82a"#), ([0xED, 0xA0, 0x80], #"\xED\xA0\x80"#),
      ([0x05], #"\u{5}"#),
      ([0xF5, 0x0F], #"\xF5\u{F}"#),
    ])
  func escapedBytes(bytes: [UInt8], shown: String) {
    #expect(DisplayName.escaped(bytes: bytes) == shown)
    #expect(DisplayName.quoted(bytes: bytes) == "\"\(shown)\"")
  }
}
