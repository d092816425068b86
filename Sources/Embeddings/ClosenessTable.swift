// ClosenessTable.swift
// How close every point is to every other, as products of matrices: a strip of rows at a time.

import Tensors

/// Closeness of point j to point i: i · j − |j|² / 2, which is largest for the nearest, and (|i|² − |i − j|²) / 2 in full.
///
/// It is computed in single precision, from points moved to their mean, and in the same order whatever the threads.
struct ClosenessTable: Sendable {
  /// Points of one strip: whole tiles of the kernels, and whole panels.
  static let rows = 96
  /// Columns of one panel, two vectors: a strip is multiplied by it while it stays in a core's own cache, line after line.
  private let panel: Int

  let points: PointSet
  /// |i|² of the centred points.
  let squares: [Float]
  let kernels: Kernels
  /// Centred points, transposed, in panels that follow each other: [dimensions, up to `panel` points] each.
  private let columns: Slab
  /// −|j|² / 2 of each point, [width]; what is beyond the last is as far as can be.
  let bias: Slab
  private let centred: [Float]
  /// The floats of a row: the count in eights.
  let width: Int

  init(_ points: PointSet) {
    let centred = points.centred
    self.points = points
    self.centred = centred.values
    width = (points.count + 7) / 8 * 8
    kernels = Kernels()
    panel = 2 * kernels.lanes
    columns = Slab(count: width * points.dimensions)
    bias = Slab(count: width)
    squares = (0..<points.count).map { point in
      (0..<points.dimensions).reduce(Float(0)) { sum, dimension in
        let value = centred.values[point * points.dimensions + dimension]
        return sum + value * value
      }
    }
    // Padding is as far as can be.
    for point in 0..<width {
      bias.base[point] = point < points.count ? -0.5 * squares[point] : -.greatestFiniteMagnitude
    }
    for start in stride(from: 0, to: width, by: panel) {
      let (base, breadth) = (columns.base + start * points.dimensions, min(panel, width - start))
      for point in start..<min(start + breadth, points.count) {
        for dimension in 0..<points.dimensions {
          base[dimension * breadth + point - start] = centred.values[point * points.dimensions + dimension]
        }
      }
    }
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
    centred.withUnsafeBufferPointer { centred in
      let x = SlabPointer(reading: centred)
      for start in stride(from: 0, to: width, by: panel) {
        let shape = Correlation(
          rows: 1, columns: range.count, channels: points.dimensions, outputs: min(panel, width - start),
          x: PixelGrid(step: points.dimensions, row: 0), y: PixelGrid(step: width, row: 0), taps: [Tap(0, 0)],
          epilogue: .bias)
        kernels.correlate(
          shape, x: x + range.lowerBound * points.dimensions, weights: columns.start + start * points.dimensions,
          bias: bias.start + start, y: rows.start + start)
      }
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

  /// The product of two points, as `products` computes it.
  func product(_ one: Int, _ other: Int) -> Float {
    let found = Slab(count: panel)
    multiply(one..<one + 1, panelAt: other / panel * panel, into: found.start, rowLength: panel)
    return found.values[other % panel]
  }

  private func multiply(
    _ rows: Range<Int>, panelAt start: Int, into target: SlabPointer, rowLength: Int
  ) {
    let shape = Correlation(
      rows: 1, columns: rows.count, channels: points.dimensions, outputs: min(panel, width - start),
      x: PixelGrid(step: points.dimensions, row: 0), y: PixelGrid(step: rowLength, row: 0), taps: [Tap(0, 0)],
      epilogue: .plain)
    centred.withUnsafeBufferPointer { centred in
      let x = SlabPointer(reading: centred)
      kernels.correlate(
        shape, x: x + rows.lowerBound * points.dimensions, weights: columns.start + start * points.dimensions,
        y: target)
    }
  }

  /// Hands every row to `body`, from several threads at once.
  func forEachRow(
    pool: WorkerPool, _ body: @escaping @Sendable (_ point: Int, _ row: UnsafeBufferPointer<Float>) -> Void
  ) {
    let scratch = (0..<pool.threads).map { _ in Slab(count: Self.rows * width) }
    pool.forEach(strips) { strip, worker in
      fill(strip, into: scratch[worker])
      for (place, point) in range(ofStrip: strip).enumerated() {
        body(point, UnsafeBufferPointer(start: scratch[worker].base + place * width, count: points.count))
      }
    }
  }
}
