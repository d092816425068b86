// Reach.swift
// The floats that a kernel's definition names, counted from each operand's place, for the checks of debug builds.

internal import CKernels

/// The floats from the first to the last of a grid of pixels, for all taps.
/// - Parameters:
///   - width: floats of a pixel.
///   - taps: offsets of the pixels seen.
private func reach(
  rows: Int32, columns: Int32, row: Int32, step: Int32, width: Int32, taps: some Collection<Int32> = [0]
) -> Range<Int> {
  guard rows > 0, columns > 0, let first = taps.min(), let last = taps.max() else { return 0..<0 }
  return Int(first)..<Int(rows - 1) * Int(row) + Int(columns - 1) * Int(step) + Int(last) + Int(width)
}

/// The first `count` numbers of the tuple that a C array is in Swift.
private func offsets<Tuple>(_ tuple: Tuple, _ count: Int32) -> [Int32] {
  withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: Int32.self).prefix(Int(count))) }
}

extension Correlation {
  var reachOfX: Range<Int> {
    reach(
      rows: raw.rows, columns: raw.columns, row: raw.x_row, step: raw.x_step, width: raw.channels,
      taps: offsets(raw.tap_x, raw.taps))
  }
  var reachOfWeights: Range<Int> {
    let taps = offsets(raw.tap_w, raw.taps)
    return 0..<Int(taps.max() ?? 0) + Int(raw.channels) * Int(raw.outputs)
  }
  /// Of the gate too.
  var reachOfY: Range<Int> {
    reach(rows: raw.rows, columns: raw.columns, row: raw.y_row, step: raw.y_step, width: raw.outputs)
  }
  var reachOfBias: Range<Int> { 0..<Int(raw.outputs) }
}

extension OuterSum {
  var reachOfA: Range<Int> {
    reach(
      rows: raw.rows, columns: raw.columns, row: raw.a_row, step: raw.a_step, width: raw.channels,
      taps: offsets(raw.tap_a, raw.taps))
  }
  var reachOfB: Range<Int> {
    reach(
      rows: raw.rows, columns: raw.columns, row: raw.b_row, step: raw.b_step, width: raw.outputs,
      taps: offsets(raw.tap_b, raw.taps))
  }
  var reachOfWeights: Range<Int> { 0..<Int(raw.taps) * Int(raw.channels) * Int(raw.outputs) }
}

extension NarrowCorrelation {
  var reachOfX: Range<Int> {
    reach(
      rows: raw.rows, columns: raw.columns, row: raw.x_row, step: raw.x_step, width: raw.channels,
      taps: offsets(raw.tap_x, raw.taps))
  }
  var reachOfWeights: Range<Int> {
    0..<Int(offsets(raw.tap_w, raw.taps).max() ?? 0) + Int(raw.channels) * Int(raw.outputs)
  }
  var reachOfBias: Range<Int> { 0..<Int(raw.outputs) }
  var reachOfY: Range<Int> {
    reach(rows: raw.rows, columns: raw.columns, row: raw.y_row, step: raw.y_step, width: raw.outputs)
  }
}

extension MaxPool {
  /// Of its gradient too.
  var reachOfX: Range<Int> {
    reach(rows: 2 * raw.rows, columns: 2 * raw.columns, row: raw.x_row, step: raw.x_step, width: raw.channels)
  }
  /// Of the pooled gradient too.
  var reachOfY: Range<Int> {
    reach(rows: raw.rows, columns: raw.columns, row: raw.y_row, step: raw.y_step, width: raw.channels)
  }
}

extension WinogradConvolution {
  /// The picture with its border.
  var reachOfX: Range<Int> {
    let corner = raw.x_row + raw.x_step
    return reach(
      rows: raw.height, columns: raw.width, row: raw.x_row, step: raw.x_step, width: raw.channels,
      taps: [-corner, corner]
    )
  }
  /// Of its gradient and of the gate too.
  var reachOfY: Range<Int> {
    reach(rows: raw.height, columns: raw.width, row: raw.y_row, step: raw.y_step, width: raw.outputs)
  }
  var reachOfKernel: Range<Int> {
    0..<Int(offsets(raw.tap_w, 9).max() ?? 0) + Int(raw.kernel_channels) * Int(raw.outputs)
  }
  var reachOfBias: Range<Int> { 0..<Int(raw.outputs) }
}

extension PixelGrid {
  /// Of `rows` × `columns` pixels of `width` floats.
  func reach(rows: Int, columns: Int, width: Int) -> Range<Int> {
    rows > 0 && columns > 0 ? 0..<(rows - 1) * row + (columns - 1) * step + width : 0..<0
  }
}
