// RowFilter.swift
// The five predictions of PNG, forward and back: a row as differences that compress better.

/// The prediction of a sample (section 9 of the format): a = left, b = above, c = above left, each in the same
/// channel; 0 outside of the picture.
enum RowFilter: UInt8, CaseIterable {
  case none = 0
  case sub = 1
  case up = 2
  case average = 3
  case paeth = 4

  /// output[i] = row[i] − prediction, modulo 256.
  /// - Parameters:
  ///   - row, above, output: all of one length, a multiple of `pixelBytes`; above the first row stand zeros.
  func apply(
    to row: UnsafePointer<UInt8>, above: UnsafePointer<UInt8>, count: Int, pixelBytes: Int,
    output: UnsafeMutablePointer<UInt8>
  ) {
    let edge = min(pixelBytes, count)
    switch self {
    case .none:
      output.update(from: row, count: count)
    case .sub:
      for i in 0..<edge { output[i] = row[i] }
      for i in edge..<count { output[i] = row[i] &- row[i - pixelBytes] }
    case .up:
      for i in 0..<count { output[i] = row[i] &- above[i] }
    case .average:
      for i in 0..<edge { output[i] = row[i] &- above[i] >> 1 }
      for i in edge..<count { output[i] = row[i] &- Self.average(row[i - pixelBytes], above[i]) }
    case .paeth:
      for i in 0..<edge { output[i] = row[i] &- above[i] }
      for i in edge..<count {
        output[i] = row[i] &- Self.paeth(row[i - pixelBytes], above[i], above[i - pixelBytes])
      }
    }
  }

  /// row[i] += prediction, modulo 256: undoes `apply` in place.
  func undo(_ row: UnsafeMutablePointer<UInt8>, above: UnsafePointer<UInt8>, count: Int, pixelBytes: Int) {
    let edge = min(pixelBytes, count)
    switch self {
    case .none: break
    case .sub:
      for i in edge..<count { row[i] &+= row[i - pixelBytes] }
    case .up:
      for i in 0..<count { row[i] &+= above[i] }
    case .average:
      for i in 0..<edge { row[i] &+= above[i] >> 1 }
      for i in edge..<count { row[i] &+= Self.average(row[i - pixelBytes], above[i]) }
    case .paeth:
      for i in 0..<edge { row[i] &+= above[i] }
      for i in edge..<count { row[i] &+= Self.paeth(row[i - pixelBytes], above[i], above[i - pixelBytes]) }
    }
  }

  @inline(__always)
  private static func average(_ a: UInt8, _ b: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (UInt16(a) &+ UInt16(b)) >> 1)
  }

  /// Whichever of a, b, c is nearest to a + b − c, in this order where two are equally near.
  @inline(__always)
  private static func paeth(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> UInt8 {
    let (x, y) = (Int16(b) &- Int16(c), Int16(a) &- Int16(c))
    let (toA, toB, toC) = (abs(x), abs(y), abs(x &+ y))
    return toA <= toB && toA <= toC ? a : (toB <= toC ? b : c)
  }
}
