// PointReader.swift
// The one way to read points from a file: a source of rows.

import Parallel
package import PointMatrices

/// Points in a file. Several threads may read at once.
///
/// A new kind of file is a type that conforms, and a `PointFormat`.
package protocol PointReader: EmbeddingPoints {
  /// The file, for messages.
  var path: String { get }

  /// Reads rows in any order.
  /// - Parameter buffer: [rows.count, dimensions], row-major.
  func read(_ rows: ArraySlice<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws

  /// Whether the file's numbers may have more digits than float32.
  var hasMoreDigits: Bool { get }

  /// Reads rows in any order into memory.
  /// - Parameter origin: a number for each dimension, subtracted in double precision before rounding to float32; none, if nil.
  ///   The file is read again for it.
  func matrix(of rows: [Int], around origin: [Double]?, threads: Int) throws -> PointMatrix

  /// The columns that are not dimensions.
  var labels: [LabelTable.Column] { get }
  /// Number of label cells that were cut because they had more than `LabelTable.cellLimit` characters.
  var shortened: Int { get }
  /// Describes what was recognized in the file.
  var notes: [String] { get }
  /// The first number that is not finite, as a text file has it.
  var firstOdd: PointTable.OddNumber? { get }
}

extension PointReader {
  package var labels: [LabelTable.Column] { [] }
  package var shortened: Int { 0 }
  package var notes: [String] { [] }
  package var firstOdd: PointTable.OddNumber? { nil }
}

extension PointMatrix {
  static let rowsPerPart = 1024

  /// Collects rows of a source, each thread a part at a time.
  init(
    _ rows: [Int], of source: some EmbeddingPoints, rowsPerPart part: Int = Self.rowsPerPart, threads: Int,
    read: @Sendable (ArraySlice<Int>, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    let (dimensions, part) = (source.dimensions, max(1, part))
    let values = try [Float](unsafeUninitializedCapacity: rows.count * dimensions) { buffer, count in
      nonisolated(unsafe) let base = buffer.baseAddress
      _ = try parallelMap((rows.count + part - 1) / part, threads: threads) { index in
        let range = index * part..<min((index + 1) * part, rows.count)
        guard let base else { return }
        let start = base + range.lowerBound * dimensions
        try read(rows[range], UnsafeMutableBufferPointer(start: start, count: range.count * dimensions))
      }
      count = rows.count * dimensions
    }
    self.init(count: rows.count, dimensions: dimensions, values: values)
  }
}

/// Chosen rows of a file in a given order.
package struct ChosenPoints: EmbeddingPoints {
  private let source: any PointReader
  private let rows: [Int]
  package let dimensions: Int
  package var points: Int { rows.count }

  /// - Parameter least: number of columns; columns of zeros follow those of the file where it has fewer.
  package init(_ rows: [Int], of source: any PointReader, dimensions least: Int) {
    (self.source, self.rows) = (source, rows)
    dimensions = max(least, source.dimensions)
  }

  package func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    let columns = source.dimensions
    try source.read(rows[range], into: UnsafeMutableBufferPointer(rebasing: buffer[..<(range.count * columns)]))
    guard columns < dimensions, let base = buffer.baseAddress else { return }
    // From the last to the first, so that nothing is overwritten before it has been moved.
    for row in (0..<range.count).reversed() {
      for column in (0..<dimensions).reversed() {
        base[row * dimensions + column] = column < columns ? base[row * columns + column] : 0
      }
    }
  }
}
