// ScatterPicture.swift
// Draws points in the plane, colored by class, with a legend and the images of some points.

package import PNG

/// A picture of points.
package struct ScatterPicture {
  /// The text above the points.
  package var title = ""
  /// The names of the horizontal and the vertical axis, written below the points with their ranges; none if the axes mean nothing.
  package var axes: [String] = []
  /// The names of the axes of space and their directions, y up, drawn as arrows in the lower left corner.
  package var arrows: [(name: String, direction: Place)] = []
  /// The points' places in any unit; both axes are scaled alike.
  package let points: [Place]
  /// Each point's class: an index into `names`.
  package let classes: [Int]
  /// The names of the classes, for the legend.
  package let names: [String]
  /// How near each point is, 0 … 1: near points cover others, far ones are smaller and paler. Empty for points of a plane.
  package var depths: [Float] = []
  /// The distance from the origin that fills half of the square; if nil, the square is filled with the points.
  package var reach: Float?
  /// The image of a point.
  package var thumbnail: (Int) -> PNGImage? = { _ in nil }
  /// The side of the square that holds the points, in pixels.
  package var side = 960

  /// - Precondition: a class for each point, and a name for each class.
  package init(points: [Place], classes: [Int], names: [String]) {
    precondition(points.count == classes.count && classes.allSatisfy(names.indices.contains), "a class for each point")
    (self.points, self.classes, self.names) = (points, classes, names)
  }

  private static let margin = 40
  private static let titleHeight = 44
  private static let letterSize: Float = 12
  private static let thumbnailSide = 34
  /// The most thumbnails.
  private static let thumbnailLimit = 48
  /// The most lines of the legend.
  private static let nameLimit = 40

  /// Draws the picture.
  /// - Complexity: O(points + pixels).
  package func drawn() -> PNGImage {
    let places = scaled()
    var canvas = Canvas(width: side + legendWidth, height: side + Self.titleHeight, .white)
    canvas.write(
      Canvas.fitted(title, size: Self.letterSize, into: Float(canvas.width - 2 * Self.margin)),
      at: Place(Float(Self.margin), 22), size: Self.letterSize, Color(0x555555))
    let radius = max(2.2, min(5, Float(side) / 7 / Float(max(1, points.count)).squareRoot()))
    if depths.isEmpty {
      for (place, number) in zip(places, classes) where place.x.isFinite && place.y.isFinite {
        canvas.disc(at: place, radius: radius, .ofClass(number), opacity: 0.55)
      }
    } else {
      drawInDepth(places, radius: radius, on: &canvas)
    }
    for point in chosen(places) { drawThumbnail(of: point, at: places[point], on: &canvas) }
    drawLegend(on: &canvas)
    drawAxes(on: &canvas)
    drawArrows(on: &canvas)
    return canvas.image()
  }

  /// Draws points of space, those at the back first.
  private func drawInDepth(_ places: [Place], radius: Float, on canvas: inout Canvas) {
    for point in places.indices.sorted(by: { (depths[$0], $0) < (depths[$1], $1) }) {
      guard places[point].x.isFinite, places[point].y.isFinite else { continue }
      let depth = max(0, min(1, depths[point]))
      let color = Color.ofClass(classes[point]).mixed(with: .white, share: 0.75 * (1 - depth))
      canvas.disc(at: places[point], radius: radius * (0.7 + 0.6 * depth), color, opacity: 0.85)
    }
  }

  /// Returns the points scaled into the square, in pixels, with y up.
  private func scaled() -> [Place] {
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard let first = finite.first else { return points }
    let (low, high) =
      reach.map { (Place(repeating: -$0), Place(repeating: $0)) }
      ?? (finite.reduce(first, pointwiseMin), finite.reduce(first, pointwiseMax))
    let extent = max(high.x - low.x, high.y - low.y)
    let scale = extent > 0 ? Float(side - 2 * Self.margin) / extent : 0
    let middle = Place(Float(side) / 2, Float(side) / 2 + Float(Self.titleHeight))
    return points.map { point in
      let offset = (point - (low + high) / 2) * scale
      return middle + Place(offset.x, -offset.y)
    }
  }

  /// Writes what the axes are, and from where to where the points lie.
  private func drawAxes(on canvas: inout Canvas) {
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard axes.count == 2, let first = finite.first else { return }
    let (low, high) = (finite.reduce(first, pointwiseMin), finite.reduce(first, pointwiseMax))
    for (number, text) in PlaneAxes((axes[0], axes[1]), from: low, to: high).lines.enumerated() {
      canvas.write(
        Canvas.fitted(text, size: Self.letterSize, into: Float(side / 2 - Self.margin)),
        at: Place(Float(Self.margin + number * side / 2), Float(side + Self.titleHeight - 18)), size: Self.letterSize,
        Color(0x555555))
    }
  }

  /// Draws which way the axes of space point.
  private func drawArrows(on canvas: inout Canvas) {
    let origin = Place(Float(2 * Self.margin), Float(side + Self.titleHeight - 2 * Self.margin))
    for arrow in arrows {
      let tip = origin + Place(arrow.direction.x, -arrow.direction.y) * Float(Self.margin)
      canvas.lines([(from: origin, to: tip)], radius: 1, Color(0x555555))
      canvas.disc(at: tip, radius: 3, Color(0x555555))
      // A name beside an arrow to the left would cross the others.
      let place = arrow.direction.x < 0 ? Place(-8, 10) : Place(8, -Self.letterSize / 2)
      canvas.write(arrow.name, at: tip + place, size: Self.letterSize, Color(0x555555))
    }
  }

  private var shownNames: ArraySlice<String> {
    names.count > 1 ? names.prefix(Self.nameLimit) : []
  }

  private var legendWidth: Int {
    let longest = shownNames.map { Canvas.width(of: $0, size: Self.letterSize) }.max() ?? 0
    return shownNames.isEmpty ? 0 : 60 + Int(min(300, max(24, longest)))
  }

  private func drawLegend(on canvas: inout Canvas) {
    let (left, step) = (Float(side) + 4, min(26, Float(side - 40) / Float(max(1, names.count))))
    for (number, name) in shownNames.enumerated() {
      let y = Float(Self.titleHeight + Self.margin) + Float(number) * step
      canvas.disc(at: Place(left, y), radius: 6, .ofClass(number))
      canvas.write(
        Canvas.fitted(name, size: Self.letterSize, into: 300), at: Place(left + 16, y - Self.letterSize / 2),
        size: Self.letterSize, Color(0x333333))
    }
    if names.count > shownNames.count, names.count > 1 {
      canvas.write(
        "and \(names.count - shownNames.count) more",
        at: Place(left, Float(Self.titleHeight + Self.margin) + Float(shownNames.count) * step), size: Self.letterSize,
        Color(0x333333))
    }
  }

  private func drawThumbnail(of point: Int, at place: Place, on canvas: inout Canvas) {
    guard let image = thumbnail(point) else { return }
    let color = Color.ofClass(classes[point])
    let side = Self.thumbnailSide
    let (x, y) = (Int(place.x) - side / 2, Int(place.y) - side / 2)
    canvas.rectangle(x: x - 2, y: y - 2, width: side + 4, height: side + 4, color.mixed(with: .white, share: 0.35))
    canvas.rectangle(x: x - 1, y: y - 1, width: side + 2, height: side + 2, .white)
    canvas.draw(image, x: x, y: y, side: side, ink: color.mixed(with: .black, share: 0.45))
  }

  /// Chooses points whose thumbnails do not touch. The classes take turns, each with its densest place that is still free.
  private func chosen(_ places: [Place]) -> [Int] {
    let density = DensityGrid(places, classes: classes, side: side + Self.titleHeight)
    var waiting = Dictionary(grouping: density.crowded, by: { classes[$0] }).sorted { $0.key < $1.key }
      .map { $0.value.sorted { (density.near[$1], $0) < (density.near[$0], $1) }[...] }
    var taken: [Int] = []
    let distance = Float(Self.thumbnailSide + 14)
    let bounds = Float(Self.thumbnailSide / 2 + 2)
    func isFree(_ point: Int) -> Bool {
      let place = places[point]
      guard place.x > bounds, place.x < Float(side) - bounds, place.y < Float(side + Self.titleHeight) - bounds else {
        return false
      }
      return taken.allSatisfy { max(abs(places[$0].x - place.x), abs(places[$0].y - place.y)) >= distance }
    }
    while taken.count < Self.thumbnailLimit, waiting.contains(where: { !$0.isEmpty }) {
      for number in waiting.indices where taken.count < Self.thumbnailLimit {
        while let candidate = waiting[number].popFirst() {
          if isFree(candidate) {
            taken.append(candidate)
            break
          }
        }
      }
    }
    return taken
  }
}

/// Counts how many points of its own class are near each point, by the squares of a grid.
private struct DensityGrid {
  /// For each point, the number of points of its class in its square and the eight around it.
  let near: [Int]
  /// The points with at least two others near.
  var crowded: [Int] { near.indices.filter { near[$0] > 2 } }

  init(_ places: [Place], classes: [Int], side: Int) {
    // Squares are smaller if there are more points, so that each holds about as many.
    let cell = max(14, min(40, 14 * (10_000 / Float(max(1, places.count))).squareRoot()))
    let columns = Int(Float(side) / cell) + 3
    let keys: [Int?] = zip(places, classes).map { place, number in
      guard place.x.isFinite, place.y.isFinite, place.x >= 0, place.y >= 0 else { return nil }
      let (column, row) = (Int(place.x / cell) + 1, Int(place.y / cell) + 1)
      return column < columns && row < columns ? (number * columns + row) * columns + column : nil
    }
    // The first row and column of each class's squares are empty, as are the last but for one more behind all.
    var counts = [Int](repeating: 0, count: ((classes.max() ?? 0) + 1) * columns * columns + columns + 1)
    for case let key? in keys { counts[key] += 1 }
    near = keys.map { key in
      guard let key else { return 0 }
      return (-1...1).reduce(0) { sum, row in
        let middle = key + row * columns
        return sum + counts[middle - 1] + counts[middle] + counts[middle + 1]
      }
    }
  }
}
