// DistanceTile.swift
// Squared distances of some points to some others, in double precision whatever offset and scale the points have.

import PointMatrices
import Tensors

/// One thread's scratch memory, and the distances that were last measured in it.
final class DistanceTile: @unchecked Sendable {
  /// The most points of a side.
  static let side = 96
  /// Dimensions that are converted at a time.
  private static let depth = 256

  /// [points of the one side, width]
  let squares: UnsafeMutablePointer<Double>
  /// Numbers in a row: the points of the other side, and some of no meaning up to a multiple of 16.
  private(set) var width = 0
  private let kernels = Kernels()
  private let x: UnsafeMutablePointer<Double>
  private let y: UnsafeMutablePointer<Double>

  init() {
    squares = .allocate(capacity: Self.side * Self.side)
    x = .allocate(capacity: Self.side * Self.depth)
    y = .allocate(capacity: Self.side * Self.depth)
    squares.initialize(repeating: 0, count: Self.side * Self.side)
    x.initialize(repeating: 0, count: Self.side * Self.depth)
    y.initialize(repeating: 0, count: Self.side * Self.depth)
  }

  deinit {
    squares.deallocate()
    x.deallocate()
    y.deallocate()
  }

  /// The blocks of points that make up a set.
  static func blocks(_ count: Int) -> Int { (count + side - 1) / side }

  /// The points of one block.
  static func range(_ block: Int, of count: Int) -> Range<Int> { block * side..<min((block + 1) * side, count) }

  /// Measures |i − j|² for i of `rows` and j of `columns`.
  /// - Parameter isFused: false for the numbers that `PointMatrix.squaredDistance` gives, bit by bit.
  func measure(
    _ rows: some RandomAccessCollection<Int>, _ columns: Range<Int>, of points: PointMatrix, isFused: Bool = false
  ) {
    width = (columns.count + 15) / 16 * 16
    squares.update(repeating: 0, count: rows.count * width)
    points.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      for first in stride(from: 0, to: points.dimensions, by: Self.depth) {
        let depth = min(Self.depth, points.dimensions - first)
        for (place, row) in rows.enumerated() {
          let (from, to) = (base + row * points.dimensions + first, x + place * depth)
          for k in 0..<depth { to[k] = Double(from[k]) }
        }
        for start in stride(from: 0, to: width, by: 8) {
          turn(base + first, columns, from: start, stride: points.dimensions, depth: depth)
        }
        kernels.addSquaredDistances(
          x, rows: rows.count, to: y, columns: width, dimensions: depth, isFused: isFused, sums: squares)
      }
    }
  }

  /// Makes distances of the squares that were measured.
  func takeRoots(rows: Int) {
    let bytes = UnsafeMutableRawPointer(squares)
    for place in stride(from: 0, to: rows * width, by: 4) {
      let four = bytes.loadUnaligned(fromByteOffset: place * 8, as: SIMD4<Double>.self)
      bytes.storeBytes(of: four.squareRoot(), toByteOffset: place * 8, as: SIMD4<Double>.self)
    }
  }

  /// Writes eight points as columns; the last one again where there are no more.
  private func turn(
    _ base: UnsafePointer<Float>, _ columns: Range<Int>, from start: Int, stride: Int, depth: Int
  ) {
    func row(_ lane: Int) -> UnsafePointer<Float> {
      base + min(columns.lowerBound + start + lane, columns.upperBound - 1) * stride
    }
    let (a, b, c, d) = (row(0), row(1), row(2), row(3))
    let (e, f, g, h) = (row(4), row(5), row(6), row(7))
    var to = UnsafeMutableRawPointer(y + start)
    for k in 0..<depth {
      let eight = SIMD8<Float>(a[k], b[k], c[k], d[k], e[k], f[k], g[k], h[k])
      to.storeBytes(of: SIMD8<Double>(eight), as: SIMD8<Double>.self)
      to += width * MemoryLayout<Double>.stride
    }
  }
}
