// EmbeddingPoints.swift
// The points of an embedding, in memory or not: they are asked for when they are written.

/// Points whose numbers are read block by block, so that more of them can be written than memory holds.
///
/// TensorBoard can not show what is not finite, and hangs where all numbers are zero: whoever gives points sees to that.
public protocol EmbeddingPoints: Sendable {
  /// Rows.
  var points: Int { get }
  /// Columns.
  var dimensions: Int { get }

  /// Puts the numbers of points `range` into `buffer`.
  /// - Parameter buffer: [range.count, dimensions], row-major.
  /// - Throws: what keeps them from being read.
  func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws
}

extension EmbeddingTable: EmbeddingPoints {
  /// Copies the numbers of points `range`.
  public func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
    _ = buffer.update(fromContentsOf: values[range.lowerBound * dimensions..<range.upperBound * dimensions])
  }
}
