// PenPath.swift
// The path of the pen for one image: a glyph in one handwriting, as short straight pieces.

import Tensors

/// A position of the pen, with its radius.
struct PenSample {
  var point: PathPoint
  var radius: Float
  /// Whether ink joins this sample to the one before.
  var joined: Bool
}

/// The pen's samples for one image, in a buffer that the next image reuses.
struct PenPath {
  private(set) var samples: [PenSample] = []
  private var points: [PathPoint] = []

  /// Straight pieces between two points of a glyph.
  private static let piecesPerSpan = 4

  /// Writes `glyph` with `hand`; the samples are in the glyph's units, the radii in pixels.
  mutating func write(_ glyph: Glyph, by hand: Hand, from stream: inout RandomStream) {
    samples.removeAll(keepingCapacity: true)
    let weights = Self.mixture(of: glyph.masters.count, from: &stream)
    for stroke in glyph.masters[0].indices {
      place(stroke, of: glyph, weights: weights, by: hand, from: &stream)
      runOver(by: hand, from: &stream)
      trace(by: hand, from: &stream)
    }
  }

  /// Draws weights of the masters that sum to 1; they may lie a little outside 0 to 1.
  private static func mixture(of count: Int, from stream: inout RandomStream) -> [Float] {
    var weights = (0..<count).map { _ in
      let u = stream.uniform()
      return u * u + 0.01
    }
    let total = weights.reduce(0, +)
    let reach: Float = 1.35
    for i in weights.indices { weights[i] = reach * weights[i] / total - (reach - 1) / Float(count) }
    return weights
  }

  /// Computes the stroke's points in this handwriting: mixed from the masters, strayed, bent.
  private mutating func place(
    _ stroke: Int, of glyph: Glyph, weights: [Float], by hand: Hand, from stream: inout RandomStream
  ) {
    points.removeAll(keepingCapacity: true)
    // Strokes after the first begin a little off their place.
    let lift: Float = stroke == 0 ? 0 : 0.8 * hand.carelessness
    let miss = lift * PathPoint(stream.bell(limit: 2), stream.bell(limit: 2))
    var stray = PathPoint(stream.bell(limit: 2.5), stream.bell(limit: 2.5))
    for i in glyph.masters[0][stroke].indices {
      var mixed = PathPoint.zero
      for (master, weight) in zip(glyph.masters, weights) { mixed += weight * master[stroke][i] }
      let isCorner = i > 0 && glyph.masters[0][stroke][i] == glyph.masters[0][stroke][i - 1]
      if isCorner, let corner = points.last {
        points.append(corner)
      } else {
        // A point strays with its neighbor; the standard deviation stays 1, for 0.6² + 0.8² = 1.
        stray = 0.6 * stray + 0.8 * PathPoint(stream.bell(limit: 2.5), stream.bell(limit: 2.5))
        points.append(hand.place(mixed + miss + hand.carelessness * stray))
      }
    }
  }

  /// Lengthens or shortens a stroke at its two ends.
  private mutating func runOver(by hand: Hand, from stream: inout RandomStream) {
    let last = points.count - 1
    let amount = 0.07 + 0.05 * hand.carelessness
    points[0] += amount * stream.bell(limit: 2) * (points[0] - points[1])
    points[last] += amount * stream.bell(limit: 2) * (points[last] - points[last - 1])
  }

  /// Samples the curve through the points.
  private mutating func trace(by hand: Hand, from stream: inout RandomStream) {
    let last = points.count - 1
    var wobble = 0.08 * stream.bell(limit: 2)
    var joined = false
    for i in 0..<last where points[i] != points[i + 1] {
      let (from, to) = (points[i], points[i + 1])
      let chord = to - from
      let startsSmooth = i > 0 && points[i - 1] != from
      let endsSmooth = i + 1 < last && points[i + 2] != to
      let departure = hand.roundness * (startsSmooth ? 0.5 * (to - points[i - 1]) : chord)
      let arrival = hand.roundness * (endsSmooth ? 0.5 * (points[i + 2] - from) : chord)
      let nextWobble = 0.08 * stream.bell(limit: 2)
      let nib = Self.thickening(along: chord, by: hand.nib)
      for piece in (joined ? 1 : 0)...Self.piecesPerSpan {
        let t = Float(piece) / Float(Self.piecesPerSpan)
        let along = (Float(i) + t) / Float(last)
        let pressure =
          along < 0.5 ? 1 + (hand.pressure.x - 1) * (1 - 2 * along) : 1 + (hand.pressure.y - 1) * (2 * along - 1)
        let radius = hand.penRadius * pressure * nib * (1 + wobble + (nextWobble - wobble) * t)
        let tremble = hand.tremor * PathPoint(stream.bell(limit: 2), stream.bell(limit: 2))
        samples.append(
          PenSample(
            point: Self.hermite(from, departure, to, arrival, at: t) + tremble, radius: max(radius, 0.6),
            joined: joined || piece > 0))
      }
      wobble = nextWobble
      joined = true
    }
  }

  /// Returns a point of the cubic from `from` to `to` with the given tangents.
  private static func hermite(
    _ from: PathPoint, _ departure: PathPoint, _ to: PathPoint, _ arrival: PathPoint, at t: Float
  ) -> PathPoint {
    let rest = 1 - t
    let start = rest * rest * (1 + 2 * t)
    return start * from + (1 - start) * to + t * rest * (rest * departure - t * arrival)
  }

  /// Returns a broad nib's factor for a direction: 1 + strength · cos 2(angle − nib's angle), computed without angles.
  private static func thickening(along chord: PathPoint, by nib: PathPoint) -> Float {
    let square = (chord * chord).sum()
    guard square > 0 else { return 1 }
    let double = PathPoint(chord.x * chord.x - chord.y * chord.y, 2 * chord.x * chord.y) / square
    return 1 + (double * nib).sum()
  }
}
