// ShadeRange.swift
// The range from black to white for pictures of any numbers, from the lowest and highest number of an array.

import ArrayFiles
import ByteStreams
import Parallel

/// The numbers that become the shades 0 and 255. Numbers beyond them are clipped.
struct ShadeRange: Equatable, Sendable {
  let low: Float
  let high: Float

  /// The range of bytes, which do not change.
  static let bytes = ShadeRange(low: 0, high: 255)

  private init(low: Float, high: Float) { (self.low, self.high) = (low, high) }

  /// Chooses the range for numbers from `lowest` to `highest`.
  ///
  /// Fractions from 0 to 1 have the range 0 … 1, and numbers up to between 128 and 255 have the range 0 … 255. Fractions that
  /// overshoot a little, as in resampled pictures, are clipped. For all other numbers the range ends with the highest; it begins
  /// with the lowest if that is negative, else with 0.
  /// - Parameter isWhole: whether all numbers are whole.
  init(lowest: Float, highest: Float, isWhole: Bool) {
    let margin = isWhole ? 0 : max(highest, 0) * Self.overshoot
    if lowest < -margin {
      (low, high) = (lowest, highest)
    } else if highest <= (isWhole ? 1 : 1 + Self.overshoot) {
      (low, high) = (0, 1)
    } else {
      (low, high) = (0, (128...255).contains(highest) ? 255 : highest)
    }
  }

  /// The fraction of a range by which numbers may overshoot it.
  private static let overshoot: Float = 0.1

  /// Returns the shade of a number.
  func sample(_ value: Float) -> UInt8 {
    let scale = high > low ? 255 / (high - low) : 0
    return UInt8(max(0, min(255, (value - low) * scale + 0.5)))
  }

  /// Returns a line that says which numbers are shown as which shades.
  /// - Parameter extremes: the lowest and the highest number.
  func note(_ extremes: (lowest: Float, highest: Float)) -> String {
    let (lowest, highest) = (Self.text(extremes.lowest), Self.text(extremes.highest))
    let cut = extremes.lowest < low || extremes.highest > high
    return "thumbnails: numbers from \(Self.text(low)) to \(Self.text(high)) are shown as 0 to 255"
      + (cut ? "; numbers beyond, from \(lowest) to \(highest), are clipped" : "")
      + (extremes.lowest == extremes.highest ? "; all are \(lowest)" : "")
  }

  /// Returns a whole number as it is, and any other with four digits.
  private static func text(_ value: Float) -> String {
    if value == value.rounded(), value.magnitude < 1e7 { return "\(Int(value))" }
    var scale = 1.0
    while Double(value.magnitude) * scale < 1000 { scale *= 10 }
    let rounded = (Double(value) * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded.magnitude < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}

extension ArrayFile {
  /// Number of elements that are read at once.
  private static var pieceElements: Int { 1 << 18 }

  /// A number that is not finite, and its index in the file.
  struct NotFinite: Error {
    let value: Float
    let element: Int
  }

  /// Returns the lowest and the highest number of the file.
  /// - Parameter threads: the most threads that read at once; the result does not depend on it.
  /// - Throws: `NotFinite` for the first number that is not finite; `FileError`, `ArrayFileError.truncated`.
  /// - Complexity: O(elements); memory for a piece of each thread.
  func extremes(threads: Int) throws -> (lowest: Float, highest: Float) {
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
  func holdsMore(than limit: Float) throws -> Bool {
    let count = rows * columns
    for first in stride(from: 0, to: count, by: Self.pieceElements) {
      let size = min(Self.pieceElements, count - first)
      if try withElements(from: first, count: size, { $0.contains { $0 > limit } }) { return true }
    }
    return false
  }

  /// Returns the index of an element along each dimension.
  func indices(ofElement element: Int) -> [Int] {
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
