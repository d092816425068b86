// FilterStrategy.swift
// Which prediction each row of a picture is written with.

import Parallel

/// How a writer chooses the filter of each row. It changes the size of the file, never the picture.
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

  /// All rows filtered, each behind the number of its filter: [height, 1 + width × channels].
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

  /// Σ |difference|, bytes taken as −128 … 127.
  private static func cost(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var sum = 0
    for i in 0..<count { sum &+= Int(Int8(bitPattern: bytes[i]).magnitude) }
    return sum
  }
}
