// JSONLineTests.swift
// Lines that JSON parsers read back.

import AelogCommands
import Foundation
import Testing

@Suite struct JSONLineTests {
  @Test("members keep their order, and every kind of value is read back")
  func members() throws {
    var line = JSONLine()
    line.add("text", "a\"\\\n\u{0}é😀\u{2028}")
    line.add("whole", -7)
    line.add("small", 1e-300)
    line.add("large", 1e20)
    line.add("truth", true)
    line.add("none", nil as Double?)
    line.add("nan", Double.nan)
    line.add("texts", ["a", "\"b\""])
    #expect(line.text.hasPrefix(#"{"text":""#) && line.text.utf8.allSatisfy { (32...126).contains($0) })
    let object = try #require(JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: Any])
    #expect(object["text"] as? String == "a\"\\\n\u{0}é😀\u{2028}")
    #expect(object["whole"] as? Int == -7)
    #expect(object["small"] as? Double == 1e-300)
    #expect(object["large"] as? Double == 1e20)
    #expect(object["truth"] as? Bool == true)
    #expect(object["texts"] as? [String] == ["a", "\"b\""])
    #expect(object["none"] is NSNull && object["nan"] is NSNull)
  }

  @Test("an empty object") func empty() { #expect(JSONLine().text == "{}") }
}
