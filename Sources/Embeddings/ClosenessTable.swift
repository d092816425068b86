// ClosenessTable.swift
// How close every point is to every other, as products of matrices: a strip of rows at a time.

import PointMatrices
import Tensors

/// Closeness of point j to point i: i · j − |j|² / 2, which is largest for the nearest, and (|i|² − |i − j|²) / 2 in full.
///
/// It is computed in single precision, of points moved to their mean and scaled, in the same order whatever the threads.
/// `margin` says how far it may be from the truth. Pairs within the margin must be compared by `squaredDistance`.
struct ClosenessTable: Sendable {
  /// Points of one strip: whole tiles of the kernels, and whole panels.
  static let rows = 96
  /// Columns of one panel, two vectors: a strip is multiplied by it while it stays in a core's own cache, line after line.
  private let panel: Int

  let points: PointMatrix
  /// |i|² of the points as they are here, moved and scaled.
  let squares: [Double]
  private let largestSquare: Double
  /// The factor by which the points were multiplied.
  private let scale: Double
  /// The rounding errors of a sum, as a fraction of the sum of its terms' magnitudes.
  private let rounding: Double
  let kernels: Kernels
  /// The points as they are here, transposed, in panels that follow each other: [dimensions, up to `panel` points] each.
  private let columns: Slab
  /// −|j|² / 2 of each point, [width]; what is beyond the last is as far as can be.
  let bias: Slab
  private let balanced: [Float]
  /// The floats of a row: the count in eights.
  let width: Int

  init(_ points: PointMatrix) {
    let (balanced, scale) = points.balanced
    self.points = points
    self.balanced = balanced.values
    self.scale = scale
    width = (points.count + 7) / 8 * 8
    kernels = Kernels()
    panel = 2 * kernels.lanes
    columns = Slab(count: width * points.dimensions)
    bias = Slab(count: width)
    squares = (0..<points.count).map { point in
      (0..<points.dimensions).reduce(0.0) { sum, dimension in
        let value = Double(balanced.values[point * points.dimensions + dimension])
        return sum + value * value
      }
    }
    largestSquare = squares.max() ?? 0
    // A sum of n terms is off by n/2²⁴ of their magnitudes at most, in whatever order (Higham, 2002, 3.1). The others are the points'
    // own rounding, that of the squares, and that of a limit.
    let terms = Double(points.dimensions + 16) * 0x1p-24
    rounding = terms < 0.5 ? terms / (1 - terms) : .infinity
    // Padding is as far as can be.
    for point in 0..<width {
      bias.values[point] = point < points.count ? Float(-0.5 * squares[point]) : -.greatestFiniteMagnitude
    }
    for start in stride(from: 0, to: width, by: panel) {
      let (base, breadth) = (columns.start + start * points.dimensions, min(panel, width - start))
      for point in start..<min(start + breadth, points.count) {
        for dimension in 0..<points.dimensions {
          base[dimension * breadth + point - start] = balanced.values[point * points.dimensions + dimension]
        }
      }
    }
  }

  /// How far the closeness of any point to `point` is from the truth at most. Infinite, or NaN, where nothing is known.
  func margin(of point: Int) -> Double {
    rounding * ((squares[point] * largestSquare).squareRoot() + largestSquare / 2)
  }

  /// The closeness to `point` of a point at that distance.
  func closeness(to point: Int, squaredDistance: Double) -> Double {
    (squares[point] - squaredDistance * scale * scale) / 2
  }

  /// How many strips there are.
  var strips: Int { (points.count + Self.rows - 1) / Self.rows }

  /// The points of one strip.
  func range(ofStrip strip: Int) -> Range<Int> {
    strip * Self.rows..<min((strip + 1) * Self.rows, points.count)
  }

  /// One strip's rows, `width` floats each.
  func fill(_ strip: Int, into rows: Slab) {
    let range = range(ofStrip: strip)
    for start in stride(from: 0, to: width, by: panel) {
      multiply(range, panelAt: start, bias: bias.start + start, into: rows.start + start, rowLength: width)
    }
  }

  /// The products i · j of one strip's points with those of another: `rows` numbers for each point of the first, of which as many
  /// count as the second has. The product of two points is the same, to the last bit, whichever comes first.
  func products(_ strip: Int, with other: Int, into square: SlabPointer) {
    let (range, columns) = (range(ofStrip: strip), other * Self.rows..<min((other + 1) * Self.rows, width))
    for start in stride(from: columns.lowerBound, to: columns.upperBound, by: panel) {
      multiply(range, panelAt: start, into: square + (start - columns.lowerBound), rowLength: Self.rows)
    }
  }

  private func multiply(
    _ rows: Range<Int>, panelAt start: Int, bias: SlabPointer? = nil, into target: SlabPointer, rowLength: Int
  ) {
    let shape = Correlation(
      rows: 1, columns: rows.count, channels: points.dimensions, outputs: min(panel, width - start),
      x: PixelGrid(step: points.dimensions, row: 0), y: PixelGrid(step: rowLength, row: 0), taps: [Tap(0, 0)],
      epilogue: bias == nil ? .plain : .bias)
    balanced.withUnsafeBufferPointer { balanced in
      let x = SlabPointer(reading: balanced)
      kernels.correlate(
        shape, x: x + rows.lowerBound * points.dimensions, weights: columns.start + start * points.dimensions,
        bias: bias, y: target)
    }
  }
}
