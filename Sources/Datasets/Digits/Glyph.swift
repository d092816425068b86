// Glyph.swift
// One way of writing a digit: the path of the pen, drawn several times over so that everything between can be written too.

/// A point of a pen's path: x to the right, y down, in a field of about 100 × 100.
typealias PathPoint = SIMD2<Float>

/// One way of writing a digit.
///
/// The masters draw the same strokes with the same number of points in different proportions. A weighted mean of them is
/// again a sensible digit, so a few masters give a continuous range of shapes.
struct Glyph: Sendable {
  /// The points a pen passes through, one list a stroke. A point given twice in a row is a corner.
  typealias Path = [[PathPoint]]

  /// How often people write the digit this way, relative to the digit's other glyphs.
  let share: Float
  /// At least one, all with the same numbers of strokes and points.
  let masters: [Path]

  init(share: Float, _ masters: Path...) {
    self.share = share
    self.masters = masters
  }

  /// The glyphs of each digit, 0 to 9.
  static let ofDigits = [zeros, ones, twos, threes, fours, fives, sixes, sevens, eights, nines]
}
