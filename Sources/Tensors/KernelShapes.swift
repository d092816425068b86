// KernelShapes.swift
// The shapes that kernels take: which pixels, which taps, where in memory. Plain data, made once with the plan.

internal import CKernels

/// Where neighboring pixels lie, in floats.
package struct PixelGrid: Hashable, Sendable {
  /// From one pixel to the next in its row.
  package var step: Int
  /// From one row to the next.
  package var row: Int

  package init(step: Int, row: Int) {
    self.step = step
    self.row = row
  }
}

extension PixelGrid {
  /// Returns the floats spanned by `rows` × `columns` pixels of `width` floats.
  func reach(rows: Int, columns: Int, width: Int) -> Range<Int> {
    rows > 0 && columns > 0 ? 0..<(rows - 1) * row + (columns - 1) * step + width : 0..<0
  }
}

/// One tap of a kernel: its offset among the pixels of each operand, in floats.
package struct Tap: Hashable, Sendable {
  package var first: Int
  package var second: Int

  package init(_ first: Int, _ second: Int) {
    self.first = first
    self.second = second
  }
}

/// y[p,q,k] = Σ over taps and channels of x[p,q + tap, c] · w[tap, c, k], then an epilogue.
///
/// It covers convolutions, their input gradients, the phases of transposed convolutions, and dense layers (one tap).
package struct Correlation: Sendable {
  /// The operation applied to each sum.
  package enum Epilogue: Sendable {
    case plain
    case bias
    case biasReLU
    /// Multiplies by `scale` where the gate (an activation in y's layout) is positive; zero elsewhere.
    case gate(scale: Float)
  }

  var raw = ck_correlation()

  /// Pixels in a row, or a dense layer's rows of the batch.
  package var columns: Int {
    get { Int(raw.columns) }
    set { raw.columns = Int32(newValue) }
  }

  /// - Parameters:
  ///   - outputs: floats stored per pixel and in a row of the weights; a multiple of 8.
  ///   - taps: `first` offsets x, `second` offsets the weights. At most 49.
  package init(
    rows: Int, columns: Int, channels: Int, outputs: Int, x: PixelGrid, y: PixelGrid, taps: [Tap], epilogue: Epilogue
  ) {
    precondition(taps.count <= CK_MAX_TAPS && outputs % 8 == 0, "at most 49 taps, and outputs in eights")
    raw.rows = Int32(rows)
    raw.columns = Int32(columns)
    raw.channels = Int32(channels)
    raw.outputs = Int32(outputs)
    raw.x_step = Int32(x.step)
    raw.x_row = Int32(x.row)
    raw.y_step = Int32(y.step)
    raw.y_row = Int32(y.row)
    raw.taps = Int32(taps.count)
    store(taps.map(\.first), in: &raw.tap_x)
    store(taps.map(\.second), in: &raw.tap_w)
    (raw.epilogue, raw.scale) = epilogue.code
  }
}

extension Correlation.Epilogue {
  /// The C kernels' number for it, with the scale of a gate.
  var code: (Int32, Float) {
    switch self {
    case .plain: (Int32(CK_PLAIN.rawValue), 1)
    case .bias: (Int32(CK_BIAS.rawValue), 1)
    case .biasReLU: (Int32(CK_BIAS_RELU.rawValue), 1)
    case .gate(let scale): (Int32(CK_GATE.rawValue), scale)
    }
  }
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
  /// The reach of y and of the gate.
  var reachOfY: Range<Int> {
    reach(rows: raw.rows, columns: raw.columns, row: raw.y_row, step: raw.y_step, width: raw.outputs)
  }
  var reachOfBias: Range<Int> { 0..<Int(raw.outputs) }
}

/// w[tap, c, k] (+)= Σ over pixels of a[p,q + tap, c] · b[p,q + tap, k]: the gradient of a correlation's weights.
package struct OuterSum: Sendable {
  var raw = ck_outer_sum()

  /// Pixels in a row, or a dense layer's rows of the batch.
  package var columns: Int {
    get { Int(raw.columns) }
    set { raw.columns = Int32(newValue) }
  }

  /// - Parameters:
  ///   - outputs: floats in a pixel of b and in a row of w; a multiple of 8.
  ///   - taps: `first` offsets a, `second` offsets b. At most 49.
  package init(rows: Int, columns: Int, channels: Int, outputs: Int, a: PixelGrid, b: PixelGrid, taps: [Tap]) {
    precondition(taps.count <= CK_MAX_TAPS && outputs % 8 == 0, "at most 49 taps, and outputs in eights")
    raw.rows = Int32(rows)
    raw.columns = Int32(columns)
    raw.channels = Int32(channels)
    raw.outputs = Int32(outputs)
    raw.a_step = Int32(a.step)
    raw.a_row = Int32(a.row)
    raw.b_step = Int32(b.step)
    raw.b_row = Int32(b.row)
    raw.taps = Int32(taps.count)
    store(taps.map(\.first), in: &raw.tap_a)
    store(taps.map(\.second), in: &raw.tap_b)
  }
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

/// y[p,q,k] = bias[k] + Σ over taps and channels of x[p,q + tap, c] · w[tap, k, c].
///
/// It computes an image's few channels from many.
package struct NarrowCorrelation: Sendable {
  var raw = ck_narrow()

  /// - Parameter channels: floats in a pixel of x; a multiple of 8.
  package init(rows: Int, columns: Int, channels: Int, outputs: Int, x: PixelGrid, y: PixelGrid, taps: [Tap]) {
    precondition(taps.count <= CK_MAX_TAPS && channels % 8 == 0, "at most 49 taps, and channels in eights")
    raw.rows = Int32(rows)
    raw.columns = Int32(columns)
    raw.channels = Int32(channels)
    raw.outputs = Int32(outputs)
    raw.x_step = Int32(x.step)
    raw.x_row = Int32(x.row)
    raw.y_step = Int32(y.step)
    raw.y_row = Int32(y.row)
    raw.taps = Int32(taps.count)
    store(taps.map(\.first), in: &raw.tap_x)
    store(taps.map(\.second), in: &raw.tap_w)
  }
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

/// Pooling of 2×2 windows with stride 2, and its gradient.
package struct Pool: Sendable {
  /// The number that stands for a window.
  package enum Method: Sendable { case largest, mean }

  var raw = ck_pool()

  /// - Parameters:
  ///   - rows, columns: pixels of the pooled picture.
  ///   - scale: the factor of the gradient (the factor that dropout gave the activation).
  ///   - isGated: whether the gradient is zero where x is not positive, as for ReLU.
  package init(
    _ method: Method = .largest, rows: Int, columns: Int, channels: Int, x: PixelGrid, y: PixelGrid, scale: Float,
    isGated: Bool = true
  ) {
    precondition(channels % 8 == 0, "channels in eights")
    raw.rows = Int32(rows)
    raw.columns = Int32(columns)
    raw.channels = Int32(channels)
    raw.x_step = Int32(x.step)
    raw.x_row = Int32(x.row)
    raw.y_step = Int32(y.step)
    raw.y_row = Int32(y.row)
    raw.scale = scale
    raw.is_gated = isGated ? 1 : 0
    raw.is_mean = method == .mean ? 1 : 0
  }
}

extension Pool {
  /// The reach of x and of its gradient.
  var reachOfX: Range<Int> {
    reach(rows: 2 * raw.rows, columns: 2 * raw.columns, row: raw.x_row, step: raw.x_step, width: raw.channels)
  }
  /// The reach of y and of its gradient.
  var reachOfY: Range<Int> {
    reach(rows: raw.rows, columns: raw.columns, row: raw.y_row, step: raw.y_step, width: raw.channels)
  }
}

/// A 3×3 convolution by Winograd's F(4×4, 3×3), and its kernel's gradient: a quarter of the multiplications.
///
/// y[p,q,k] = Σ over the nine taps and all channels of x[p,q + tap, c] · w[tap, c, k], then an epilogue.
///
/// Instead of nine taps, the kernel is given as its values at 36 points, which are computed once a step
/// (`Kernels.points`). The normalized error is about 1e-6; that of `Correlation` is about 1e-7.
package struct WinogradConvolution: Sendable {
  var raw = ck_winograd()

  /// - Parameters:
  ///   - height, width: pixels of x and of y; x has a border of zeros one pixel wide.
  ///   - channels: channels of x and of a kernel's tap; a pixel of x holds them padded with zeros to a multiple of 8.
  ///   - outputs: channels of y; a pixel of y and a row of the kernel hold them padded with zeros to a multiple of 8.
  ///   - taps: the kernel's offset for each of the nine neighbors of x, row by row.
  package init(
    height: Int, width: Int, channels: Int, outputs: Int, x: PixelGrid, y: PixelGrid, taps: [Int],
    epilogue: Correlation.Epilogue
  ) {
    precondition(taps.count == 9, "nine taps")
    raw.height = Int32(height)
    raw.width = Int32(width)
    raw.channels = Int32((channels + 7) / 8 * 8)
    raw.kernel_channels = Int32(channels)
    raw.outputs = Int32((outputs + 7) / 8 * 8)
    raw.kernel_outputs = Int32(outputs)
    raw.x_step = Int32(x.step)
    raw.x_row = Int32(x.row)
    raw.y_step = Int32(y.step)
    raw.y_row = Int32(y.row)
    store(taps, in: &raw.tap_w)
    (raw.epilogue, raw.scale) = epilogue.code
  }

  /// Floats in the kernel's points, or in their gradient.
  package var pointCount: Int { 36 * Int(ck_winograd_apart(raw.channels, raw.outputs)) }

  /// Blocks of tiles in a picture; each block is added to the gradient of the points at once.
  var blockCount: Int { Int(ck_winograd_blocks(raw.height, raw.width)) }

  /// Floats of scratch memory that the convolution and its gradient need.
  package var scratchCount: Int { Int(ck_winograd_scratch(raw.channels, raw.outputs)) }
}

extension WinogradConvolution {
  /// The reach of the picture with its border.
  var reachOfX: Range<Int> {
    let corner = raw.x_row + raw.x_step
    return reach(
      rows: raw.height, columns: raw.width, row: raw.x_row, step: raw.x_step, width: raw.channels,
      taps: [-corner, corner]
    )
  }
  /// The reach of y, of its gradient and of the gate.
  var reachOfY: Range<Int> {
    reach(rows: raw.height, columns: raw.width, row: raw.y_row, step: raw.y_step, width: raw.outputs)
  }
  var reachOfKernel: Range<Int> {
    0..<Int(offsets(raw.tap_w, 9).max() ?? 0) + Int(raw.kernel_channels) * Int(raw.outputs)
  }
  var reachOfBias: Range<Int> { 0..<Int(raw.outputs) }
}

/// Writes offsets into a C array, which is a tuple in Swift.
func store<Offsets>(_ offsets: [Int], in tuple: inout Offsets) {
  withUnsafeMutableBytes(of: &tuple) { bytes in
    let words = bytes.bindMemory(to: Int32.self)
    for (index, offset) in offsets.enumerated() { words[index] = Int32(offset) }
  }
}

/// Returns the floats that a kernel may touch, from the first to the last of a grid of pixels, for all taps.
///
/// Debug builds check that they lie in the operand's slab.
/// - Parameters:
///   - width: floats in a pixel.
///   - taps: offsets of the pixels read.
private func reach(
  rows: Int32, columns: Int32, row: Int32, step: Int32, width: Int32, taps: some Collection<Int32> = [0]
) -> Range<Int> {
  guard rows > 0, columns > 0, let first = taps.min(), let last = taps.max() else { return 0..<0 }
  return Int(first)..<Int(rows - 1) * Int(row) + Int(columns - 1) * Int(step) + Int(last) + Int(width)
}

/// Returns the first `count` numbers of a C array, which is a tuple in Swift.
private func offsets<Tuple>(_ tuple: Tuple, _ count: Int32) -> [Int32] {
  withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: Int32.self).prefix(Int(count))) }
}
