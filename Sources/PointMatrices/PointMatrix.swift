// PointMatrix.swift
// A matrix of points: the one value for rows of numbers that are in memory.

/// Points, [count, dimensions], row-major.
///
/// The numbers may have any offset and any scale: computations begin with differences in double precision. They are finite,
/// except in a matrix that has just been read from a file; `isFinite` tells.
package struct PointMatrix: Equatable, Sendable {
  package let count: Int
  package let dimensions: Int
  package let values: [Float]

  /// - Precondition: count × dimensions values, and one dimension or more.
  package init(count: Int, dimensions: Int, values: [Float]) {
    precondition(dimensions >= 1 && values.count == count * dimensions, "\(count) × \(dimensions) values")
    self.count = count
    self.dimensions = dimensions
    self.values = values
  }

  /// Whether no number is NaN or infinite.
  package var isFinite: Bool {
    // Without their signs, numbers rise with their bits; infinity and NaN come last. The loop has no branch, so it is vectorized.
    values.reduce(0) { max($0, $1.magnitude.bitPattern) } < Float.infinity.bitPattern
  }

  /// Whether all numbers are 0 or −0.
  package var isZero: Bool { values.allSatisfy { $0 == 0 } }

  /// Whether all points are equal.
  package var areEqual: Bool {
    (dimensions..<max(dimensions, values.count)).allSatisfy { values[$0] == values[$0 - dimensions] }
  }

  /// Returns the first dimensions, or all where there are no more.
  package func leading(_ wanted: Int) -> PointMatrix {
    if dimensions <= wanted { return self }
    let leading = (0..<count).flatMap { values[$0 * dimensions..<$0 * dimensions + wanted] }
    return PointMatrix(count: count, dimensions: wanted, values: leading)
  }

  /// Returns the matrix with columns of zeros behind its own, so that it has `least` dimensions or more.
  package func padded(to least: Int) -> PointMatrix {
    if dimensions >= least { return self }
    let zeros = [Float](repeating: 0, count: least - dimensions)
    let rows = stride(from: 0, to: values.count, by: dimensions).map { values[$0..<$0 + dimensions] }
    return PointMatrix(count: count, dimensions: least, values: rows.flatMap { $0 + zeros })
  }
}

extension PointMatrix: EmbeddingPoints {
  package var points: Int { count }

  /// Copies the numbers of points `range`.
  package func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
    _ = buffer.update(fromContentsOf: values[range.lowerBound * dimensions..<range.upperBound * dimensions])
  }

  /// Copies the numbers of points of any order into `target`, [rows.count, dimensions].
  package func read(_ rows: ArraySlice<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
    values.withUnsafeBufferPointer { values in
      guard let from = values.baseAddress, let to = buffer.baseAddress else { return }
      for (place, row) in rows.enumerated() {
        (to + place * dimensions).update(from: from + row * dimensions, count: dimensions)
      }
    }
  }
}
