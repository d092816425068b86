// Correlation.swift
// What the kernels are told to do: which pixels, which taps, where in memory. Plain data, made once with the plan.

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
/// Convolutions, their input gradients, the phases of transposed convolutions, and dense layers (one tap) are all this.
package struct Correlation: Sendable {
  /// What follows the sum.
  package enum Epilogue: Sendable {
    case plain
    case bias
    case biasReLU
    /// Times `scale` where the gate (an activation in y's layout) is positive, zero elsewhere.
    case gate(scale: Float)
  }

  var raw = ck_correlation()

  /// Pixels in a row; a dense layer's rows of the batch.
  package var columns: Int {
    get { Int(raw.columns) }
    set { raw.columns = Int32(newValue) }
  }

  /// - Parameters:
  ///   - outputs: stored per pixel, a multiple of 8; the row of the weights too.
  ///   - taps: `first` offsets x, `second` offsets the weights. At most 9.
  package init(
    rows: Int, columns: Int, channels: Int, outputs: Int, x: PixelGrid, y: PixelGrid, taps: [Tap], epilogue: Epilogue
  ) {
    precondition(taps.count <= 9 && outputs % 8 == 0, "at most 9 taps, and outputs in eights")
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
  /// As the kernels know it, with the scale of a gate.
  var code: (Int32, Float) {
    switch self {
    case .plain: (Int32(CK_PLAIN.rawValue), 1)
    case .bias: (Int32(CK_BIAS.rawValue), 1)
    case .biasReLU: (Int32(CK_BIAS_RELU.rawValue), 1)
    case .gate(let scale): (Int32(CK_GATE.rawValue), scale)
    }
  }
}

/// w[tap, c, k] (+)= Σ over pixels of a[p,q + tap, c] · b[p,q + tap, k]: the gradient of a correlation's weights.
package struct OuterSum: Sendable {
  var raw = ck_outer_sum()

  /// Pixels in a row; a dense layer's rows of the batch.
  package var columns: Int {
    get { Int(raw.columns) }
    set { raw.columns = Int32(newValue) }
  }

  /// - Parameters:
  ///   - outputs: of b and of a row of w, a multiple of 8.
  ///   - taps: `first` offsets a, `second` offsets b. At most 9.
  package init(rows: Int, columns: Int, channels: Int, outputs: Int, a: PixelGrid, b: PixelGrid, taps: [Tap]) {
    precondition(taps.count <= 9 && outputs % 8 == 0, "at most 9 taps, and outputs in eights")
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

/// y[p,q,k] = bias[k] + Σ over taps and channels of x[p,q + tap, c] · w[tap, k, c]: an image's few channels from many.
package struct NarrowCorrelation: Sendable {
  var raw = ck_narrow()

  /// - Parameter channels: of x, a multiple of 8.
  package init(rows: Int, columns: Int, channels: Int, outputs: Int, x: PixelGrid, y: PixelGrid, taps: [Tap]) {
    precondition(taps.count <= 9 && channels % 8 == 0, "at most 9 taps, and channels in eights")
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

/// 2×2 max-pooling with stride 2, and its gradient.
package struct MaxPool: Sendable {
  var raw = ck_pool()

  /// - Parameters:
  ///   - rows, columns: of the pooled.
  ///   - scale: of the gradient where the winner is positive (what dropout multiplied the activation with).
  package init(rows: Int, columns: Int, channels: Int, x: PixelGrid, y: PixelGrid, scale: Float) {
    precondition(channels % 8 == 0, "channels in eights")
    raw.rows = Int32(rows)
    raw.columns = Int32(columns)
    raw.channels = Int32(channels)
    raw.x_step = Int32(x.step)
    raw.x_row = Int32(x.row)
    raw.y_step = Int32(y.step)
    raw.y_row = Int32(y.row)
    raw.scale = scale
  }
}

/// Writes up to nine offsets into the tuple that a C array is in Swift.
func store<Offsets>(_ offsets: [Int], in tuple: inout Offsets) {
  withUnsafeMutableBytes(of: &tuple) { bytes in
    let words = bytes.bindMemory(to: Int32.self)
    for (index, offset) in offsets.enumerated() { words[index] = Int32(offset) }
  }
}
