// ReadingOptionsTests.swift
// The text of reading options, as runs and sweeps record it, reads back to the same options.

import Testing

@testable import Datasets

struct ReadingOptionsTests {
  @Test("the text of any options reads back") func texts() {
    for bits in 0..<64 {
      var options = ReadingOptions()
      if bits & 1 != 0 { options.size = [28, 32] }
      if bits & 2 != 0 { options.fit = .pad }
      if bits & 4 != 0 { options.channels = .gray }
      if bits & 8 != 0 { options.skipBroken = true }
      if bits & 16 != 0 { options.validation = 0.1 }
      if bits & 32 != 0 { options.test = 1.0 / 3 }
      #expect(ReadingOptions(text: options.text) == options)
      #expect(options.isEmpty == (bits == 0))
    }
  }

  @Test(
    "other texts are refused",
    arguments: [
      "x", "--size", "--size 0x3", "--size 3x4x5", "--fit none", "--size 3x4  --fit crop", "--validation 2", " ",
    ])
  func refused(text: String) { #expect(ReadingOptions(text: text) == nil) }

  @Test func sizes() {
    #expect(ReadingOptions.size(from: "32") == [32, 32] && ReadingOptions.size(from: "2×3") == [2, 3])
    for text in ["", "x", "3x", "-1", "1e3", "4097", "3 x 4"] { #expect(ReadingOptions.size(from: text) == nil) }
  }
}
