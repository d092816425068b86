// EmbeddingPoints.swift
// A source of points that is read block by block, so that a file may hold more of them than memory.

/// Points whose numbers are read block by block, so that more of them can be written than memory holds.
///
/// All numbers must be finite, and not all zero: TensorBoard cannot show NaN or infinity, and hangs where all points are equal.
public protocol EmbeddingPoints: Sendable {
  /// Rows.
  var points: Int { get }
  /// Columns.
  var dimensions: Int { get }

  /// Reads the numbers of points `range` into `buffer`.
  /// - Parameter buffer: [range.count, dimensions], row-major.
  /// - Throws: any error; a file that is being written is then left as it was.
  func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws
}
