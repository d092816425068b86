// MessageTextTests.swift
// Names in messages are quoted once, lines have a maximum length, and nouns agree with their numbers.

import ByteStreams
import Testing

@Suite struct MessageTextTests {
  @Test("quotes of a name stay as they are, what deceives a terminal does not") func safe() {
    let name = DisplayName.quoted("a \"b\" \\c\u{1B}[2J\n\u{202E}é")
    #expect(name == #""a \"b\" \\c\u{1B}[2J\u{A}\u{202E}é""#)
    #expect(DisplayName.safe("no \(name)") == "no \(name)")
    #expect(DisplayName.safe("a\"b\\c\u{85}\t") == #"a"b\c\u{85}\u{9}"#)
  }

  @Test("a long line keeps its beginning and its end, and says how much is missing", arguments: [256, 1000, 8192])
  func bounded(limit: Int) throws {
    for (unit, count) in [("x", 900_000), ("é", 500_000), ("👩‍👧", 60_000)] {
      let text = "error: " + String(repeating: unit, count: count) + "; give another"
      let short = DisplayName.bounded(text, limit: limit)
      #expect(short.utf8.count <= limit && short.utf8.count > limit - 100)
      #expect(short.hasPrefix("error: \(unit)") && short.hasSuffix("\(unit); give another"))
      let missing = try #require(short.firstMatch(of: /… \((\d+) bytes left out\) …/)?.1)
      let kept = short.utf8.count - " … (\(missing) bytes left out) … ".utf8.count
      #expect(kept + (Int(missing) ?? 0) == text.utf8.count)
    }
    let whole = String(repeating: "x", count: limit)
    #expect(DisplayName.bounded(whole, limit: limit) == whole)
  }

  @Test func counted() {
    #expect([0, 1, 2].map { DisplayName.counted($0, "image") } == ["0 images", "1 image", "2 images"])
    #expect(DisplayName.counted(2, "class", "classes") == "2 classes")
  }
}
