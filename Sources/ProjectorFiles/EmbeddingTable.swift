// EmbeddingTable.swift
// The points that a projector shows: a matrix of finite numbers, a row a point.

/// Points of one embedding: [points, dimensions], row-major.
///
/// TensorBoard's page shows the first 100,000 points, so shuffle or choose before. Its t-SNE and UMAP find neighbors by
/// the dot product: for fewer than 50 dimensions they are right for vectors of length 1 only.
public struct EmbeddingTable: Equatable, Sendable {
  /// Rows: at least 2.
  public let points: Int
  /// Columns: at least 2.
  public let dimensions: Int
  /// [points, dimensions], all finite.
  public let values: [Float]

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
    // Without their signs, values rise with their bits, and what is not finite comes last.
    let largest = values.reduce(0) { max($0, $1.magnitude.bitPattern) }
    if largest >= Float.infinity.bitPattern, let index = values.firstIndex(where: { !$0.isFinite }) {
      throw ProjectorError.notFinite(
        value: "\(values[index])", row: index / dimensions, column: index % dimensions)
    }
    if largest == 0 { throw ProjectorError.allZero(points: points, dimensions: dimensions) }
    self.points = points
    self.dimensions = dimensions
    self.values = values
  }
}
