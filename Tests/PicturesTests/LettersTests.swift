// LettersTests.swift
// Every letter has a shape of its own.

import PNG
import Testing

@testable import Pictures

@Suite struct LettersTests {
  private func drawn(_ text: String, size: Float = 12) -> PNGImage {
    var canvas = Canvas(width: 60, height: 40, .white)
    canvas.write(text, at: Place(8, 8), size: size, .black)
    return canvas.image(isGray: true)
  }

  @Test("no two letters look alike, and only the blank is empty") func different() {
    let empty = drawn("")
    var seen: [[UInt8]: Character] = [:]
    for character in Letters.characters {
      let picture = drawn(String(character))
      #expect((picture == empty) == (character == " "), "\(character)")
      #expect(seen.updateValue(character, forKey: picture.pixels) == nil, "\(character)")
    }
    #expect(Letters.characters.count == 99)
    #expect(seen[drawn("語").pixels] == nil && drawn("語") == drawn("\u{1F600}"), "others are boxes")
  }

  @Test("a letter stands where it is put, at any size", arguments: [Float(6), 9, 12, 18])
  func place(size: Float) {
    let picture = drawn("H", size: size)
    let inked = picture.pixels.indices.filter { picture.pixels[$0] < 200 }
    let rows = inked.map { $0 / 60 }
    let (top, bottom) = (rows.min() ?? 0, rows.max() ?? 0)
    #expect(abs(top - 8) <= 2 && abs(bottom - 8 - Int(size)) <= 2, "\(top) \(bottom)")
    #expect(abs((inked.map { $0 % 60 }.min() ?? 0) - 8) <= 2)
  }

  @Test("texts are as wide as they are said to be, and are cut where they don't fit") func width() {
    for text in ["label", "sneakers, ankle boots", "iiii", "W"] {
      var canvas = Canvas(width: 400, height: 30, .white)
      canvas.write(text, at: Place(390, 8), size: 12, .black, .right)
      let picture = canvas.image(isGray: true)
      let columns = (0..<400).filter { x in (0..<30).contains { picture[x, $0].first ?? 255 < 128 } }
      let width = Float((columns.last ?? 0) - (columns.first ?? 0))
      #expect(abs(width - Canvas.width(of: text, size: 12)) < 4 && abs((columns.last ?? 0) - 390) <= 2, "\(text)")
    }
    let cut = Canvas.fitted("sneakers, ankle boots", size: 12, into: 80)
    #expect(cut.hasPrefix("sneak") && cut.hasSuffix("…") && Canvas.width(of: cut, size: 12) <= 80)
    #expect(Canvas.fitted("abc", size: 12, into: 80) == "abc" && Canvas.fitted("abc", size: 12, into: 0) == "…")
  }
}
