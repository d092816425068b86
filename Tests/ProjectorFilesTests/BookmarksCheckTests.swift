// BookmarksCheckTests.swift
// Stored views that the page's JSON parser refuses are found, and those that it reads are not.

import ByteStreams
import TestSupport
import Testing

@testable import ProjectorFiles

@Suite struct BookmarksCheckTests {
  private static let view = #"{"label": "v", "isSelected": false, "projections": [{"pca-0": 1.5e-3, "pca-1": -0.25}]}"#

  private func findings(_ bytes: [UInt8]) throws -> [ProjectorFinding] {
    try withTemporaryDirectory { directory in
      try AtomicFile.replace("\(directory)/views.json", bytes: bytes)
      var tally = ProjectorTally()
      try BookmarksCheck(file: "\(directory)/views.json", embedding: "e").run(&tally)
      return tally.all
    }
  }

  @Test(
    "views that the page reads",
    arguments: [
      "[\(view)]", "[\(view), \(view)]\n", "[]", " [ ] ", "\u{FEFF}[\(view)]",
      #"[{"label":"\ud800\/\"","projections":[]}]"#,
      #"[{"projections":[1e999,-0,0.5E+7,true,false,null,[],{}]}]"#, #"[{"label":"a","projections":[],"label":"é🙂"}]"#,
      "[{\r\n\t\"projections\"\n:\n[\n]}]",
      "[{\"projections\":" + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000) + "}]",
    ])
  func read(text: String) throws { #expect(try findings(Array(text.utf8)) == []) }

  @Test(
    "views that the page's parser refuses: its list stays empty",
    arguments: [
      ("", 1, "it ends in the middle"), (String("[\(view)]".dropLast(20)), 1, "it ends in the middle"),
      ("[\n{\"a\": NaN}]", 2, "\"N\" at this place"), ("[{\"a\": Infinity}]", 1, "\"I\" at this place"),
      ("[\(view),\n\n]", 3, "\"]\" at this place"), (#"[{"label":"v",}]"#, 1, "\"}\" at this place"),
      ("[{'label':'v'}]", 1, "\"'\" at this place"), (#"[{"x":01}]"#, 1, "\"1\" at this place"),
      (#"[{"x":+1}]"#, 1, "\"+\" at this place"), (#"[{"x":1.}]"#, 1, "\"}\" at this place"),
      (#"[{"x":1e}]"#, 1, "\"}\" at this place"), (#"[{"x":-}]"#, 1, "\"}\" at this place"),
      ("[\(view)] // x", 1, "\"/\" at this place"), ("[\(view)]x", 1, "\"x\" at this place"),
      ("[{\"label\":\"v\nw\"}]", 1, "byte 10 at this place"), ("[\(view)]\0", 1, "byte 0 at this place"),
      ("[\(view)]\u{B}", 1, "byte 11 at this place"), ("\u{A0}[\(view)]", 1, "byte 194 at this place"),
      (#"[{"label":"\x41"}]"#, 1, "\"x\" at this place"), (#"[{"label":"\u00g0"}]"#, 1, "\"g\" at this place"),
      ("[nul]", 1, "\"]\" at this place"), ("[{]}", 1, "\"]\" at this place"), ("[}", 1, "\"}\" at this place"),
      (#"[{"a"}]"#, 1, "\"}\" at this place"), (#"[{"a":}]"#, 1, "\"}\" at this place"),
      ("[{1:2}]", 1, "\"1\" at this place"),
      ("[1 2]", 1, "\"2\" at this place"), ("[\"a", 1, "it ends in the middle"), ("-", 1, "byte 32 at this place"),
    ])
  func refused(text: String, line: Int, fault: String) throws {
    let found = try findings(Array(text.utf8))
    #expect(found.map(\.rule) == [.badBookmarks] && found.first?.line == line, "\(found)")
    #expect(found.first?.what == "no JSON: \(fault)")
    #expect(found.first?.effect == "the page's list of views stays empty, without a message")
  }

  @Test(
    "what is no list of objects",
    arguments: [
      (view, "no array of views"), ("null", "no array of views"), ("\"[\"", "no array of views"),
      ("1", "no array of views"),
      ("[1]", "element 1 of the array is no object"), ("[null]", "element 1 of the array is no object"),
      (#"["a"]"#, "element 1 of the array is no object"),
    ])
  func noObjects(text: String, what: String) throws {
    let found = try findings(Array(text.utf8))
    #expect(found.map(\.what) == [what])
    #expect(found.first?.effect == "the page's list of views stays empty, without a message")
  }

  @Test("views before an element that is no object are listed") func mixed() throws {
    let found = try findings(Array("[\(Self.view),\n\(Self.view),\n3]".utf8))
    #expect(found.map(\.what) == ["element 3 of the array is no object"] && found.first?.line == 3)
    #expect(found.first?.effect == "the page lists the views before it, and no other")
  }

  @Test(
    "views without places of points do nothing",
    arguments: ["[{}]", "[[]]", #"[[{"projections":[]}]]"#, #"[{"a":{"projections":[]}}]"#, #"[{"projections2":[]}]"#])
  func empty(text: String) throws {
    let found = try findings(Array(text.utf8))
    #expect(found.map(\.what) == ["element 1 of the array has no \"projections\""])
    #expect(found.first?.effect == "the page lists it, and a click on it shows nothing")
    let second = try findings(Array("[\(Self.view),\n{}]".utf8))
    #expect(second.map(\.what) == ["element 2 of the array has no \"projections\""] && second.first?.line == 2)
  }

  @Test("bytes that are no UTF-8 are replaced; UTF-16 with its mark is read") func encodings() throws {
    let latin = Array(#"[{"projections":[],"label":"caf"#.utf8) + [0xE9] + Array(#""}]"#.utf8)
    let found = try findings(latin)
    #expect(found.map(\.rule) == [.badBookmarks])
    #expect(found.first?.effect == "the page shows U+FFFD in their place")
    #expect(try findings([0xFF, 0xFE] + "[]".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }) == [])
  }

  @Test("what this program writes has no finding") func written() throws {
    let bookmark = ProjectorBookmark(
      label: "a \"layout\" é", projection: .layout, shape: (points: 3, dimensions: 2),
      components: [1, 2, 3, -4e-9, 5, 6e8],
      layout: [0, 1, 2, 3, 4, 5], color: "digit", labels: "digit")
    #expect(try findings(ProjectorBookmark.encoded([bookmark, bookmark])) == [])
    #expect(try findings(ProjectorBookmark.encoded([])) == [])
  }
}
