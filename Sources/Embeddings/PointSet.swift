// PointSet.swift
// Points of a space of any dimension.

/// Points, [count, dimensions], row-major; all numbers finite.
package struct PointSet: Sendable {
  package let count: Int
  package let dimensions: Int
  package let values: [Float]

  /// - Precondition: as many values as the shape says, and one dimension or more.
  package init(count: Int, dimensions: Int, values: [Float]) {
    precondition(dimensions >= 1 && values.count == count * dimensions, "\(count) × \(dimensions) values")
    self.count = count
    self.dimensions = dimensions
    self.values = values
  }

  /// The mean of each dimension, summed in double precision.
  package var mean: [Double] {
    var sums = [Double](repeating: 0, count: dimensions)
    values.withUnsafeBufferPointer { values in
      for point in 0..<count {
        for dimension in 0..<dimensions { sums[dimension] += Double(values[point * dimensions + dimension]) }
      }
    }
    return sums.map { $0 / Double(max(1, count)) }
  }

  /// The same points with their mean at the origin: distances stay, and lose fewer digits when they are computed.
  package var centred: PointSet { moved(by: mean) }

  /// The same points with `origin` at the origin.
  func moved(by origin: [Double]) -> PointSet {
    PointSet(count: count, dimensions: dimensions, values: moved(by: origin, 0..<count))
  }

  /// The values of points `range` with `origin` at the origin, [range.count, dimensions].
  func moved(by origin: [Double], _ range: Range<Int>) -> [Float] {
    let origin = origin.map { Float($0) }
    var moved = Array(values[range.lowerBound * dimensions..<range.upperBound * dimensions])
    moved.withUnsafeMutableBufferPointer { moved in
      for start in stride(from: 0, to: moved.count, by: dimensions) {
        for dimension in 0..<dimensions { moved[start + dimension] -= origin[dimension] }
      }
    }
    return moved
  }

  /// |a − b|², in double precision.
  package func squaredDistance(_ a: Int, _ b: Int) -> Double {
    values.withUnsafeBufferPointer { values in
      var sum = 0.0
      for dimension in 0..<dimensions {
        let difference = Double(values[a * dimensions + dimension]) - Double(values[b * dimensions + dimension])
        sum += difference * difference
      }
      return sum
    }
  }
}
