// ParetoPicture.swift
// Plots loss against cost in one or more panels, and marks the points that no other point beats.

package import PNG

/// A picture of points whose value and costs should be low, with a panel for each cost.
package struct ParetoPicture {
  package struct Point: Hashable, Sendable {
    package var name: String
    /// The index into `groups`, which gives its color.
    package var group: Int
    package var value: Double
    /// The standard deviation, if `value` is a mean of several.
    package var deviation: Double?
    /// A cost for each panel, above 0.
    package var costs: [Double]
    /// A short text that stands beside the point if it is on the front; a point that has one is hollow.
    package var flaw: String

    package init(
      name: String, group: Int, value: Double, deviation: Double?, costs: [Double], flaw: String = ""
    ) {
      (self.name, self.group, self.value, self.deviation, self.costs) = (name, group, value, deviation, costs)
      self.flaw = flaw
    }
  }

  package var title = ""
  /// The meaning of hollow points.
  package var flawTitle = ""
  package let valueTitle: String
  package let costTitles: [String]
  package let groups: [String]
  /// The points; their numbers in the picture are their places here, from 1 on.
  package let points: [Point]

  /// - Precondition: a cost above 0 for each panel, and a group for each point; all numbers finite.
  package init(valueTitle: String, costTitles: [String], groups: [String], points: [Point]) {
    precondition(points.allSatisfy { $0.costs.count == costTitles.count && groups.indices.contains($0.group) })
    precondition(points.allSatisfy { $0.value.isFinite && $0.costs.allSatisfy { $0.isFinite && $0 > 0 } })
    (self.valueTitle, self.costTitles, self.groups, self.points) = (valueTitle, costTitles, groups, points)
  }

  /// Returns the points that no other beats in both value and cost, by rising cost; the first of equal points.
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

  /// Draws the picture.
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
      let (point, middle) = (points[number], Place(72, y + Self.letterSize / 2))
      canvas.disc(at: middle, radius: 5, .ofClass(point.group))
      if !point.flaw.isEmpty { canvas.disc(at: middle, radius: ParetoPanel.hole, .white) }
      let flaw = point.flaw.isEmpty ? "" : ", \(point.flaw)"
      let room = Float(canvas.width - 110) - Canvas.width(of: flaw, size: Self.letterSize)
      canvas.write(
        Canvas.fitted(point.name, size: Self.letterSize, into: room) + flaw, at: Place(86, y), size: Self.letterSize,
        Self.ink)
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
    let best = "best for its size"
    canvas.write(best, at: Place(x + 34, 50), size: Self.letterSize, Self.ink)
    guard points.contains(where: { !$0.flaw.isEmpty }) else { return }
    x += 64 + Canvas.width(of: best, size: Self.letterSize)
    canvas.disc(at: Place(x + 6, 56), radius: 6, ParetoPanel.frontColor)
    canvas.disc(at: Place(x + 6, 56), radius: ParetoPanel.hole + 1, .white)
    canvas.write(flawTitle, at: Place(x + 18, 50), size: Self.letterSize, Self.ink)
  }
}

/// Draws points against one of their costs.
struct ParetoPanel {
  static let frontColor = Color(0x888888)
  private static let gridColor = Color(0xE6E6E6)
  private static let radius: Float = 5
  /// The radius of the hole in a point that has a flaw.
  static let hole: Float = 2.5

  let picture: ParetoPicture
  private let panel: Int
  private let costs: Axis
  private let values: Axis
  /// The plot's top left corner and size, in pixels.
  private let origin: Place
  private let extent: Place

  /// - Precondition: there are points.
  init(_ picture: ParetoPicture, _ panel: Int) {
    (self.picture, self.panel) = (picture, panel)
    costs = Axis(picture.points.map { $0.costs[panel] }, isLogarithmic: true)
    values = Axis(
      picture.points.flatMap { [$0.value - ($0.deviation ?? 0), $0.value + ($0.deviation ?? 0)] }, isLogarithmic: false)
    origin = Place(Float(panel * ParetoPicture.panelWidth + ParetoPicture.left), Float(ParetoPicture.top))
    extent = Place(
      Float(ParetoPicture.panelWidth - ParetoPicture.left - 24), Float(ParetoPicture.plotHeight))
  }

  func draw(on canvas: inout Canvas) {
    drawAxes(on: &canvas)
    let front = picture.front(panel)
    let isOnFront = Set(front)
    // Between two costs of the front, the cheaper point stays the best.
    for (from, to) in zip(front, front.dropFirst()) {
      let (start, end) = (place(picture.points[from]), place(picture.points[to]))
      let corner = Place(end.x, start.y)
      canvas.lines([(start, corner), (corner, end)], radius: 1, Self.frontColor)
    }
    for number in picture.points.indices.reversed() {
      drawPoint(number, isOnFront: isOnFront.contains(number), on: &canvas)
    }
    drawNumbers(of: front, on: &canvas)
  }

  func place(_ point: ParetoPicture.Point) -> Place { place(point.costs[panel], point.value) }

  private func place(_ cost: Double, _ value: Double) -> Place {
    origin + Place(Float(costs.place(cost)) * extent.x, (1 - Float(values.place(value))) * extent.y)
  }

  private func drawAxes(on canvas: inout Canvas) {
    let size = ParetoPicture.letterSize
    let (ticks, levels) = (costs.ticks, values.ticks)
    for (tick, text) in zip(ticks, Axis.labels(of: ticks)) {
      let x = place(tick, values.low).x
      canvas.lines([(Place(x, origin.y), Place(x, origin.y + extent.y))], radius: 0.5, Self.gridColor)
      canvas.lines(
        [(Place(x, origin.y + extent.y), Place(x, origin.y + extent.y + 5))], radius: 0.5, ParetoPicture.ink)
      canvas.write(text, at: Place(x, origin.y + extent.y + 10), size: size, ParetoPicture.ink, .center)
    }
    for (level, text) in zip(levels, Axis.labels(of: levels)) {
      let y = place(costs.low, level).y
      canvas.lines([(Place(origin.x, y), Place(origin.x + extent.x, y))], radius: 0.5, Self.gridColor)
      canvas.lines([(Place(origin.x - 5, y), Place(origin.x, y))], radius: 0.5, ParetoPicture.ink)
      canvas.write(text, at: Place(origin.x - 10, y - size / 2), size: size, ParetoPicture.ink, .right)
    }
    let corner = origin + Place(0, extent.y)
    canvas.lines([(origin, corner), (corner, origin + extent)], radius: 0.7, ParetoPicture.ink)
    canvas.write(picture.valueTitle, at: Place(origin.x - 44, origin.y - 22), size: size, ParetoPicture.ink)
    canvas.write(
      picture.costTitles[panel], at: Place(origin.x + extent.x / 2, corner.y + 34), size: size, ParetoPicture.ink,
      .center)
  }

  private func drawPoint(_ number: Int, isOnFront: Bool, on canvas: inout Canvas) {
    let (point, middle) = (picture.points[number], place(picture.points[number]))
    let color = Color.ofClass(point.group)
    if let deviation = point.deviation, deviation > 0 {
      let (low, high) = (
        place(point.costs[panel], point.value - deviation), place(point.costs[panel], point.value + deviation)
      )
      let cap = Place(3, 0)
      canvas.lines(
        [(low, high), (low - cap, low + cap), (high - cap, high + cap)], radius: 0.7, color, opacity: 0.7)
    }
    if isOnFront { canvas.disc(at: middle, radius: Self.radius + 3, ParetoPicture.ink) }
    if isOnFront { canvas.disc(at: middle, radius: Self.radius + 1.8, .white) }
    canvas.disc(at: middle, radius: Self.radius, color, opacity: isOnFront ? 1 : 0.6)
    if !point.flaw.isEmpty { canvas.disc(at: middle, radius: Self.hole, .white) }
  }

  /// Writes the numbers and flaws of the front's points, each where it covers nothing if there is such a place.
  private func drawNumbers(of front: [Int], on canvas: inout Canvas) {
    let size: Float = 10
    var taken = TakenPlaces()
    for point in picture.points { taken.add(place(point) - 7, place(point) + 7) }
    for number in front {
      let (point, middle) = (picture.points[number], place(picture.points[number]))
      let text = point.flaw.isEmpty ? "\(number + 1)" : "\(number + 1): \(point.flaw)"
      let room = Place(Canvas.width(of: text, size: size), size)
      let offsets = [Place(10, -10 - size), Place(10, 10), Place(-10 - room.x, 10), Place(-10 - room.x, -10 - size)]
      // A long text stands on the side where the panel has room for it.
      let (left, right) = (origin.x, origin.x + extent.x + 20)
      let fitting = offsets.filter { middle.x + $0.x >= left && middle.x + $0.x + room.x <= right }
      let free = fitting.first { taken.isFree(middle + $0, middle + $0 + room) }
      let corner = middle + (free ?? fitting.first ?? offsets[0])
      taken.add(corner, corner + room)
      canvas.write(text, at: corner, size: size, ParetoPicture.ink)
    }
  }
}

/// Boxes that are drawn on, listed by the squares of a grid that they touch, so that only boxes nearby are compared.
struct TakenPlaces {
  private typealias Box = (low: Place, high: Place)

  private struct Square: Hashable {
    let x: Int
    let y: Int
  }

  /// The side of a square, in pixels.
  private static let side: Float = 24
  private var boxes: [Square: [Box]] = [:]

  mutating func add(_ low: Place, _ high: Place) {
    for square in Self.squares(low, high) { boxes[square, default: []].append((low, high)) }
  }

  /// Returns whether a box touches no other.
  func isFree(_ low: Place, _ high: Place) -> Bool {
    Self.squares(low, high).allSatisfy { square in
      boxes[square, default: []].allSatisfy { box in
        low.x > box.high.x || high.x < box.low.x || low.y > box.high.y || high.y < box.low.y
      }
    }
  }

  private static func squares(_ low: Place, _ high: Place) -> [Square] {
    func range(_ low: Float, _ high: Float) -> ClosedRange<Int> {
      Int((low / side).rounded(.down))...Int((high / side).rounded(.down))
    }
    return range(low.y, high.y).flatMap { y in range(low.x, high.x).map { Square(x: $0, y: y) } }
  }
}
