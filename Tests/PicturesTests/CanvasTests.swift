// CanvasTests.swift
// Drawings cover the pixels that they should, and no others.

import PNG
import Testing

@testable import Pictures

@Suite struct CanvasTests {
  @Test("a disc covers its area, whatever its place and size", arguments: [Float(1.5), 2.2, 7], [Float(0), 0.3, 0.5])
  func discs(radius: Float, shift: Float) {
    var canvas = Canvas(width: 40, height: 40, .black)
    canvas.disc(at: Place(20 + shift, 20 - shift), radius: radius, .white)
    let area = canvas.image(isGray: true).pixels.reduce(0.0) { $0 + Double($1) / 255 }
    let want = Double(radius) * Double(radius) * .pi
    #expect(abs(area - want) < 0.06 * want, "\(area) of \(want)")
  }

  @Test("colors are mixed in the order they are drawn") func mixing() {
    var canvas = Canvas(width: 2, height: 1, .white)
    canvas.rectangle(x: 0, y: 0, width: 1, height: 9, Color(0xFF0000))
    canvas.rectangle(x: 0, y: 0, width: 1, height: 1, Color(0x0000FF), opacity: 0.5)
    #expect(canvas.image().pixels == [128, 0, 128, 255, 255, 255])
  }

  @Test("what lies outside, or nowhere, is left out") func outside() {
    var canvas = Canvas(width: 8, height: 8, .black)
    let before = canvas.image()
    for x in [-100, 100, Float.nan, .infinity, -.infinity, 1e30] {
      canvas.disc(at: Place(x, 4), radius: 3, .white)
      canvas.lines([(Place(x, 4), Place(x, 5))], radius: 1, .white)
    }
    canvas.rectangle(x: -9, y: -9, width: 3, height: 3, .white)
    canvas.rectangle(x: 9, y: 9, width: 3, height: 3, .white)
    canvas.write("x", at: Place(-500, 4), size: 6, .white)
    #expect(canvas.image() == before)
    canvas.disc(at: Place(0, 0), radius: 2, .white)
    #expect(canvas.image() != before)
  }

  @Test("an enlarged picture is exact, for every level") func exact() {
    let image = PNGImage(width: 16, height: 16, format: .gray, pixels: (0..<256).map { UInt8($0) })
    var canvas = Canvas(width: 48, height: 48, .white)
    canvas.draw(image, x: 0, y: 0, enlarging: 3)
    #expect(canvas.image(isGray: true) == image.enlarged(by: 3))
  }

  @Test("a picture is shrunk by the mean of areas, and an ink is as dense as the picture is bright") func shrunk() {
    let pixels: [UInt8] = [0, 100, 200, 100, 100, 200, 0, 100, 255, 255, 0, 0, 255, 255, 0, 0]
    let image = PNGImage(width: 4, height: 4, format: .gray, pixels: pixels)
    var canvas = Canvas(width: 2, height: 2, .white)
    canvas.draw(image, x: 0, y: 0, side: 2)
    #expect(canvas.image(isGray: true).pixels == [100, 100, 255, 0])
    canvas = Canvas(width: 2, height: 2, .white)
    canvas.draw(image, x: 0, y: 0, side: 2, ink: .black)
    #expect(canvas.image(isGray: true).pixels == [155, 155, 0, 255])
    let wide = PNGImage(width: 4, height: 1, format: .rgb, pixels: [UInt8](repeating: 9, count: 12))
    canvas = Canvas(width: 4, height: 4, .white)
    canvas.draw(wide, x: 0, y: 0, side: 4)
    #expect(canvas.image(isGray: true).pixels.filter { $0 == 9 }.count == 4)
  }
}
