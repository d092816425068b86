// PrincipalComponents.swift
// The directions in which points vary most.

package import Tensors

/// An exact principal component analysis, in double precision.
package struct PrincipalComponents: Sendable {
  /// The share of all variance along each component, in falling order.
  package let shares: [Double]
  /// The points along the components: [count, components].
  package let projected: PointSet
  /// The components as directions of length 1.
  private let directions: [[Double]]
  /// Of the mean along each component.
  private let offsets: [Double]

  /// - Parameter wanted: at most so many; fewer where the points have fewer dimensions.
  /// - Precondition: one point or more.
  /// - Complexity: count · dimensions · s + 4/3 s³, s the smaller of the two.
  package init(of points: PointSet, components wanted: Int, pool: WorkerPool) {
    let (dimensions, count) = (points.dimensions, points.count)
    let mean = points.mean
    // Of fewer points than dimensions the products are fewer than the covariances.
    let few = dimensions <= count ? nil : points.moved(by: mean)
    let matrix =
      few.map { Self.products(of: $0, pool: pool) } ?? Self.covariance(of: points, mean: mean, pool: pool)
    let total = (0..<matrix.size).reduce(0) { $0 + matrix.values[$1 * matrix.size + $1] }
    let found = matrix.largest(min(wanted, dimensions))
    shares = found.map { total > 0 ? max(0, $0.value) / total : 0 }
    let directions = found.map { pair in
      Self.withDefiniteSign(few.map { Self.direction(pair.vector, in: $0) } ?? pair.vector)
    }
    self.directions = directions
    offsets = directions.map { zip($0, mean).reduce(0) { $0 + $1.0 * $1.1 } }
    projected = Self.along(directions, count, dimensions, pool: pool) { points.moved(by: mean, $0) }
  }

  /// Other points along these components, from the same origin: [count, components]. They need not all be in memory.
  /// - Parameter values: gives the values of a range of points, [points, dimensions]; from several threads at once.
  package func projecting(
    _ count: Int, pool: WorkerPool, values: @escaping @Sendable (Range<Int>) -> [Float]
  ) -> PointSet {
    let dimensions = directions.first?.count ?? 0
    let places = Self.along(directions, count, dimensions, pool: pool, values: values)
    let width = places.dimensions
    return PointSet(
      count: count, dimensions: width,
      values: places.values.indices.map { Float(Double(places.values[$0]) - offsets[$0 % width]) })
  }

  /// The points along given directions: [count, directions].
  /// - Parameter values: gives the values of a range of points, [points, dimensions].
  private static func along(
    _ vectors: [[Double]], _ count: Int, _ dimensions: Int, pool: WorkerPool,
    values: @escaping @Sendable (Range<Int>) -> [Float]
  ) -> PointSet {
    let width = max(1, vectors.count)
    let results = Slab(count: max(1, count * width))
    let chunk = 256
    pool.forEach((count + chunk - 1) / chunk) { index, _ in
      let points = index * chunk..<min((index + 1) * chunk, count)
      values(points).withUnsafeBufferPointer { values in
        guard let base = values.baseAddress, values.count == points.count * dimensions else { return }
        for (component, vector) in vectors.enumerated() {
          vector.withUnsafeBufferPointer { vector in
            guard let direction = vector.baseAddress else { return }
            for (row, point) in points.enumerated() {
              results.base[point * width + component] = Float(dot(base + row * dimensions, direction, dimensions))
            }
          }
        }
      }
    }
    return PointSet(count: count, dimensions: width, values: Array(results.values.prefix(count * width)))
  }

  /// Its largest entry is positive, so that a picture does not flip from one computation to the next.
  private static func withDefiniteSign(_ vector: [Double]) -> [Double] {
    let largest = vector.max { abs($0) < abs($1) } ?? 0
    return largest < 0 ? vector.map { -$0 } : vector
  }

  /// The sum of the points, each as often as `weights` says, of length 1: of an eigenvector of `products` a component.
  private static func direction(_ weights: [Double], in points: PointSet) -> [Double] {
    var sums = [Double](repeating: 0, count: points.dimensions)
    points.values.withUnsafeBufferPointer { values in
      for (point, weight) in weights.enumerated() {
        for dimension in sums.indices { sums[dimension] += weight * Double(values[point * sums.count + dimension]) }
      }
    }
    let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? sums.map { $0 / length } : sums
  }

  /// The products of all pairs of points, [count, count]: up to a factor it has the eigenvalues of the covariance.
  private static func products(of points: PointSet, pool: WorkerPool) -> SymmetricMatrix {
    let (count, dimensions) = (points.count, points.dimensions)
    let sums = SharedResults(count: count * count)
    pool.forEach(count) { row, _ in
      points.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        let first = (0..<dimensions).map { Double(base[row * dimensions + $0]) }
        first.withUnsafeBufferPointer { first in
          guard let first = first.baseAddress else { return }
          for column in row..<count {
            let sum = dot(base + column * dimensions, first, dimensions)
            sums[row * count + column] = sum
            sums[column * count + row] = sum
          }
        }
      }
    }
    return SymmetricMatrix(size: count, values: sums.values)
  }

  private static func covariance(of points: PointSet, mean: [Double], pool: WorkerPool) -> SymmetricMatrix {
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

/// Σ a[i] · b[i], summed in eight lanes.
private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var sums = SIMD8<Double>()
  let whole = count & ~7
  for place in stride(from: 0, to: whole, by: 8) {
    sums +=
      SIMD8<Double>(UnsafeRawPointer(a + place).loadUnaligned(as: SIMD8<Float>.self))
      * UnsafeRawPointer(b + place).loadUnaligned(as: SIMD8<Double>.self)
  }
  var sum = sums.sum()
  for place in whole..<count { sum += Double(a[place]) * b[place] }
  return sum
}

/// Some points' dimensions from one on, with an origin of their own, in double precision, zeros up to a multiple of four.
private final class WidePoints {
  private let points: PointSet
  private let origin: [Float]
  private let width: Int
  private let base: UnsafeMutablePointer<Double>
  private var count = 0

  init(most: Int, of points: PointSet, from origin: [Double]) {
    self.points = points
    self.origin = origin.map { Float($0) }
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
            let middle = UnsafeRawPointer(origin + dimension).loadUnaligned(as: SIMD4<Float>.self)
            UnsafeMutableRawPointer(to + dimension).storeBytes(of: SIMD4<Double>(four - middle), as: SIMD4<Double>.self)
          }
          for dimension in whole..<points.dimensions { to[dimension] = Double(from[dimension] - origin[dimension]) }
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
