// MatrixReader.swift
// Points of a text file, all of whose numbers are in memory.

import PointMatrices

/// A file whose points have been read into a matrix.
protocol MatrixReader: PointReader {
  /// NaN where a number is missing.
  var matrix: PointMatrix { get }

  /// Reads the file again.
  /// - Parameter origin: a number for each dimension, subtracted in double precision before rounding to float32.
  func matrix(from origin: [Double]) throws -> PointMatrix
}

extension MatrixReader {
  package var points: Int { matrix.count }
  package var dimensions: Int { matrix.dimensions }
  package var hasMoreDigits: Bool { true }

  package func read(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    matrix.read(range, into: buffer)
  }

  package func read(_ rows: ArraySlice<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    matrix.read(rows, into: buffer)
  }

  package func matrix(of rows: [Int], around origin: [Double]?, threads: Int) throws -> PointMatrix {
    let source = try origin.map { try matrix(from: $0) } ?? matrix
    // Another program may be writing the file.
    guard source.count == points, source.dimensions == dimensions else {
      throw ArrayFileError.unreadable(
        path: path, reason: "it changed while it was read", advice: "export it again when it is complete")
    }
    return try PointMatrix(rows, of: source, threads: threads) { source.read($0, into: $1) }
  }
}
