// RowFilter.swift
// Filters rows of samples into differences that compress better, undoes it, and chooses the filter of each row.

import Parallel

/// The prediction of a sample (section 9 of the format) from a = left, b = above, c = above left, each in the same channel and 0
/// outside of the picture.
enum RowFilter: UInt8, CaseIterable {
  case none = 0
  case sub = 1
  case up = 2
  case average = 3
  case paeth = 4

  /// Writes output[i] = row[i] − prediction, modulo 256.
  /// - Parameters:
  ///   - row, above, output: all of one length, a multiple of `pixelBytes`; the row above the first is zero.
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

  /// Undoes `apply` in place: row[i] += prediction, modulo 256.
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

  /// Returns that of a, b, c which is nearest to a + b − c, the first if two are equally near.
  @inline(__always)
  private static func paeth(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> UInt8 {
    let (x, y) = (Int16(b) &- Int16(c), Int16(a) &- Int16(c))
    let (toA, toB, toC) = (abs(x), abs(y), abs(x &+ y))
    return toA <= toB && toA <= toC ? a : (toB <= toC ? b : c)
  }
}

/// The choice of each row's filter when a picture is written. It changes the size of the file, never the picture.
public enum FilterStrategy: CaseIterable, Sendable {
  /// Samples as they are: best for flat drawings and few tones.
  case none
  /// Differences to the left.
  case sub
  /// Differences to the row above.
  case up
  /// Differences to the likeliest of left, above and above left.
  case paeth
  /// For each row the filter with the smallest sum of absolute differences: best for photographs.
  case adaptive

  private var candidates: [RowFilter] {
    switch self {
    case .none: [.none]
    case .sub: [.sub]
    case .up: [.up]
    case .paeth: [.paeth]
    case .adaptive: RowFilter.allCases
    }
  }

  /// Filters all rows, and returns each with the number of its filter before it: [height, 1 + width × channels].
  func filtered(_ image: PNGImage, threads: Int) -> [UInt8] {
    let rowBytes = image.width * image.format.channels
    let rowsPerPart = max(1, (256 << 10) / rowBytes)
    return [UInt8](
      count: image.height * (1 + rowBytes), partSize: rowsPerPart * (1 + rowBytes), threads: threads
    ) { part, output in
      let rows = part * rowsPerPart..<min((part + 1) * rowsPerPart, image.height)
      filter(rows, of: image, rowBytes: rowBytes, into: output)
    }
  }

  private func filter(
    _ rows: Range<Int>, of image: PNGImage, rowBytes: Int, into output: UnsafeMutableBufferPointer<UInt8>
  ) {
    let candidates = candidates
    let zeros = [UInt8](repeating: 0, count: rowBytes)
    var trial = zeros
    image.pixels.withUnsafeBufferPointer { pixels in
      zeros.withUnsafeBufferPointer { zeros in
        trial.withUnsafeMutableBufferPointer { trial in
          // Not empty: width, channels and the number of rows are at least 1.
          guard let pixels = pixels.baseAddress, let zeros = zeros.baseAddress, let trial = trial.baseAddress,
            var target = output.baseAddress
          else { return }
          for row in rows {
            let start = pixels + row * rowBytes
            let source = Row(
              samples: start, above: row == 0 ? zeros : start - rowBytes, count: rowBytes,
              pixelBytes: image.format.channels)
            source.write(to: target, candidates: candidates, trial: trial)
            target += 1 + rowBytes
          }
        }
      }
    }
  }
}

/// One row of samples and the row above it.
private struct Row {
  let samples: UnsafePointer<UInt8>
  let above: UnsafePointer<UInt8>
  let count: Int
  let pixelBytes: Int

  /// Writes the number of the best candidate, then the row filtered by it.
  func write(to target: UnsafeMutablePointer<UInt8>, candidates: [RowFilter], trial: UnsafeMutablePointer<UInt8>) {
    var smallest = Int.max
    for filter in candidates {
      let output = smallest == .max ? target + 1 : trial
      filter.apply(to: samples, above: above, count: count, pixelBytes: pixelBytes, output: output)
      let cost = candidates.count == 1 ? 0 : Self.cost(output, count)
      if cost < smallest {
        smallest = cost
        target[0] = filter.rawValue
        if output == trial { (target + 1).update(from: trial, count: count) }
      }
    }
  }

  /// Returns Σ |difference|, bytes taken as −128 … 127.
  private static func cost(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var sum = 0
    for i in 0..<count { sum &+= Int(Int8(bitPattern: bytes[i]).magnitude) }
    return sum
  }
}
