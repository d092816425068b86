// EmbeddingTable.swift
// The points that a projector shows: a matrix of finite numbers, a row a point.

@_exported public import PointMatrices

/// Points of one embedding: [points, dimensions], row-major.
///
/// TensorBoard's page shows the first 100,000 points, so shuffle or choose before. Its t-SNE and UMAP find neighbors by
/// the dot product: for fewer than 50 dimensions they are right for vectors of length 1 only.
public struct EmbeddingTable: Equatable, Sendable {
  package let matrix: PointMatrix

  /// Rows: at least 2.
  public var points: Int { matrix.count }
  /// Columns: at least 2.
  public var dimensions: Int { matrix.dimensions }
  /// [points, dimensions], all finite.
  public var values: [Float] { matrix.values }

  /// A table of given values.
  /// - Parameter values: [points, dimensions], row-major.
  /// - Throws: `ProjectorError` where TensorBoard could not show the points: fewer than 2 points or dimensions, a value
  ///   that is not finite, nothing but zeros, or a wrong number of values.
  /// - Complexity: O(values).
  public init(points: Int, dimensions: Int, values: [Float]) throws {
    guard points >= 2, dimensions >= 2 else {
      throw ProjectorError.tooSmall(points: points, dimensions: dimensions)
    }
    let (count, overflow) = points.multipliedReportingOverflow(by: dimensions)
    guard !overflow, values.count == count else {
      throw ProjectorError.valueCount(got: values.count, points: points, dimensions: dimensions)
    }
    try self.init(PointMatrix(count: points, dimensions: dimensions, values: values))
  }

  /// A table of the points of a matrix.
  /// - Throws: `ProjectorError` where TensorBoard could not show them.
  package init(_ matrix: PointMatrix) throws {
    let (points, dimensions) = (matrix.count, matrix.dimensions)
    guard points >= 2, dimensions >= 2 else {
      throw ProjectorError.tooSmall(points: points, dimensions: dimensions)
    }
    if !matrix.isFinite, let index = matrix.values.firstIndex(where: { !$0.isFinite }) {
      throw ProjectorError.notFinite(
        value: "\(matrix.values[index])", row: index / dimensions, column: index % dimensions)
    }
    if matrix.isZero { throw ProjectorError.allZero(points: points, dimensions: dimensions) }
    self.matrix = matrix
  }
}

extension EmbeddingTable: EmbeddingPoints {
  /// Copies the numbers of points `range`.
  public func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
    matrix.read(range, into: buffer)
  }
}
