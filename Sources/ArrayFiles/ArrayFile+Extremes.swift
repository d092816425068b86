// ArrayFile+Extremes.swift
// The lowest and the highest number of an array, and the place of a number that is not finite.

import ByteStreams
import Parallel

extension ArrayFile {
  /// Number of elements that are read at once.
  private static var pieceElements: Int { 1 << 18 }

  /// A number that is not finite, and its index in the file.
  package struct NotFinite: Error {
    package let value: Float
    package let element: Int
  }

  /// Returns the lowest and the highest number of the file.
  /// - Parameter threads: the most threads that read at once; the result does not depend on it.
  /// - Throws: `NotFinite` for the first number that is not finite; `FileError`, `ArrayFileError.truncated`.
  /// - Complexity: O(elements); memory for a piece of each thread.
  package func extremes(threads: Int) throws -> (lowest: Float, highest: Float) {
    let (count, piece) = (rows * columns, Self.pieceElements)
    let found = try parallelMap((count + piece - 1) / piece, threads: threads) { part in
      let first = part * piece
      return try withElements(from: first, count: min(piece, count - first)) { numbers in
        var (lowest, highest) = (Float.infinity, -Float.infinity)
        var isFinite = true
        for value in numbers {
          lowest = value < lowest ? value : lowest
          highest = value > highest ? value : highest
          isFinite = isFinite && value.isFinite
        }
        if !isFinite, let place = numbers.firstIndex(where: { !$0.isFinite }) {
          throw NotFinite(value: numbers[place], element: first + place)
        }
        return (lowest: lowest, highest: highest)
      }
    }
    return (found.map(\.lowest).min() ?? 0, found.map(\.highest).max() ?? 0)
  }

  /// Returns whether any number is greater than `limit`. Reads the file only up to the first one.
  /// - Throws: as `extremes`.
  package func holdsMore(than limit: Float) throws -> Bool {
    let count = rows * columns
    for first in stride(from: 0, to: count, by: Self.pieceElements) {
      let size = min(Self.pieceElements, count - first)
      if try withElements(from: first, count: size, { $0.contains { $0 > limit } }) { return true }
    }
    return false
  }

  /// Returns the index of an element along each dimension.
  package func indices(ofElement element: Int) -> [Int] {
    var rest = element
    var indices = [Int](repeating: 0, count: shape.count)
    for axis in isFortranOrder ? Array(shape.indices) : shape.indices.reversed() {
      indices[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    return indices
  }

  /// Calls `body` with numbers in the order of the file.
  private func withElements<Result>(
    from first: Int, count: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) throws -> Result {
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { numbers in
      try withUnsafeTemporaryAllocation(byteCount: count * type.size, alignment: 16) { bytes in
        let start = offset + first * type.size
        let filled = try file.read(at: start, into: bytes)
        if filled < bytes.count {
          throw ArrayFileError.truncated(path: file.path, got: start + filled, want: start + bytes.count)
        }
        if let source = bytes.baseAddress, let target = numbers.baseAddress {
          type.convert(UnsafeRawPointer(source), count: count, into: target)
        }
        return try body(UnsafeBufferPointer(numbers))
      }
    }
  }
}
