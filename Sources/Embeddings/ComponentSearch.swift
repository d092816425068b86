// ComponentSearch.swift
// The directions in which points vary most: eigenvectors of their covariance, or of their products where they are few.

import Parallel
import PointMatrices
import Tensors

/// Directions of length 1, and the variance along each up to a common factor, in falling order.
struct ComponentSearch {
  private(set) var found: [(variance: Double, direction: [Double])]
  /// The variance in all directions, up to the same factor.
  let total: Double

  /// A variance below this fraction of the largest has lost digits to it.
  private static let trusted = 1e-6
  /// A variance below this fraction of all is rounding.
  private static let noise = 1e-26

  /// Directions whose variance is far below the largest are searched for again, among what the points have beside the others. So one
  /// point far away leaves the components of all others as they are.
  init(_ points: PointMatrix, mean: [Double], wanted: Int, pool: WorkerPool) {
    let wanted = min(wanted, points.dimensions)
    let (first, total) = Self.largest(wanted, of: points, mean: mean, pool: pool)
    (found, self.total) = (first, total)
    var sure = first.prefix { $0.variance >= (first.first?.variance ?? 0) * Self.trusted && $0.variance > 0 }.count
    while sure > 0, sure < found.count {
      let others = points.without(found.prefix(sure).map(\.direction), mean: mean)
      let origin = [Double](repeating: 0, count: points.dimensions)
      let (next, rest) = Self.largest(found.count - sure, of: others, mean: origin, pool: pool)
      guard let largest = next.first?.variance, rest > total * Self.noise, largest > 0 else { break }
      let more = next.prefix { $0.variance >= largest * Self.trusted }
      // The others were rounded: what they have along the directions before counts as nothing.
      for (place, pair) in more.enumerated() {
        found[sure + place] = (
          pair.variance, pair.direction.orthogonal(to: found.prefix(sure + place).map(\.direction))
        )
      }
      sure += more.count
    }
  }

  private static func largest(
    _ wanted: Int, of points: PointMatrix, mean: [Double], pool: WorkerPool
  ) -> (found: [(variance: Double, direction: [Double])], total: Double) {
    // With fewer points than dimensions, the matrix of products is smaller than that of covariances.
    let areFew = points.dimensions > points.count
    let matrix =
      areFew ? products(of: points, mean: mean, pool: pool) : covariance(of: points, mean: mean, pool: pool)
    let total = (0..<matrix.size).reduce(0) { $0 + matrix.values[$1 * matrix.size + $1] }
    let found = matrix.largest(wanted).map { pair in
      (variance: pair.value, direction: areFew ? direction(pair.vector, in: points, mean: mean) : pair.vector)
    }
    return (found, total)
  }

  /// The sum of the points, each as often as `weights` says, of length 1: of an eigenvector of `products` a component.
  private static func direction(_ weights: [Double], in points: PointMatrix, mean: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: points.dimensions)
    points.values.withUnsafeBufferPointer { values in
      for (point, weight) in weights.enumerated() {
        for dimension in sums.indices {
          sums[dimension] += weight * (Double(values[point * sums.count + dimension]) - mean[dimension])
        }
      }
    }
    let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? sums.map { $0 / length } : sums
  }

  /// The products of all pairs of points, [count, count]: up to a factor it has the eigenvalues of the covariance.
  private static func products(of points: PointMatrix, mean: [Double], pool: WorkerPool) -> SymmetricMatrix {
    let (count, dimensions) = (points.count, points.dimensions)
    let sums = SharedResults(count: count * count)
    pool.forEach(count) { row, _ in
      points.values.withUnsafeBufferPointer { values in
        mean.withUnsafeBufferPointer { mean in
          guard let base = values.baseAddress, let mean = mean.baseAddress else { return }
          let first = (0..<dimensions).map { Double(base[row * dimensions + $0]) - mean[$0] }
          first.withUnsafeBufferPointer { first in
            guard let first = first.baseAddress else { return }
            for column in row..<count {
              let sum = dot(base + column * dimensions, from: mean, first, dimensions)
              sums[row * count + column] = sum
              sums[column * count + row] = sum
            }
          }
        }
      }
    }
    return SymmetricMatrix(size: count, values: sums.values)
  }

  private static func covariance(of points: PointMatrix, mean: [Double], pool: WorkerPool) -> SymmetricMatrix {
    let (count, dimensions) = (points.count, points.dimensions)
    let width = (dimensions + 3) / 4 * 4
    let sums = SharedResults(count: width * width)
    // A band of sixteen rows, over points that fit a cache as doubles: four by four sums in registers.
    let (chunk, rows) = (max(1, (1 << 14) / width), 16)
    pool.forEach((width + rows - 1) / rows) { band, _ in
      let wide = WidePoints(most: chunk, of: points, from: mean)
      for first in stride(from: 0, to: count, by: chunk) {
        let start = band * rows
        wide.take(first..<min(first + chunk, count), from: start)
        for row in stride(from: start, to: min(start + rows, width), by: 4) {
          for column in stride(from: row, to: width, by: 4) {
            let products = wide.products(row: row - start, column: column - start)
            for lane in 0..<4 {
              let place = row * width + column + lane
              sums[place] += products.0[lane]
              sums[place + width] += products.1[lane]
              sums[place + 2 * width] += products.2[lane]
              sums[place + 3 * width] += products.3[lane]
            }
          }
        }
      }
    }
    var matrix = SymmetricMatrix(size: dimensions, values: [Double](repeating: 0, count: dimensions * dimensions))
    for row in 0..<dimensions {
      for column in row..<dimensions {
        let value = sums[row * width + column] / Double(max(1, count - 1))
        matrix.values[row * dimensions + column] = value
        matrix.values[column * dimensions + row] = value
      }
    }
    return matrix
  }
}

extension PointMatrix {
  /// The points around their mean without what they have along some orthogonal directions of length 1.
  fileprivate func without(_ directions: [[Double]], mean: [Double]) -> PointMatrix {
    var rest: [Float] = []
    rest.reserveCapacity(values.count)
    for point in 0..<count {
      var row = (0..<dimensions).map { Double(values[point * dimensions + $0]) - mean[$0] }
      for direction in directions {
        let share = zip(row, direction).reduce(0) { $0 + $1.0 * $1.1 }
        for dimension in row.indices { row[dimension] -= share * direction[dimension] }
      }
      rest += row.map { Float($0) }
    }
    return PointMatrix(count: count, dimensions: dimensions, values: rest)
  }
}

extension [Double] {
  /// Returns the vector without its parts along `others`, scaled to length 1.
  fileprivate func orthogonal(to others: [[Double]]) -> [Double] {
    var rest = self
    // Twice, since the first leaves as many digits as it takes away.
    for other in others + others {
      let share = zip(rest, other).reduce(0) { $0 + $1.0 * $1.1 }
      for place in rest.indices { rest[place] -= share * other[place] }
    }
    let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? rest.map { $0 / length } : self
  }
}

/// Some points' dimensions from one on, with an origin of their own, in double precision, zeros up to a multiple of four.
private final class WidePoints {
  private let points: PointMatrix
  private let origin: [Double]
  private let width: Int
  private let base: UnsafeMutablePointer<Double>
  private var count = 0

  init(most: Int, of points: PointMatrix, from origin: [Double]) {
    self.points = points
    self.origin = origin
    width = (points.dimensions + 3) / 4 * 4
    base = .allocate(capacity: most * width)
    base.initialize(repeating: 0, count: most * width)
  }

  deinit { base.deallocate() }

  func take(_ range: Range<Int>, from first: Int) {
    count = range.count
    points.values.withUnsafeBufferPointer { values in
      origin.withUnsafeBufferPointer { origin in
        guard let start = values.baseAddress, let origin = origin.baseAddress else { return }
        for (row, point) in range.enumerated() {
          let (from, to) = (start + point * points.dimensions, base + row * width - first)
          let whole = first + (points.dimensions - first) / 4 * 4
          for dimension in stride(from: first, to: whole, by: 4) {
            let four = UnsafeRawPointer(from + dimension).loadUnaligned(as: SIMD4<Float>.self)
            let middle = UnsafeRawPointer(origin + dimension).loadUnaligned(as: SIMD4<Double>.self)
            UnsafeMutableRawPointer(to + dimension).storeBytes(of: SIMD4<Double>(four) - middle, as: SIMD4<Double>.self)
          }
          for dimension in whole..<points.dimensions { to[dimension] = Double(from[dimension]) - origin[dimension] }
        }
      }
    }
  }

  /// Σ x[point, row + i] · x[point, column + lane] over points, i = 0 … 3.
  func products(row: Int, column: Int) -> (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) {
    var sums = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
    for point in 0..<count {
      let place = base + point * width
      let other = UnsafeRawPointer(place + column).loadUnaligned(as: SIMD4<Double>.self)
      sums.0 += place[row] * other
      sums.1 += place[row + 1] * other
      sums.2 += place[row + 2] * other
      sums.3 += place[row + 3] * other
    }
    return sums
  }
}
