// ReadingOptionsTests.swift
// The text of reading options, as runs and sweeps record it, reads back to the same options.

import Testing

@testable import Datasets

struct ReadingOptionsTests {
  @Test("the text of any options reads back") func texts() {
    for bits in 0..<2048 {
      var options = ReadingOptions()
      if bits & 1 != 0 { options.size = [28, 32] }
      if bits & 2 != 0 { options.fit = .pad }
      if bits & 4 != 0 { options.channels = .gray }
      if bits & 8 != 0 { options.skipBroken = true }
      if bits & 16 != 0 { options.validation = 0.1 }
      if bits & 32 != 0 { options.test = 1.0 / 3 }
      if bits & 64 != 0 { options.labels = #"/my files/a "b" \c'd.csv"# }
      if bits & 128 != 0 { options.scale = ValueScale(text: "-1.5..2") }
      if bits & 256 != 0 { options.imageShape = [8, 9, 3] }
      if bits & 512 != 0 { options.channelOrder = .first }
      if bits & 1024 != 0 { options.maxPixels = 99 }
      #expect(ReadingOptions(text: options.text) == options)
      #expect(options.isEmpty == (bits == 0))
    }
  }

  @Test(
    "other texts are refused",
    arguments: [
      "x", "--size", "--size 0x3", "--size 3x4x5", "--fit none", "--size 3x4  --fit crop", "--validation 2", " ",
      "--labels", "--labels \"a", "--labels \"a\"", "--scale 1..0", "--scale 0..nan", "--image-shape 8",
      "--max-pixels 0",
    ])
  func refused(text: String) { #expect(ReadingOptions(text: text) == nil) }

  @Test("a path with spaces is quoted") func paths() {
    var options = ReadingOptions()
    options.labels = "a b"
    options.size = [3, 4]
    #expect(options.text == "--size 3x4 --labels \"a b\"")
    #expect(options.words == ["--size", "3x4", "--labels", "a b"])
  }

  @Test func scales() {
    for (text, want) in [("0..16", "0..16"), ("-1..1", "-1..1"), ("0.5..1e3", "0.5..1000"), ("0...5", "0..0.5")] {
      #expect(ValueScale(text: text)?.text == want)
    }
    for text in ["", "0..", "..1", "1..1", "2..1", "0..inf", "nan..1", "0-1", "0..1..2"] {
      #expect(ValueScale(text: text) == nil, "\(text)")
    }
  }

  @Test func sizes() {
    #expect(ReadingOptions.size(from: "32") == [32, 32] && ReadingOptions.size(from: "2×3") == [2, 3])
    for text in ["", "x", "3x", "-1", "1e3", "4097", "3 x 4"] { #expect(ReadingOptions.size(from: text) == nil) }
  }
}
