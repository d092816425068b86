// PointMatrix+Distances.swift
// Means, distances and changes of scale of points, all computed in double precision.

package import PointMatrices

extension PointMatrix {
  /// The mean of each dimension. It is summed from the first point on, so an offset that all points share costs no digit.
  package var mean: [Double] {
    guard count > 0 else { return [Double](repeating: 0, count: dimensions) }
    var sums = [Double](repeating: 0, count: dimensions)
    values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        guard let first = values.baseAddress, let sums = sums.baseAddress else { return }
        for point in 1..<max(1, count) {
          let row = first + point * dimensions
          for dimension in 0..<dimensions { sums[dimension] += Double(row[dimension]) - Double(first[dimension]) }
        }
      }
    }
    return sums.indices.map { Double(values[$0]) + sums[$0] / Double(count) }
  }

  /// Returns the points with their mean at the origin.
  package var centered: PointMatrix { moved(by: mean, scale: 1) }

  /// Returns (x − origin) · scale, computed in double precision.
  func moved(by origin: [Double], scale: Double) -> PointMatrix {
    let moved = [Float](unsafeUninitializedCapacity: values.count) { moved, filled in
      values.withUnsafeBufferPointer { values in
        origin.withUnsafeBufferPointer { origin in
          guard let from = values.baseAddress, let to = moved.baseAddress, let origin = origin.baseAddress else {
            return
          }
          for start in stride(from: 0, to: values.count, by: dimensions) {
            for dimension in 0..<dimensions {
              to[start + dimension] = Float((Double(from[start + dimension]) - origin[dimension]) * scale)
            }
          }
        }
      }
      filled = values.count
    }
    return PointMatrix(count: count, dimensions: dimensions, values: moved)
  }

  /// The largest |x − origin| of all numbers.
  func largestOffset(from origin: [Double]) -> Double {
    values.withUnsafeBufferPointer { values in
      origin.withUnsafeBufferPointer { origin in
        guard let from = values.baseAddress, let origin = origin.baseAddress else { return 0 }
        var largest = 0.0
        for start in stride(from: 0, to: values.count, by: dimensions) {
          for dimension in 0..<dimensions {
            let offset = abs(Double(from[start + dimension]) - origin[dimension])
            largest = offset > largest ? offset : largest
          }
        }
        return largest
      }
    }
  }

  /// Whether float32 has cost a dimension three bits or more, because it is far from zero and varies little.
  /// - Parameter mean: the mean of the points.
  package func losesDigits(around mean: [Double]) -> Bool {
    var largest = [Double](repeating: 0, count: dimensions)
    values.withUnsafeBufferPointer { values in
      for start in stride(from: 0, to: values.count, by: dimensions) {
        for dimension in 0..<dimensions {
          largest[dimension] = max(largest[dimension], abs(Double(values[start + dimension]) - mean[dimension]))
        }
      }
    }
    return zip(largest, mean).contains { abs($1) > 8 * $0 }
  }

  /// The points around their mean, times a power of two: the largest number becomes 1 to 2, so squares neither overflow a Float
  /// nor vanish in it. Where all points are equal, or not all finite, the scale is 1.
  package var balanced: (points: PointMatrix, scale: Double) {
    let mean = mean
    let largest = largestOffset(from: mean)
    let scale = largest > 0 && largest.isFinite ? Double(sign: .plus, exponent: -largest.exponent, significand: 1) : 1
    return (moved(by: mean, scale: scale), scale)
  }

  /// |a − b|², in double precision.
  package func squaredDistance(_ a: Int, _ b: Int) -> Double {
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return 0 }
      let (a, b) = (base + a * dimensions, base + b * dimensions)
      var sum = 0.0
      for dimension in 0..<dimensions {
        let difference = Double(a[dimension]) - Double(b[dimension])
        sum += difference * difference
      }
      return sum
    }
  }

  /// Returns |a − b|² of pairs, four at a time, each bit-identical to `squaredDistance`.
  func squaredDistances(_ pairs: [(Int32, Int32)]) -> [Double] {
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return [] }
      func row(_ point: Int32) -> UnsafePointer<Float> { base + Int(point) * dimensions }
      var squares: [Double] = []
      squares.reserveCapacity(pairs.count + 3)
      for first in stride(from: 0, to: pairs.count, by: 4) {
        let last = pairs.count - 1
        let (p, q) = (pairs[first], pairs[min(first + 1, last)])
        let (r, s) = (pairs[min(first + 2, last)], pairs[min(first + 3, last)])
        let (a, b, c, d) = (row(p.0), row(q.0), row(r.0), row(s.0))
        let (e, f, g, h) = (row(p.1), row(q.1), row(r.1), row(s.1))
        var sums = SIMD4<Double>()
        for k in 0..<dimensions {
          let differences =
            SIMD4<Double>(SIMD4<Float>(a[k], b[k], c[k], d[k])) - SIMD4<Double>(SIMD4<Float>(e[k], f[k], g[k], h[k]))
          sums += differences * differences
        }
        for lane in 0..<min(4, pairs.count - first) { squares.append(sums[lane]) }
      }
      return squares
    }
  }

  /// Returns |a − b|² from a point to others.
  func squaredDistances(from point: Int, to others: some Sequence<Int32>) -> [Double] {
    squaredDistances(others.map { (Int32(truncatingIfNeeded: point), $0) })
  }
}
