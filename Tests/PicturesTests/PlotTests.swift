// PlotTests.swift
// Points, tables and strips are drawn where and as what they are.

import PNG
import Testing

@testable import Pictures

@Suite struct PlotTests {
  /// Pixels of about that color.
  private func count(_ color: Color, in picture: PNGImage) -> Int {
    var canvas = Canvas(width: 1, height: 1, color)
    canvas.mix(color, share: 1, x: 0, y: 0)
    let want = canvas.image().pixels.map(Int.init)
    return (0..<picture.width * picture.height).reduce(0) { sum, pixel in
      let got = picture.pixels[3 * pixel..<3 * pixel + 3].map(Int.init)
      return sum + (zip(got, want).allSatisfy { abs($0 - $1) <= 2 } ? 1 : 0)
    }
  }

  @Test("each class has the projector's color, and its line in the legend") func legend() {
    let points = (0..<30).map { Place(Float($0), Float($0 % 7)) }
    let one = ScatterPicture(points: points, classes: points.map { _ in 0 }, names: ["only"]).drawn()
    #expect(one.width == 960 && count(.ofClass(1), in: one) == 0)
    let three = ScatterPicture(points: points, classes: points.indices.map { $0 % 3 }, names: ["a", "b", "c"]).drawn()
    #expect(three.width > 1000)
    for number in 0..<3 { #expect(count(.ofClass(number), in: three) >= 80, "\(number)") }
    #expect(Color.ofClass(10) == Color.ofClass(0) && Color.ofClass(3) == Color(0x17BECF))
  }

  @Test("distances keep their proportion, up is up, and nothing else than finite points is drawn") func places() {
    let points = [Place(0, 0), Place(8, 0), Place(8, 2), Place(.nan, 3), Place(1, .infinity)]
    let picture = ScatterPicture(points: points, classes: [0, 1, 2, 3, 3], names: ["a", "b", "c", "d"]).drawn()
    func center(_ number: Int) -> Place {
      let want = Canvas(width: 1, height: 1, Color.white.mixed(with: .ofClass(number), share: 0.55)).image().pixels
      var (sum, found) = (Place.zero, Float(0))
      for y in 44..<picture.height {
        for x in 0..<960 where zip(picture[x, y], want).allSatisfy({ abs(Int($0) - Int($1)) <= 2 }) {
          sum += Place(Float(x), Float(y))
          found += 1
        }
      }
      return sum / found
    }
    let (a, b, c) = (center(0), center(1), center(2))
    #expect(abs(a.y - b.y) < 1 && abs(b.x - c.x) < 1 && c.y < b.y)
    #expect(abs((b.x - a.x) - 4 * (b.y - c.y)) < 2, "\(a) \(b) \(c)")
    #expect(center(3).x.isNaN)
  }

  @Test("a thumbnail stands on each dense place, and none on another") func thumbnails() {
    var points: [Place] = []
    for center in 0..<4 { points += (0..<200).map { Place(Float(center * 100 + $0 % 14), Float($0 / 14)) } }
    var picture = ScatterPicture(points: points, classes: points.indices.map { $0 / 200 }, names: ["a", "b", "c", "d"])
    let before = picture.drawn()
    picture.thumbnail = { _ in PNGImage(width: 4, height: 4, format: .rgb, pixels: [UInt8](repeating: 0, count: 48)) }
    let after = picture.drawn()
    let black = count(.black, in: after) - count(.black, in: before)
    #expect(black >= 4 * 34 * 34 && black % (34 * 34) == 0, "\(black)")
    picture = ScatterPicture(points: [], classes: [], names: [])
    #expect(picture.drawn().width == 960)
    picture = ScatterPicture(points: [Place(1, 1), Place(1, 1)], classes: [0, 0], names: ["a"])
    #expect(picture.drawn().height > 960)
  }

  @Test("axes that mean something are named below the points, with their ranges") func axes() {
    var picture = ScatterPicture(
      points: [Place(-1, 2), Place(3, 4), Place(.infinity, 0)], classes: [0, 0, 0], names: ["a"])
    let before = picture.drawn()
    picture.axes = ["one", "two"]
    let after = picture.drawn()
    let changed = (0..<before.height).filter { row in
      let pixels = row * before.width * before.format.channels..<(row + 1) * before.width * before.format.channels
      return before.pixels[pixels] != after.pixels[pixels]
    }
    #expect(!changed.isEmpty && changed.allSatisfy { $0 > 960 })
  }

  @Test("the axes' lines have at most two decimals") func axisLines() {
    let axes = PlaneAxes(("first", "second"), from: Place(-3, 0.127), to: Place(3, 2e7))
    #expect(axes.lines == ["right: first, -3.0 to 3.0", "up: second, 0.13 to 2e+07"])
  }

  @Test("lines below a table leave its images as they are, and images without gaps touch") func tableFooter() {
    let images = [UInt8(40), 90].map {
      PNGImage(width: 28, height: 28, format: .gray, pixels: .init(repeating: $0, count: 784))
    }
    var table = ImageTable([.init("", images), .init("", images.reversed())])
    (table.title, table.gap) = ("title", 0)
    let before = table.drawn()
    #expect((before.width, before.height) == (160, 36 + 112))
    #expect(before.cropped(x: 0, y: 36, width: 56, height: 56) == images[0].enlarged(by: 2))
    #expect(before.cropped(x: 56, y: 36, width: 56, height: 56) == images[1].enlarged(by: 2))
    table.footer = ["one", "another line that is far too long for the picture"]
    let after = table.drawn()
    #expect(after.height == before.height + 56 && after.cropped(x: 0, y: 0, width: 160, height: 148) == before)
    let foot = after.cropped(x: 0, y: 148, width: 160, height: 56)
    #expect(foot.pixels.contains { $0 > 180 } && foot.pixels.first == 28)
  }

  @Test("right is blue, wrong is red, by the root of its share") func confusion() {
    let picture = ConfusionPicture(counts: [[9, 0], [3, 1]], names: ["a", "b"]).drawn()
    #expect(count(Color(0x1F77B4), in: picture) > 1000, "all of a row")
    let base = Color(0xF4F4F4)
    #expect(count(base, in: picture) > 2000)
    let wrong = base.mixed(with: Color(0xD62728), share: Float(0.75).squareRoot())
    let right = base.mixed(with: Color(0x1F77B4), share: 0.5)
    #expect(count(wrong, in: picture) > 1000 && count(right, in: picture) > 1000)
    #expect(
      [0.0001, 0.0014, 0.0994, 0.1, 0.974, 1].map { ConfusionPicture.percent($0) }
        == ["<0.1", "0.1", "9.9", "10", "97", "100"])
    var explained = ConfusionPicture(counts: [[9, 0], [3, 1]], names: ["a", "b"])
    explained.caption = "Each of the five nearest codes has a vote for the class of an image; nothing else decides."
    let drawn = explained.drawn()
    #expect(
      drawn.width == picture.width && drawn.height >= picture.height + 36 && (drawn.height - picture.height) % 18 == 0)
    let many = ConfusionPicture(
      counts: Array(repeating: Array(repeating: 1, count: 256), count: 256), names: (0..<256).map { "\($0)" })
    #expect(many.drawn().width > 256 * 6)
  }

  @Test("a table's images are exact, and its words stand above") func table() {
    func image(_ level: UInt8) -> PNGImage {
      PNGImage(width: 28, height: 28, format: .gray, pixels: (0..<784).map { UInt8(($0 * 7 + Int(level)) % 256) })
    }
    var table = ImageTable([.init("image", [image(1), image(2)]), .init("0", [image(3), image(4)])])
    let picture = table.drawn()
    #expect((picture.width, picture.height, picture.format) == (2 * 58 + 2, 28 + 2 * 58 + 2, .gray))
    for (x, y, level) in [(2, 30, 1), (2, 88, 2), (60, 30, 3), (60, 88, 4)] {
      #expect(picture.cropped(x: x, y: y, width: 56, height: 56) == image(UInt8(level)).enlarged(by: 2))
    }
    table.title = "epoch 3"
    table.progress = 0.5
    #expect(table.drawn().height == picture.height + 36 && table.drawn().width == 160)
  }
}
