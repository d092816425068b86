// ParetoTests.swift
// Round numbers on axes, and the points that no other beats.

import PNG
import Testing

@testable import Pictures

@Suite struct ParetoTests {
  private func picture(_ numbers: [(Double, Double)], deviation: Double? = nil) -> ParetoPicture {
    ParetoPicture(
      valueTitle: "loss", costTitles: ["size"], groups: ["a", "b"],
      points: numbers.enumerated().map { number, pair in
        .init(name: "\(number)", group: number % 2, value: pair.1, deviation: deviation, costs: [pair.0])
      })
  }

  @Test("the front: cheaper or better than any other, ties to the first") func front() {
    #expect(picture([(5, 3), (1, 9), (2, 4), (3, 4), (5, 3), (9, 3.5), (9, 1)]).front(0) == [1, 2, 0, 6])
    #expect(picture([]).front(0) == [] && picture([(1, 1)]).front(0) == [0])
    #expect(picture([(1, 1), (2, 2), (3, 3)]).front(0) == [0])
    // Against the definition, over every order of a few points.
    var points: [(Double, Double)] = []
    for number in 0..<40 { points.append((Double(number * 7 % 11 + 1), Double(number * 5 % 13))) }
    let front = picture(points).front(0)
    for (number, point) in points.enumerated() {
      let isBeaten = points.enumerated().contains { place, other in
        if other.0 > point.0 || other.1 > point.1 { return false }
        return other != point || place < number
      }
      #expect(front.contains(number) == !isBeaten, "\(number)")
    }
  }

  @Test(
    "ticks are round, within the axis, and told apart by their texts",
    arguments: [
      ([0.0712, 0.0718], false), ([0.07, 0.3], false), ([1, 1], false), ([0, 0], false), ([2, 128], true),
      ([5, 6], true), ([1, 3_000_000], true), ([222_384, 222_384], true), ([1e-9, 2e-9], false), ([3, 4], true),
    ] as [([Double], Bool)])
  func ticks(numbers: [Double], isLogarithmic: Bool) {
    let axis = Axis(numbers, isLogarithmic: isLogarithmic)
    let ticks = axis.ticks
    #expect((2...10).contains(ticks.count), "\(ticks)")
    #expect(ticks == ticks.sorted() && ticks.allSatisfy { (0...1).contains(axis.place($0)) })
    #expect(Set(Axis.labels(of: ticks)).count == ticks.count, "\(Axis.labels(of: ticks))")
    #expect(numbers.allSatisfy { axis.place($0) > 0.02 && axis.place($0) < 0.98 })
  }

  @Test func texts() {
    #expect(Axis.labels(of: [0.05, 0.1, 0.15]) == ["0.05", "0.1", "0.15"])
    #expect(Axis.labels(of: [1000, 2000, 10_000, 20_000, 1_500_000]) == ["1000", "2000", "10k", "20k", "1.5M"])
  }

  @Test("a point with a flaw is hollow and named: beside its number, in the list and in the heading") func flaws() {
    var points = picture([(1, 4), (100, 1)]).points
    points[1].flaw = "2 dead"
    let plain = picture([(1, 4), (100, 1)]).drawn()
    var flawed = ParetoPicture(valueTitle: "loss", costTitles: ["size"], groups: ["a", "b"], points: points)
    flawed.flawTitle = "has dead code units"
    let image = flawed.drawn()
    func differences(_ rows: Range<Int>) -> Int {
      rows.reduce(0) { sum, y in sum + (0..<image.width).count { image[$0, y] != plain[$0, y] } }
    }
    let (top, foot) = (ParetoPicture.top, ParetoPicture.top + ParetoPicture.plotHeight)
    // The heading, the hole and the text beside the number, and the second line of the list.
    #expect(differences(45..<70) > 100 && differences(top..<foot) > 50)
    let list = foot + ParetoPicture.foot
    #expect(differences(foot..<list + 40) == 0 && differences(list + 44..<image.height) > 50)
    // The text of the last point does not leave the panel.
    let outside = (top..<foot).flatMap { y in (ParetoPicture.panelWidth..<image.width).map { image[$0, y] } }
    #expect(outside.allSatisfy { $0 == [255, 255, 255] })
    let panel = ParetoPanel(flawed, 0)
    for (number, isHollow) in [false, true].enumerated() {
      let (x, y) = panel.middle(of: number)
      #expect((image[x, y] == [255, 255, 255]) == isHollow && plain[x, y] != [255, 255, 255], "\(number)")
    }
  }

  @Test("a point is drawn in its group's color at its place; the front has a ring") func drawn() {
    let image = picture([(1, 4), (100, 1), (100, 4)], deviation: 0.1).drawn()
    let top = ParetoPicture.top, left = ParetoPicture.left
    let right = ParetoPicture.panelWidth - 24
    var found: [Int: Int] = [:]
    for y in top..<top + ParetoPicture.plotHeight {
      for x in left..<right {
        let pixel = image[x, y].map(Int.init)
        for (group, color) in [[0x1F, 0x77, 0xB4], [0xD6, 0x27, 0x28]].enumerated() where pixel == color {
          found[group, default: 0] += 1
        }
      }
    }
    // Two of the front: one of each group.
    #expect((50...150).contains(found[0] ?? 0) && (50...150).contains(found[1] ?? 0), "\(found)")
    #expect(picture([]).drawn().width == 640)
    let many = picture((0..<300).map { (Double($0 + 1), Double(300 - $0)) }).drawn()
    #expect(many.height < 1400)
  }
}

extension ParetoPanel {
  /// The pixel in the middle of a point.
  fileprivate func middle(of number: Int) -> (x: Int, y: Int) {
    let place = place(picture.points[number])
    return (Int(place.x), Int(place.y))
  }
}
