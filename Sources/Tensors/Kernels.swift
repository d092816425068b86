// Kernels.swift
// The only place that calls the C kernels: one method each, for the instruction set chosen.

internal import CKernels

/// The kernels of one instruction set.
///
/// Pointers are to floats in a caller's slab; the plan that made the operands has checked that all offsets stay inside.
package struct Kernels: @unchecked Sendable {
  package typealias Source = UnsafePointer<Float>
  package typealias Target = UnsafeMutablePointer<Float>

  package let instructionSet: InstructionSet
  private let table: ck_kernels

  /// - Parameter set: where this processor lacks it, plain vectors are used, and `instructionSet` says so.
  package init(_ set: InstructionSet = .best) {
    if let table = ck_kernels_for(set.code) {
      instructionSet = set
      self.table = table.pointee
    } else {
      instructionSet = .vectors
      table = ck_kernels_vectors
    }
  }

  /// Floats in a vector.
  package var lanes: Int { Int(table.lanes) }

  /// - Complexity: rows · columns · taps · channels · outputs multiply-adds.
  package func correlate(
    _ shape: borrowing Correlation, x: Source, weights: Source, bias: Source? = nil, gate: Source? = nil, y: Target
  ) {
    withUnsafePointer(to: shape.raw) { table.correlate($0, x, weights, bias, gate, y) }
  }

  /// - Parameter accumulate: whether the sum is added to the weights' gradient or replaces it.
  package func outerSum(_ shape: OuterSum, a: Source, b: Source, weights: Target, accumulate: Bool) {
    var raw = shape.raw
    raw.accumulate = accumulate ? 1 : 0
    table.outer_sum(&raw, a, b, weights)
  }

  /// Whether Winograd's convolution is there; the reference has none.
  package var hasWinograd: Bool { table.winograd != nil }

  /// - Parameters:
  ///   - points: the kernel's, see `points(of:kernel:into:)`.
  ///   - scratch: at least `shape.scratchCount` floats.
  package func convolve(
    _ shape: borrowing WinogradConvolution, x: Source, points: Source, bias: Source? = nil, gate: Source? = nil,
    scratch: Target, y: Target
  ) {
    withUnsafePointer(to: shape.raw) { table.winograd($0, x, points, bias, gate, scratch, y) }
  }

  /// Adds the gradient of the kernel's points, from x and the gradient by y.
  package func addPointGradient(
    _ shape: borrowing WinogradConvolution, x: Source, gradient: Source, scratch: Target, points: Target
  ) {
    withUnsafePointer(to: shape.raw) { table.winograd_gradient($0, x, gradient, scratch, points) }
  }

  /// The kernel at its 36 points: `shape.pointCount` floats, of which those of padding channels are left alone.
  package func points(of shape: borrowing WinogradConvolution, kernel: Source, into points: Target) {
    withUnsafePointer(to: shape.raw) { table.winograd_kernel($0, kernel, points) }
  }

  /// The gradient of the kernel, from that of its points.
  package func kernelGradient(of shape: borrowing WinogradConvolution, points: Source, into gradient: Target) {
    withUnsafePointer(to: shape.raw) { table.winograd_kernel_gradient($0, points, gradient) }
  }

  package func narrow(_ shape: NarrowCorrelation, x: Source, weights: Source, bias: Source, y: Target) {
    withUnsafePointer(to: shape.raw) { table.narrow($0, x, weights, bias, y) }
  }

  package func pool(_ shape: MaxPool, x: Source, y: Target) {
    withUnsafePointer(to: shape.raw) { table.pool($0, x, y) }
  }

  /// The pooled gradient goes to the first winner of each window where that is positive; all others get zero.
  package func poolGradient(_ shape: MaxPool, x: Source, pooled: Source, gradient: Target) {
    withUnsafePointer(to: shape.raw) { table.pool_gradient($0, x, pooled, gradient) }
  }

  /// sums[k] (+)= Σ over pixels of g[p,q,k], `outputs` a multiple of 8.
  package func sumPixels(
    _ g: Source, rows: Int, columns: Int, outputs: Int, grid: PixelGrid, accumulate: Bool, sums: Target
  ) {
    table.sum_pixels(
      g, Int32(rows), Int32(columns), Int32(outputs), Int32(grid.step), Int32(grid.row), accumulate ? 1 : 0, sums)
  }

  /// Sigmoid cross entropy max(z,0) − z·x + log(1 + e^−|z|), summed over n; the gradient gets scale·(sigmoid(z) − x).
  package func crossEntropy(logits: Source, targets: Source, gradient: Target? = nil, count: Int, scale: Float = 1)
    -> Double
  { table.cross_entropy(logits, targets, gradient, Int64(count), scale) }

  /// Σ (sigmoid(z) − x)².
  package func squaredError(logits: Source, targets: Source, count: Int) -> Double {
    table.squared_error(logits, targets, Int64(count))
  }

  package func sigmoid(_ logits: Source, count: Int, into y: Target) { table.sigmoid(logits, y, Int64(count)) }

  /// 0 … 255 to [0, 1].
  package func floats(from bytes: UnsafePointer<UInt8>, count: Int, into y: Target) {
    table.bytes_to_floats(bytes, y, Int64(count))
  }

  /// x = clip(x + factor·N(0,1), 0, 1); the draws are the stream's first ones.
  package func addNoise(to x: Target, count: Int, factor: Float, stream: RandomStream) {
    var key = (stream.key[0], stream.key[1])
    withUnsafeBytes(of: &key) { bytes in
      table.add_noise(
        x, Int64(count), factor, bytes.assumingMemoryBound(to: UInt32.self).baseAddress, stream.index, stream.epoch)
    }
  }

  /// x[i] = 0 with probability `rate`, else x[i] / (1 − rate). Element i draws word i of the stream, counted from
  /// 4·`firstBlock`.
  package func dropout(_ x: Target, count: Int, rate: Float, stream: RandomStream, firstBlock: Int) {
    var key = (stream.key[0], stream.key[1])
    withUnsafeBytes(of: &key) { bytes in
      table.dropout(
        x, Int64(count), UInt32(Double(rate) * 0x1p32), 1 / (1 - rate),
        bytes.assumingMemoryBound(to: UInt32.self).baseAddress, UInt64(firstBlock), stream.index, stream.epoch)
    }
  }

  /// sum[i] = Σ over `count` partials, `stride` floats apart, added in a fixed binary tree.
  package func treeSum(_ partials: Source, stride: Int, count: Int, length: Int, into sum: Target) {
    table.tree_sum(partials, Int64(stride), Int32(count), Int64(length), sum)
  }

  /// One step of Adam on `count` weights. The gradient gets the weight decay added.
  /// - Returns: Σ g², and Σ w² as it was before.
  package func adam(
    _ step: AdamStep, gradient: Target, moment1: Target, moment2: Target, weights: Target, count: Int
  ) -> (gradient: Double, weights: Double) {
    var raw = ck_adam(
      rate: step.rate, root_correction: step.rootCorrection, beta1: step.beta1, beta2: step.beta2,
      epsilon: step.epsilon, decay: step.decay)
    var sums = (0.0, 0.0)
    withUnsafeMutableBytes(of: &sums) { bytes in
      table.adam(
        &raw, gradient, moment1, moment2, weights, Int64(count),
        bytes.assumingMemoryBound(to: Double.self).baseAddress)
    }
    return (sums.0, sums.1)
  }

  /// to[c, r] = from[r, c], rows `fromRow` and `toRow` floats apart.
  package func transpose(_ from: Source, rows: Int, columns: Int, fromRow: Int, toRow: Int, into to: Target) {
    table.transpose(from, Int32(rows), Int32(columns), Int32(fromRow), Int32(toRow), to)
  }

  /// Adds to `above`, for each of the limits, how many of the sums x[j] + y[j] of `count` places are greater.
  package func countAbove(
    _ limits: Source, limits limitCount: Int, x: Source, y: Source, count: Int, into above: UnsafeMutablePointer<Int32>
  ) {
    table.count_above(x, y, Int32(count), limits, Int32(limitCount), above)
  }

  /// The repulsion of t-SNE on points `range` of the first `count` in the plane: Σ m·q²·(yᵢ − yⱼ), and Σ m·q with q = 1 / (1 + |yᵢ − yⱼ|²),
  /// the point itself among them.
  /// - Parameters:
  ///   - x, y: whole vectors of 16; what is beyond `count` is 1e18.
  ///   - masses: how many points each stands for; one, if nil.
  ///   - forceX, forceY, sums: one number for each point of `range`.
  package func repel(
    x: Source, y: Source, masses: Source? = nil, count: Int, range: Range<Int>, forceX: Target, forceY: Target,
    sums: UnsafeMutablePointer<Double>
  ) {
    table.repel(x, y, masses, Int64(count), Int64(range.lowerBound), Int64(range.count), forceX, forceY, sums)
  }

  /// Multiply-adds in registers alone, for the processor's peak.
  /// - Returns: how many there were: `rounds` in each lane of some chains.
  package func multiplyAdds(rounds: Int) -> Int {
    var sum: Float = 0
    return Int(table.multiply_adds(Int64(rounds), &sum))
  }
}
