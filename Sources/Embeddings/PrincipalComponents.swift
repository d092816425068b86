// PrincipalComponents.swift
// The directions in which points vary most.

package import Tensors

/// An exact principal component analysis, in double precision.
package struct PrincipalComponents: Sendable {
  /// The share of all variance along each component, in falling order.
  package let shares: [Double]
  /// The points along the components: [count, components].
  package let projected: PointSet

  /// - Parameter wanted: at most so many; fewer where the points have fewer dimensions.
  /// - Precondition: one point or more.
  /// - Complexity: count · dimensions² + 4/3 dimensions³.
  package init(of points: PointSet, components wanted: Int, pool: WorkerPool) {
    let (dimensions, count) = (points.dimensions, points.count)
    let centred = points.centred
    let covariance = Self.covariance(of: centred, pool: pool)
    let total = (0..<dimensions).reduce(0) { $0 + covariance.values[$1 * dimensions + $1] }
    let found = covariance.largest(wanted)
    shares = found.map { total > 0 ? max(0, $0.value) / total : 0 }
    let vectors = found.map { Self.withDefiniteSign($0.vector) }
    var values = [Float](repeating: 0, count: count * max(1, vectors.count))
    centred.values.withUnsafeBufferPointer { centred in
      for point in 0..<count {
        for (component, vector) in vectors.enumerated() {
          var sum = 0.0
          for dimension in 0..<dimensions { sum += Double(centred[point * dimensions + dimension]) * vector[dimension] }
          values[point * vectors.count + component] = Float(sum)
        }
      }
    }
    projected = PointSet(count: count, dimensions: max(1, vectors.count), values: values)
  }

  /// Its largest entry is positive, so that a picture does not flip from one computation to the next.
  private static func withDefiniteSign(_ vector: [Double]) -> [Double] {
    let largest = vector.max { abs($0) < abs($1) } ?? 0
    return largest < 0 ? vector.map { -$0 } : vector
  }

  private static func covariance(of points: PointSet, pool: WorkerPool) -> SymmetricMatrix {
    let (count, dimensions) = (points.count, points.dimensions)
    let sums = SharedResults(count: dimensions * dimensions)
    pool.forEach(dimensions) { row, _ in
      points.values.withUnsafeBufferPointer { values in
        for point in 0..<count {
          let base = point * dimensions
          let value = Double(values[base + row])
          if value == 0 { continue }
          for column in row..<dimensions { sums[row * dimensions + column] += value * Double(values[base + column]) }
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
