// PrincipalComponents.swift
// Principal components: the directions in which points vary most.

package import Parallel
package import PointMatrices
import Tensors

/// An exact principal component analysis, in double precision: the mean is taken from the numbers before they are multiplied.
package struct PrincipalComponents: Sendable {
  /// The fraction of all variance along each component, in falling order.
  package let shares: [Double]
  /// The points along the components: [count, components]. Where a place would not fit a Float, all are scaled by a power of two.
  package let projected: PointMatrix
  /// The components as directions of length 1.
  private let directions: [[Double]]
  /// The mean of the points, which the projection moves to the origin.
  private let mean: [Double]
  /// 1; or the power of two that makes places fit a Float.
  private let scale: Double

  /// - Parameter wanted: the number of components; fewer are found if the points have fewer dimensions.
  /// - Precondition: one point or more.
  /// - Complexity: count · dimensions · s + 4/3 s³, s the smaller of the two.
  package init(of points: PointMatrix, components wanted: Int, pool: WorkerPool) {
    let (dimensions, count) = (points.dimensions, points.count)
    let mean = points.mean
    let search = ComponentSearch(points, mean: mean, wanted: wanted, pool: pool)
    shares = search.found.map { search.total > 0 ? max(0, $0.variance) / search.total : 0 }
    let directions = search.found.map { Self.withDefiniteSign($0.direction) }
    self.directions = directions
    self.mean = mean
    func projected(_ scale: Double) -> PointMatrix {
      Self.along(directions, mean: mean, scale: scale, count, pool: pool) { range in
        Array(points.values[range.lowerBound * dimensions..<range.upperBound * dimensions])
      }
    }
    let places = projected(1)
    // No point is farther from the mean.
    let farthest = (search.total * Double(count)).squareRoot()
    let isTooFar = farthest > 0x1p127 && farthest.isFinite && !places.isFinite
    scale = isTooFar ? Double(sign: .plus, exponent: 126 - farthest.exponent, significand: 1) : 1
    self.projected = isTooFar ? projected(scale) : places
  }

  /// Projects other points on these components, from the same origin: [count, components]. They need not all be in memory.
  /// - Parameter values: gives the values of a range of points, [points, dimensions]; from several threads at once.
  package func projecting(
    _ count: Int, pool: WorkerPool, values: @escaping @Sendable (Range<Int>) -> [Float]
  ) -> PointMatrix {
    Self.along(directions, mean: mean, scale: scale, count, pool: pool, values: values)
  }

  /// Projects the points on given directions: [count, directions].
  /// - Parameter values: gives the values of a range of points, [points, dimensions].
  private static func along(
    _ vectors: [[Double]], mean: [Double], scale: Double, _ count: Int, pool: WorkerPool,
    values: @escaping @Sendable (Range<Int>) -> [Float]
  ) -> PointMatrix {
    let (width, dimensions) = (max(1, vectors.count), mean.count)
    let results = Slab(count: max(1, count * width))
    let chunk = 256
    pool.forEach((count + chunk - 1) / chunk) { index, _ in
      let points = index * chunk..<min((index + 1) * chunk, count)
      values(points).withUnsafeBufferPointer { values in
        mean.withUnsafeBufferPointer { mean in
          guard let base = values.baseAddress, let mean = mean.baseAddress else { return }
          guard values.count == points.count * dimensions else { return }
          for (component, vector) in vectors.enumerated() {
            vector.withUnsafeBufferPointer { vector in
              guard let direction = vector.baseAddress else { return }
              for (row, point) in points.enumerated() {
                let place = dot(base + row * dimensions, from: mean, direction, dimensions)
                results.base[point * width + component] = Float(place * scale)
              }
            }
          }
        }
      }
    }
    return PointMatrix(count: count, dimensions: width, values: Array(results.values.prefix(count * width)))
  }

  /// Its largest entry is positive, so that a picture does not flip from one computation to the next.
  private static func withDefiniteSign(_ vector: [Double]) -> [Double] {
    let largest = vector.max { abs($0) < abs($1) } ?? 0
    return largest < 0 ? vector.map { -$0 } : vector
  }
}

/// Σ (a[i] − origin[i]) · b[i], summed in eight lanes.
func dot(
  _ a: UnsafePointer<Float>, from origin: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) -> Double {
  var sums = SIMD8<Double>()
  let whole = count & ~7
  for place in stride(from: 0, to: whole, by: 8) {
    let eight = SIMD8<Double>(UnsafeRawPointer(a + place).loadUnaligned(as: SIMD8<Float>.self))
    sums +=
      (eight - UnsafeRawPointer(origin + place).loadUnaligned(as: SIMD8<Double>.self))
      * UnsafeRawPointer(b + place).loadUnaligned(as: SIMD8<Double>.self)
  }
  var sum = sums.sum()
  for place in whole..<count { sum += (Double(a[place]) - origin[place]) * b[place] }
  return sum
}
