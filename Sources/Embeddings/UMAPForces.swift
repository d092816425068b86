// UMAPForces.swift
// UMAP's attraction and repulsion as functions of the squared distance, from tables.

import Tensors

/// The curve 1 / (1 + a·d²ᵇ), which says how near two points of a layout are, and the forces that follow from it.
struct UMAPForces: Sendable {
  let a: Double
  let b: Double
  /// The factors of yᵢ − yⱼ.
  let table: GraphDescent.Forces

  /// Cells of one power of two, as bits; a cell's ends differ by 3 % or less.
  private static let cellBits = 5
  private static let shift = 23 - cellBits
  /// The powers of two that the cells reach: squares of the places in a layout, which has a side of some tens.
  private static let powers = -28..<24
  private static let first = (127 + powers.lowerBound) << cellBits

  /// - Parameters:
  ///   - minimumDistance: points nearer than this are as near as can be.
  ///   - spread: how fast nearness falls beyond.
  init(minimumDistance: Double, spread: Double) {
    let (a, b) = Self.fitted(minimumDistance: minimumDistance, spread: spread)
    (self.a, self.b) = (a, b)
    func factors(_ square: Double) -> (attraction: Double, repulsion: Double) {
      let power = (b * square.logarithm).exponential
      return (-2 * a * b * power / square / (1 + a * power), 2 * b / ((0.001 + square) * (1 + a * power)))
    }
    let cells = (0..<Self.powers.count << Self.cellBits).map { cell in
      let bits = UInt32(Self.first + cell) << UInt32(Self.shift)
      let (low, high) = (
        Double(Float(bitPattern: bits)), Double(Float(bitPattern: bits + 1 << UInt32(Self.shift)))
      )
      let (from, to) = (factors(low), factors(high))
      let slopes = (
        (to.attraction - from.attraction) / (high - low), (to.repulsion - from.repulsion) / (high - low)
      )
      // Lines through both ends, as a constant and a slope.
      return SIMD4(
        Float(from.attraction - slopes.0 * low), Float(slopes.0), Float(from.repulsion - slopes.1 * low),
        Float(slopes.1))
    }
    table = GraphDescent.Forces(cells: cells, first: Self.first, shift: Self.shift)
  }

  /// Fits a and b by least squares to 1 up to the minimum distance and exp(−(d − minimum) / spread) beyond, at 300 distances
  /// up to three times the spread (Levenberg and Marquardt).
  private static func fitted(minimumDistance: Double, spread: Double) -> (a: Double, b: Double) {
    let samples = (1..<300).map { number in
      let distance = 3 * spread * Double(number) / 299
      return (
        logarithm: distance.logarithm,
        want: distance < minimumDistance ? 1 : (-(distance - minimumDistance) / spread).exponential
      )
    }
    func curve(_ a: Double, _ b: Double, _ logarithm: Double) -> Double {
      1 / (1 + a * (2 * b * logarithm).exponential)
    }
    func error(_ a: Double, _ b: Double) -> Double {
      samples.reduce(0) { sum, sample in
        let miss = sample.want - curve(a, b, sample.logarithm)
        return sum + miss * miss
      }
    }
    var (a, b, damping) = (1.0, 1.0, 1e-3)
    for _ in 0..<100 {
      var (aa, ab, bb, ra, rb) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for sample in samples {
        let value = curve(a, b, sample.logarithm)
        let power = (2 * b * sample.logarithm).exponential
        let (da, db) = (-value * value * power, -value * value * a * power * 2 * sample.logarithm)
        let miss = sample.want - value
        (aa, ab, bb) = (aa + da * da, ab + da * db, bb + db * db)
        (ra, rb) = (ra + da * miss, rb + db * miss)
      }
      let (da, db) = (aa * (1 + damping), bb * (1 + damping))
      let determinant = da * db - ab * ab
      guard determinant > 0 else { break }
      let (stepA, stepB) = ((ra * db - rb * ab) / determinant, (rb * da - ra * ab) / determinant)
      if a + stepA > 0, error(a + stepA, b + stepB) <= error(a, b) {
        (a, b, damping) = (a + stepA, b + stepB, damping / 10)
        if abs(stepA) + abs(stepB) < 1e-12 { break }
      } else {
        damping *= 10
      }
    }
    return (a, b)
  }
}
