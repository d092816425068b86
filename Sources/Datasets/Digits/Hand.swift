// Hand.swift
// The handwriting of one image: proportions, carelessness and pen, drawn from a random stream.

import Tensors

/// The handwriting of one image. Lengths of the path are in hundredths of the digit's height, those of the pen in pixels.
struct Hand {
  /// Rows of the linear map about the middle of the digit: width, slant, turn.
  let across: PathPoint
  let down: PathPoint
  /// The distance by which each point of the path strays.
  let carelessness: Float
  /// The distance by which each sample of the path trembles.
  let tremor: Float
  /// The pen's tangents relative to a Catmull-Rom curve: less is angular, more is round.
  let roundness: Float
  /// Displacements of a 3 × 3 lattice over the digit, row by row: a smooth bending of the whole.
  let bending: [PathPoint]

  let penRadius: Float
  /// The broad nib: twice-the-angle unit vector of the direction drawn thick, times its strength.
  let nib: PathPoint
  /// The radius at a stroke's start and end, relative to its middle.
  let pressure: PathPoint
  /// The width of the border between ink and paper.
  let softness: Float

  init(from stream: inout RandomStream) {
    let width = 1 + 0.2 * stream.bell(limit: 2)
    let slant = 0.25 + 0.21 * stream.bell(limit: 2.2)
    let turn = 0.07 * stream.bell(limit: 2.5)
    across = PathPoint(width, -slant - turn)
    down = PathPoint(turn * width, 1)

    let haste = stream.uniform()
    carelessness = 1.2 + 3 * haste * haste
    tremor = stream.uniform(in: 0.1...0.9)
    roundness = 1.02 + 0.2 * stream.bell(limit: 2)
    let bend = 6 + 10 * stream.uniform()
    bending = (0..<9).map { _ in bend * PathPoint(stream.bell(limit: 2.5), stream.bell(limit: 2.5)) }

    let boldness = stream.bell(limit: 2)
    // Narrow writing has a thinner pen, or the digit would fill with ink.
    penRadius = (1.44 + 0.38 * boldness + 0.03 * boldness * boldness) * min(0.5 + 0.5 * width, 1)
    let direction = PathPoint(stream.bell(limit: 2), stream.bell(limit: 2))
    nib = 0.11 * direction
    pressure = PathPoint(0.95 + 0.13 * stream.bell(limit: 2), 0.9 + 0.16 * stream.bell(limit: 2))
    softness = stream.uniform(in: 0.8...1.2)
  }

  /// Returns the pen's position for a point of the glyph.
  func place(_ point: PathPoint) -> PathPoint {
    let centered = point - 50
    let mapped = PathPoint((across * centered).sum(), (down * centered).sum())
    return mapped + displacement(at: point)
  }

  /// Returns the lattice's displacement at a point: quadratic Bernstein polynomials in both directions.
  private func displacement(at point: PathPoint) -> PathPoint {
    let t = (point * 0.01).clamped(lowerBound: PathPoint(repeating: -0.1), upperBound: PathPoint(repeating: 1.1))
    let s = 1 - t
    let first = s * s
    let middle = 2 * s * t
    let last = t * t
    var sum = PathPoint.zero
    for row in 0..<3 {
      let weight = row == 0 ? first.y : row == 1 ? middle.y : last.y
      let base = 3 * row
      sum += weight * (first.x * bending[base] + middle.x * bending[base + 1] + last.x * bending[base + 2])
    }
    return sum
  }
}

extension RandomStream {
  /// Draws a nearly normal number, mean 0, standard deviation 1, clipped at ± limit: the sum of a word's four bytes.
  ///
  /// All operations are exact, so that every machine draws the same digits.
  mutating func bell(limit: Float) -> Float {
    let word = nextWord()
    let sum = (word & 0xFF) + (word >> 8 & 0xFF) + (word >> 16 & 0xFF) + (word >> 24)
    // Four bytes have the mean 4 · 127.5 and the variance 4 · (256² − 1) / 12.
    let normal = (Float(sum) - 510) * (1 / 147.8)
    return min(max(normal, -limit), limit)
  }
}
