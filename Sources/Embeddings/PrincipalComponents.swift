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
    let centred = points.moved(by: mean)
    let matrix = dimensions <= count ? Self.covariance(of: centred, pool: pool) : Self.products(of: centred, pool: pool)
    let total = (0..<matrix.size).reduce(0) { $0 + matrix.values[$1 * matrix.size + $1] }
    let found = matrix.largest(min(wanted, dimensions))
    shares = found.map { total > 0 ? max(0, $0.value) / total : 0 }
    let directions = dimensions <= count ? found.map(\.vector) : found.map { Self.direction($0.vector, in: centred) }
    let definite = directions.map(Self.withDefiniteSign)
    self.directions = definite
    offsets = definite.map { zip($0, mean).reduce(0) { $0 + $1.0 * $1.1 } }
    projected = Self.along(definite, centred.count, centred.dimensions, pool: pool) { range, take in
      centred.values.withUnsafeBufferPointer { take(UnsafeBufferPointer(rebasing: $0[range])) }
    }
  }

  /// Other points along these components, from the same origin: [count, components]. They need not all be in memory.
  /// - Parameter values: gives the values of a range of points, [points, dimensions]; from several threads at once.
  package func projecting(
    _ count: Int, pool: WorkerPool, values: @escaping @Sendable (Range<Int>) -> [Float]
  ) -> PointSet {
    let dimensions = directions.first?.count ?? 0
    let places = Self.along(directions, count, dimensions, pool: pool) { range, take in
      values(range.lowerBound / dimensions..<range.upperBound / dimensions).withUnsafeBufferPointer(take)
    }
    let width = places.dimensions
    return PointSet(
      count: count, dimensions: width,
      values: places.values.indices.map { Float(Double(places.values[$0]) - offsets[$0 % width]) })
  }

  /// The points along given directions: [count, directions].
  /// - Parameter values: gives the numbers at places of [count, dimensions].
  private static func along(
    _ vectors: [[Double]], _ count: Int, _ dimensions: Int, pool: WorkerPool,
    values: @escaping @Sendable (_ places: Range<Int>, _ take: (UnsafeBufferPointer<Float>) -> Void) -> Void
  ) -> PointSet {
    let width = max(1, vectors.count)
    let results = Slab(count: max(1, count * width))
    let chunk = 256
    pool.forEach((count + chunk - 1) / chunk) { index, _ in
      let points = index * chunk..<min((index + 1) * chunk, count)
      values(points.lowerBound * dimensions..<points.upperBound * dimensions) { values in
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

  private static func covariance(of points: PointSet, pool: WorkerPool) -> SymmetricMatrix {
    let (count, dimensions) = (points.count, points.dimensions)
    let sums = SharedResults(count: dimensions * dimensions)
    // Two rows and eight columns are summed in registers, over points that fit a cache.
    let chunk = max(1, (1 << 16) / dimensions)
    pool.forEach((dimensions + 1) / 2) { pair, _ in
      points.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        let rows = (2 * pair, min(2 * pair + 1, dimensions - 1))
        for first in stride(from: 0, to: count, by: chunk) {
          let range = first..<min(first + chunk, count)
          for column in stride(from: rows.0 / 8 * 8, to: dimensions, by: 8) {
            let width = min(8, dimensions - column)
            let (one, two) = outerSums(base, range, dimensions, rows: rows, column: column, width: width)
            for lane in 0..<width {
              sums[rows.0 * dimensions + column + lane] += one[lane]
              if rows.1 != rows.0 { sums[rows.1 * dimensions + column + lane] += two[lane] }
            }
          }
        }
      }
    }
    var matrix = SymmetricMatrix(size: dimensions, values: sums.values)
    for row in 0..<dimensions {
      for column in row..<dimensions {
        let value = matrix.values[row * dimensions + column] / Double(max(1, count - 1))
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

/// Σ x[point, row] · x[point, column + lane] over points, for two rows and up to eight columns.
private func outerSums(
  _ values: UnsafePointer<Float>, _ points: Range<Int>, _ dimensions: Int, rows: (Int, Int), column: Int, width: Int
) -> (SIMD8<Double>, SIMD8<Double>) {
  var (one, two) = (SIMD8<Double>(), SIMD8<Double>())
  var lanes = SIMD8<Float>()
  for point in points {
    let place = values + point * dimensions
    if width == 8 {
      lanes = UnsafeRawPointer(place + column).loadUnaligned(as: SIMD8<Float>.self)
    } else {
      for lane in 0..<width { lanes[lane] = place[column + lane] }
    }
    let wide = SIMD8<Double>(lanes)
    one += Double(place[rows.0]) * wide
    two += Double(place[rows.1]) * wide
  }
  return (one, two)
}
