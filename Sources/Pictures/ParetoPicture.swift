// ParetoPicture.swift
// Plots of loss against cost, in one or more panels, with the points that no other point beats.

package import PNG

/// A picture of points with a value that should be low, in one panel for each cost that should be low too.
package struct ParetoPicture {
  package struct Point: Hashable, Sendable {
    package var name: String
    /// Chooses its color: an index into `groups`.
    package var group: Int
    package var value: Double
    /// The standard deviation, if `value` is a mean of several.
    package var deviation: Double?
    /// One for each panel; above 0.
    package var costs: [Double]

    package init(name: String, group: Int, value: Double, deviation: Double?, costs: [Double]) {
      (self.name, self.group, self.value, self.deviation, self.costs) = (name, group, value, deviation, costs)
    }
  }

  package var title = ""
  package let valueTitle: String
  package let costTitles: [String]
  package let groups: [String]
  /// In their order, from which they have their numbers.
  package let points: [Point]

  /// - Precondition: a cost above 0 for each panel, and a group for each point; all numbers finite.
  package init(valueTitle: String, costTitles: [String], groups: [String], points: [Point]) {
    precondition(points.allSatisfy { $0.costs.count == costTitles.count && groups.indices.contains($0.group) })
    precondition(points.allSatisfy { $0.value.isFinite && $0.costs.allSatisfy { $0.isFinite && $0 > 0 } })
    (self.valueTitle, self.costTitles, self.groups, self.points) = (valueTitle, costTitles, groups, points)
  }

  /// The points that no other beats in both, by rising cost: of equal cost the lowest value, of equal points the first.
  package func front(_ panel: Int) -> [Int] {
    let order = points.indices.sorted {
      (points[$0].costs[panel], points[$0].value, $0) < (points[$1].costs[panel], points[$1].value, $1)
    }
    return order.reduce(into: []) { front, number in
      if front.last.map({ points[number].value < points[$0].value }) ?? true { front.append(number) }
    }
  }

  static let panelWidth = 560
  static let plotHeight = 400
  static let (left, top, foot) = (84, 92, 64)
  static let letterSize: Float = 12
  static let ink = Color(0x333333)
  private static let lineHeight = 24
  /// The most lines of the legend.
  private static let nameLimit = 24

  /// Draws it.
  package func drawn() -> PNGImage {
    let named = Array(Set(costTitles.indices.flatMap(front)).sorted().prefix(Self.nameLimit))
    let top = Self.top + Self.plotHeight + Self.foot
    let height = top + (named.count + 1) * Self.lineHeight + 16
    var canvas = Canvas(width: max(640, costTitles.count * Self.panelWidth + 24), height: height, .white)
    canvas.write(
      Canvas.fitted(title, size: Self.letterSize, into: Float(canvas.width - 40)), at: Place(20, 20),
      size: Self.letterSize, Color(0x555555))
    drawGroups(on: &canvas)
    for panel in costTitles.indices where !points.isEmpty {
      ParetoPanel(self, panel).draw(on: &canvas)
    }
    canvas.write(
      "not beaten in both, by number:", at: Place(20, Float(top)), size: Self.letterSize, Color(0x555555))
    for (line, number) in named.enumerated() {
      let y = Float(top + (line + 1) * Self.lineHeight)
      canvas.write("\(number + 1)", at: Place(56, y), size: Self.letterSize, Self.ink, .right)
      canvas.disc(at: Place(72, y + Self.letterSize / 2), radius: 5, .ofClass(points[number].group))
      canvas.write(
        Canvas.fitted(points[number].name, size: Self.letterSize, into: Float(canvas.width - 110)), at: Place(86, y),
        size: Self.letterSize, Self.ink)
    }
    return canvas.image()
  }

  private func drawGroups(on canvas: inout Canvas) {
    var x: Float = 20
    for (number, name) in groups.enumerated() where points.contains(where: { $0.group == number }) {
      canvas.disc(at: Place(x + 6, 56), radius: 6, .ofClass(number))
      canvas.write(name, at: Place(x + 18, 50), size: Self.letterSize, Self.ink)
      x += 48 + Canvas.width(of: name, size: Self.letterSize)
    }
    canvas.lines([(Place(x, 56), Place(x + 26, 56))], radius: 1, ParetoPanel.frontColor)
    canvas.write("best for its size", at: Place(x + 34, 50), size: Self.letterSize, Self.ink)
  }
}
