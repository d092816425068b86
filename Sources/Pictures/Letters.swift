// Letters.swift
// Draws text of any size in pictures: a round pen joins the points of each letter's small grid.

/// The strokes of letters.
enum Letters {
  /// Columns and rows of a letter's grid.
  static let (columns, rows) = (5, 9)
  /// From the top of a capital letter to the line it stands on, in steps of the grid.
  static let capitalHeight: Float = 6

  /// The strokes of one letter, in steps of the grid from its left and its top.
  struct Shape: Sendable {
    let strokes: [(from: Place, to: Place)]
    /// The number of its columns, without the gap that follows.
    let width: Int
  }

  /// Returns the shape of a character; a box if there is none.
  static func shape(of character: Character) -> Shape { shapes[numbers[character] ?? characters.count] }

  /// The columns between two letters.
  static let gap = 2

  private static let numbers = Dictionary(uniqueKeysWithValues: characters.enumerated().map { ($1, $0) })

  private static let shapes: [Shape] = {
    let lines = bands.split(separator: "\n").map { $0.split(separator: " ").map(Array.init) }
    return stride(from: 0, to: lines.count, by: rows).flatMap { band -> [Shape] in
      lines[band].indices.map { number in
        let grid: [[Bool]] = lines[band..<band + rows].map { line in line[number].map { $0 == "#" } }
        return shape(grid)
      }
    }
  }()

  /// Joins neighboring points of the grid; diagonally only if no other stroke joins them.
  private static func shape(_ grid: [[Bool]]) -> Shape {
    func isSet(_ x: Int, _ y: Int) -> Bool { (0..<columns).contains(x) && (0..<rows).contains(y) && grid[y][x] }
    let used = (0..<columns).filter { x in (0..<rows).contains { grid[$0][x] } }
    let left = used.first ?? 0
    var strokes: [(from: Place, to: Place)] = []
    func join(_ x: Int, _ y: Int, _ otherX: Int, _ otherY: Int) {
      strokes.append((Place(Float(x - left), Float(y)), Place(Float(otherX - left), Float(otherY))))
    }
    for y in 0..<rows {
      for x in 0..<columns where isSet(x, y) {
        let before = strokes.count
        if isSet(x + 1, y) { join(x, y, x + 1, y) }
        if isSet(x, y + 1) { join(x, y, x, y + 1) }
        if isSet(x + 1, y + 1), !isSet(x + 1, y), !isSet(x, y + 1) { join(x, y, x + 1, y + 1) }
        if isSet(x - 1, y + 1), !isSet(x - 1, y), !isSet(x, y + 1) { join(x, y, x - 1, y + 1) }
        // A point alone, or the end of a line.
        if strokes.count == before { join(x, y, x, y) }
      }
    }
    return Shape(strokes: strokes, width: used.last.map { $0 - left + 1 } ?? 3)
  }
}

extension Canvas {
  package enum Alignment { case left, center, right }

  /// Draws a line of text; control characters and letters without a shape become boxes.
  /// - Parameters:
  ///   - place: the top of its capital letters, at its left end, middle or right end.
  ///   - size: the height of capital letters, in pixels.
  package mutating func write(
    _ text: String, at place: Place, size: Float, _ color: Color, _ alignment: Alignment = .left
  ) {
    let step = size / Letters.capitalHeight
    let width = Self.width(of: text, size: size)
    var start = place
    switch alignment {
    case .left: break
    case .center: start.x -= width / 2
    case .right: start.x -= width
    }
    for character in text {
      let shape = Letters.shape(of: character)
      lines(
        shape.strokes.map { (start + $0.from * step, start + $0.to * step) }, radius: max(0.5, 0.47 * step), color)
      start.x += Float(shape.width - 1 + Letters.gap) * step
    }
  }

  /// Returns the width of a text in pixels.
  package static func width(of text: String, size: Float) -> Float {
    let steps = text.reduce(0) { $0 + Letters.shape(of: $1).width - 1 + Letters.gap } - Letters.gap
    return Float(max(0, steps)) * size / Letters.capitalHeight
  }

  /// Returns the text if it fits, else its beginning and an ellipsis.
  package static func fitted(_ text: String, size: Float, into room: Float) -> String {
    if width(of: text, size: size) <= room { return text }
    var shorter = text
    while !shorter.isEmpty, width(of: shorter + "…", size: size) > room { shorter.removeLast() }
    return shorter + "…"
  }
}

extension Letters {
  /// The characters in the bands below, in their order: ASCII from the blank on, and a few more. A box for all others follows.
  static let characters: [Character] =
    (UInt8(32)..<127).map { Character(Unicode.Scalar($0)) } + ["×", "·", "–", "…"]

  /// Bands of sixteen letters, nine lines each: seven above the line they stand on, two below.
  static let bands = """
    ..... ..#.. .#.#. .#.#. ..#.. ##..# .##.. ..#.. ...#. .#... ..... ..... ..... ..... ..... ....#
    ..... ..#.. .#.#. .#.#. .#### ##..# #..#. ..#.. ..#.. ..#.. ..#.. ..#.. ..... ..... ..... ....#
    ..... ..#.. .#.#. ##### #.#.. ...#. #..#. ..#.. .#... ...#. #.#.# ..#.. ..... ..... ..... ...#.
    ..... ..#.. ..... .#.#. .###. ..#.. .##.. ..... .#... ...#. .###. ##### ..... .###. ..... ..#..
    ..... ..#.. ..... ##### ..#.# .#... #.#.# ..... .#... ...#. #.#.# ..#.. ..... ..... ..... .#...
    ..... ..... ..... .#.#. ####. #..## #..#. ..... ..#.. ..#.. ..#.. ..#.. ..#.. ..... ..... #....
    ..... ..#.. ..... .#.#. ..#.. #..## .##.# ..... ...#. .#... ..... ..... ..#.. ..... ..#.. #....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .#... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
    .##.. ..#.. .###. .###. ...#. ##### ..##. ##### .###. .###. ..... ..... ...#. ..... .#... .###.
    #..#. .##.. #...# #...# ..##. #.... .#... ....# #...# #...# ..... ..... ..#.. ..... ..#.. #...#
    #..#. ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...# ..#.. ..#.. .#... ##### ...#. ....#
    #..#. ..#.. ...#. ..##. #..#. ....# ####. ...#. .###. .#### ..... ..... #.... ..... ....# ...#.
    #..#. ..#.. ..#.. ....# ##### ....# #...# ..#.. #...# ....# ..... ..... .#... ##### ...#. ..#..
    #..#. ..#.. .#... #...# ...#. #...# #...# ..#.. #...# ...#. ..#.. ..#.. ..#.. ..... ..#.. .....
    .##.. .###. ##### .###. ...#. .###. .###. ..#.. .###. .##.. ..... ..#.. ...#. ..... .#... ..#..
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .#... ..... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
    .###. ..#.. ####. .###. ####. ##### ##### .###. #...# .###. ..### #...# #.... #...# #...# .###.
    #...# .#.#. #...# #...# #...# #.... #.... #...# #...# ..#.. ...#. #..#. #.... ##.## #...# #...#
    #.### #...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#. #.#.. #.... #.#.# ##..# #...#
    #.#.# #...# ####. #.... #...# ####. ####. #..## ##### ..#.. ...#. ##... #.... #.#.# #.#.# #...#
    #.### ##### #...# #.... #...# #.... #.... #...# #...# ..#.. ...#. #.#.. #.... #...# #..## #...#
    #.... #...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#. #..#. #.... #...# #...# #...#
    .###. #...# ####. .###. ####. ##### #.... .###. #...# .###. .##.. #...# ##### #...# #...# .###.
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
    ####. .###. ####. .#### ##### #...# #...# #...# #...# #...# ##### .###. #.... .###. ..#.. .....
    #...# #...# #...# #.... ..#.. #...# #...# #...# #...# #...# ....# .#... #.... ...#. .#.#. .....
    #...# #...# #...# #.... ..#.. #...# #...# #...# .#.#. .#.#. ...#. .#... .#... ...#. #...# .....
    ####. #...# ####. .###. ..#.. #...# #...# #.#.# ..#.. ..#.. ..#.. .#... ..#.. ...#. ..... .....
    #.... #.#.# #.#.. ....# ..#.. #...# #...# #.#.# .#.#. ..#.. .#... .#... ...#. ...#. ..... .....
    #.... #..#. #..#. ....# ..#.. #...# .#.#. ##.## #...# ..#.. #.... .#... ....# ...#. ..... .....
    #.... .##.# #...# ####. ..#.. .###. ..#.. #...# #...# ..#.. ##### .###. ....# .###. ..... .....
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... #####
    ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
    .#... ..... #.... ..... ....# ..... ..##. ..... #.... ..#.. ...#. #.... .##.. ..... ..... .....
    ..#.. ..... #.... ..... ....# ..... .#..# ..... #.... ..... ..... #.... ..#.. ..... ..... .....
    ...#. .###. ####. .###. .#### .###. .#... .#### ####. .##.. ..##. #..#. ..#.. ####. ####. .###.
    ..... ....# #...# #...# #...# #...# ####. #...# #...# ..#.. ...#. #.#.. ..#.. #.#.# #...# #...#
    ..... .#### #...# #.... #...# ##### .#... #...# #...# ..#.. ...#. ##... ..#.. #.#.# #...# #...#
    ..... #...# #...# #...# #...# #.... .#... #...# #...# ..#.. ...#. #.#.. ..#.. #.#.# #...# #...#
    ..... .#### ####. .###. .#### .###. .#... .#### #...# .###. ...#. #..#. .###. #.#.# #...# .###.
    ..... ..... ..... ..... ..... ..... ..... ....# ..... ..... #..#. ..... ..... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ..... .###. ..... ..... .##.. ..... ..... ..... ..... .....
    ..... ..... ..... ..... .#... ..... ..... ..... ..... ..... ..... ...#. ..#.. .#... ..... .....
    ..... ..... ..... ..... .#... ..... ..... ..... ..... ..... ..... ..#.. ..#.. ..#.. ..... .....
    ####. .#### #.##. .#### ####. #...# #...# #...# #...# #...# ##### ..#.. ..#.. ..#.. .#..# .....
    #...# #...# ##..# #.... .#... #...# #...# #.#.# .#.#. #...# ...#. .#... ..#.. ...#. #.#.# .#.#.
    #...# #...# #.... .###. .#... #...# #...# #.#.# ..#.. #...# ..#.. ..#.. ..#.. ..#.. #..#. ..#..
    #...# #...# #.... ....# .#..# #...# .#.#. #.#.# .#.#. #...# .#... ..#.. ..#.. ..#.. ..... .#.#.
    ####. .#### #.... ####. ..##. .#### ..#.. .#.#. #...# .#### ##### ...#. ..#.. .#... ..... .....
    #.... ....# ..... ..... ..... ..... ..... ..... ..... ....# ..... ..... ..... ..... ..... .....
    #.... ....# ..... ..... ..... ..... ..... ..... ..... .###. ..... ..... ..... ..... ..... .....
    ..... ..... ..... #####
    ..... ..... ..... #...#
    ..... ..... ..... #...#
    ..#.. ##### ..... #...#
    ..... ..... ..... #...#
    ..... ..... ..... #...#
    ..... ..... #.#.# #####
    ..... ..... ..... .....
    ..... ..... ..... .....
    """
}
