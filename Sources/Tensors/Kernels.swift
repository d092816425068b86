// Kernels.swift
// The only place that calls the C kernels: one method each, for the instruction set chosen.

internal import CKernels

/// A family of vector instructions that the kernels are compiled for.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// Plain loops in double precision: slow; they define the results of the others.
  case reference
  /// Eight lanes, compiled for any processor.
  case vectors
  /// AVX2 with fused multiply-add: eight lanes.
  case avx2
  /// AVX-512 F, VL, DQ, BW: sixteen lanes.
  case avx512

  /// The fastest set that this processor has.
  package static var best: InstructionSet { available.last ?? .vectors }

  /// The sets that this processor has, the slowest first.
  package static var available: [InstructionSet] { allCases.filter { ck_kernels_for($0.code) != nil } }

  var code: ck_instruction_set {
    switch self {
    case .reference: CK_REFERENCE
    case .vectors: CK_VECTORS
    case .avx2: CK_AVX2
    case .avx512: CK_AVX512
    }
  }
}

/// The kernels of one instruction set.
///
/// Operands are places in slabs. Builds with assertions check that all floats that a kernel reads and writes lie inside.
package struct Kernels: @unchecked Sendable {
  package let instructionSet: InstructionSet
  private let table: ck_kernels

  /// - Parameter set: if this processor lacks it, `.vectors` is used, and `instructionSet` says so.
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

  /// Computes y of a correlation.
  /// - Complexity: rows · columns · taps · channels · outputs multiply-adds.
  package func correlate(
    _ shape: Correlation, x: SlabPointer, weights: SlabPointer, bias: SlabPointer? = nil,
    gate: SlabPointer? = nil, y: SlabPointer
  ) {
    withUnsafePointer(to: shape.raw) {
      table.correlate(
        $0, x.checked(shape.reachOfX), weights.checked(shape.reachOfWeights), bias?.checked(shape.reachOfBias),
        gate?.checked(shape.reachOfY), y.checked(shape.reachOfY))
    }
  }

  /// Sums the gradient of a correlation's weights.
  /// - Parameter accumulate: whether the sum is added to the weights' gradient or replaces it.
  package func outerSum(_ shape: OuterSum, a: SlabPointer, b: SlabPointer, weights: SlabPointer, accumulate: Bool) {
    var raw = shape.raw
    raw.accumulate = accumulate ? 1 : 0
    table.outer_sum(
      &raw, a.checked(shape.reachOfA), b.checked(shape.reachOfB), weights.checked(shape.reachOfWeights))
  }

  /// Whether Winograd's convolution is available; the reference has none.
  package var hasWinograd: Bool { table.winograd != nil }

  /// Computes y of a convolution by Winograd's method.
  /// - Parameters:
  ///   - points: the kernel at its points, see `points(of:kernel:into:)`.
  ///   - scratch: at least `shape.scratchCount` floats.
  package func convolve(
    _ shape: WinogradConvolution, x: SlabPointer, points: SlabPointer, bias: SlabPointer? = nil,
    gate: SlabPointer? = nil, scratch: SlabPointer, y: SlabPointer
  ) {
    withUnsafePointer(to: shape.raw) {
      table.winograd(
        $0, x.checked(shape.reachOfX), points.checked(0..<shape.pointCount), bias?.checked(shape.reachOfBias),
        gate?.checked(shape.reachOfY), scratch.checked(0..<shape.scratchCount), y.checked(shape.reachOfY))
    }
  }

  /// Adds one picture's gradient of the kernel's points, from x and the gradient by y.
  /// - Parameters:
  ///   - pictures: number of pictures added already. If it is 0, `sums` may hold anything.
  ///   - sums, totals: `shape.pointCount` numbers each; their sum is the gradient.
  package func addPointGradient(
    _ shape: WinogradConvolution, x: SlabPointer, gradient: SlabPointer, pictures: Int, scratch: SlabPointer,
    sums: SlabPointer, totals: UnsafeMutablePointer<Double>
  ) {
    let blocks = Int64(pictures * shape.blockCount)
    withUnsafePointer(to: shape.raw) {
      table.winograd_gradient(
        $0, x.checked(shape.reachOfX), gradient.checked(shape.reachOfY), scratch.checked(0..<shape.scratchCount),
        blocks, sums.checked(0..<shape.pointCount), totals)
    }
  }

  /// Computes the kernel at its 36 points: `shape.pointCount` floats; those of padding channels are not written.
  package func points(of shape: WinogradConvolution, kernel: SlabPointer, into points: SlabPointer) {
    withUnsafePointer(to: shape.raw) {
      table.winograd_kernel($0, kernel.checked(shape.reachOfKernel), points.checked(0..<shape.pointCount))
    }
  }

  /// Computes the kernel's gradient from that of its points over `pictures` pictures. `sums` is not valid afterwards.
  package func kernelGradient(
    of shape: WinogradConvolution, pictures: Int, sums: SlabPointer, totals: UnsafePointer<Double>,
    into gradient: SlabPointer
  ) {
    let blocks = Int64(pictures * shape.blockCount)
    withUnsafePointer(to: shape.raw) {
      table.winograd_kernel_gradient(
        $0, blocks, sums.checked(0..<shape.pointCount), totals, gradient.checked(shape.reachOfKernel))
    }
  }

  /// Computes y of a correlation with few outputs.
  package func narrow(
    _ shape: NarrowCorrelation, x: SlabPointer, weights: SlabPointer, bias: SlabPointer, y: SlabPointer
  ) {
    withUnsafePointer(to: shape.raw) {
      table.narrow(
        $0, x.checked(shape.reachOfX), weights.checked(shape.reachOfWeights), bias.checked(shape.reachOfBias),
        y.checked(shape.reachOfY))
    }
  }

  /// Computes the largest, or the mean, of each 2×2 window.
  package func pool(_ shape: Pool, x: SlabPointer, y: SlabPointer) {
    withUnsafePointer(to: shape.raw) { table.pool($0, x.checked(shape.reachOfX), y.checked(shape.reachOfY)) }
  }

  /// Gives the pooled gradient to the first winner of each window, or a quarter to all; if gated only where x is positive.
  package func poolGradient(_ shape: Pool, x: SlabPointer, pooled: SlabPointer, gradient: SlabPointer) {
    withUnsafePointer(to: shape.raw) {
      table.pool_gradient(
        $0, x.checked(shape.reachOfX), pooled.checked(shape.reachOfY), gradient.checked(shape.reachOfX))
    }
  }

  /// Computes sums[k] (+)= Σ over pixels of g[p,q,k]; `outputs` is a multiple of 8.
  package func sumPixels(
    _ g: SlabPointer, rows: Int, columns: Int, outputs: Int, grid: PixelGrid, accumulate: Bool, sums: SlabPointer
  ) {
    table.sum_pixels(
      g.checked(grid.reach(rows: rows, columns: columns, width: outputs)), Int32(rows), Int32(columns),
      Int32(outputs), Int32(grid.step), Int32(grid.row), accumulate ? 1 : 0, sums.checked(0..<outputs))
  }

  /// Returns the sigmoid cross entropy, Σ max(z,0) − z·x + log(1 + e^−|z|); the gradient gets scale·(sigmoid(z) − x).
  package func crossEntropy(
    logits: SlabPointer, targets: SlabPointer, gradient: SlabPointer? = nil, count: Int, scale: Float = 1
  ) -> Double {
    table.cross_entropy(
      logits.checked(0..<count), targets.checked(0..<count), gradient?.checked(0..<count), Int64(count), scale)
  }

  /// Returns a loss, summed over the logits; the gradient gets scale times the loss's gradient by them.
  package func loss(
    _ loss: Loss, logits: SlabPointer, targets: SlabPointer, gradient: SlabPointer, count: Int, scale: Float
  ) -> Double {
    switch loss {
    case .crossEntropy: crossEntropy(logits: logits, targets: targets, gradient: gradient, count: count, scale: scale)
    case .mse:
      table.squared_loss(
        logits.checked(0..<count), targets.checked(0..<count), gradient.checked(0..<count), Int64(count), scale)
    }
  }

  /// Returns a loss, summed over the logits.
  package func loss(_ loss: Loss, logits: SlabPointer, targets: SlabPointer, count: Int) -> Double {
    switch loss {
    case .crossEntropy: crossEntropy(logits: logits, targets: targets, count: count)
    case .mse: squaredError(logits: logits, targets: targets, count: count)
    }
  }

  /// Returns Σ (sigmoid(z) − x)².
  package func squaredError(logits: SlabPointer, targets: SlabPointer, count: Int) -> Double {
    table.squared_error(logits.checked(0..<count), targets.checked(0..<count), Int64(count))
  }

  /// Computes the sigmoid of each logit.
  /// - Precondition: `y` has room for `count` numbers.
  package func sigmoid(_ logits: SlabPointer, count: Int, into y: UnsafeMutableBufferPointer<Float>) {
    precondition(y.count >= count, "room for all")
    table.sigmoid(logits.checked(0..<count), y.baseAddress, Int64(count))
  }

  /// Computes x = f(x).
  package func activate(_ activation: Activation, _ x: SlabPointer, count: Int) {
    guard let code = activation.code else { return }
    table.activate(code, x.checked(0..<count), Int64(count))
  }

  /// Computes g = g · f′(x) from y = scale · f(x), the function's value after dropout.
  package func activationGradient(
    _ activation: Activation, y: SlabPointer, scale: Float, gradient g: SlabPointer, count: Int
  ) {
    guard let code = activation.code else { return }
    table.activation_gradient(code, y.checked(0..<count), scale, g.checked(0..<count), Int64(count))
  }

  /// Converts bytes, 0 … 255, to floats in [0, 1].
  package func floats(from bytes: UnsafePointer<UInt8>, count: Int, into y: SlabPointer) {
    table.bytes_to_floats(bytes, y.checked(0..<count), Int64(count))
  }

  /// Computes x = clip(x + factor·N(0,1), 0, 1) with the stream's first draws.
  package func addNoise(to x: SlabPointer, count: Int, factor: Float, stream: RandomStream) {
    var key = (stream.key[0], stream.key[1])
    withUnsafeBytes(of: &key) { bytes in
      table.add_noise(
        x.checked(0..<count), Int64(count), factor, bytes.assumingMemoryBound(to: UInt32.self).baseAddress,
        stream.index, stream.epoch)
    }
  }

  /// Sets x[i] to 0 with probability `rate`. The draws are those of `dropout`.
  package func mask(_ x: SlabPointer, count: Int, rate: Float, stream: RandomStream) {
    drop(x, count: count, rate: rate, scale: 1, stream: stream, firstBlock: 0)
  }

  /// Sets x[i] to 0 with probability `rate`, else to x[i] / (1 − rate). Element i draws word i of the stream, counted
  /// from 4·`firstBlock`.
  package func dropout(_ x: SlabPointer, count: Int, rate: Float, stream: RandomStream, firstBlock: Int) {
    drop(x, count: count, rate: rate, scale: 1 / (1 - rate), stream: stream, firstBlock: firstBlock)
  }

  private func drop(
    _ x: SlabPointer, count: Int, rate: Float, scale: Float, stream: RandomStream, firstBlock: Int
  ) {
    var key = (stream.key[0], stream.key[1])
    withUnsafeBytes(of: &key) { bytes in
      table.dropout(
        x.checked(0..<count), Int64(count), UInt32(min(Double(rate) * 0x1p32, 0x1p32 - 1)), scale,
        bytes.assumingMemoryBound(to: UInt32.self).baseAddress, UInt64(firstBlock), stream.index, stream.epoch)
    }
  }

  /// Computes sum[i] = Σ over `count` partials, `stride` floats apart, added in a fixed binary tree.
  package func treeSum(_ partials: SlabPointer, stride: Int, count: Int, length: Int, into sum: SlabPointer) {
    table.tree_sum(
      partials.checked(0..<(count - 1) * stride + length), Int64(stride), Int32(count), Int64(length),
      sum.checked(0..<length))
  }

  /// Moves sums in single precision to totals in double precision, and resets the sums to zero.
  /// - Parameter accumulate: whether the totals are added to or replaced.
  package func widen(_ sums: SlabPointer, count: Int, accumulate: Bool, into totals: UnsafeMutablePointer<Double>) {
    table.widen(sums.checked(0..<count), Int64(count), accumulate ? 1 : 0, totals)
  }

  /// Adds the totals to the sums.
  package func settle(_ totals: UnsafePointer<Double>, count: Int, into sums: SlabPointer) {
    table.settle(totals, sums.checked(0..<count), Int64(count))
  }

  /// Takes one step of an optimizer on `count` weights.
  /// - Returns: Σ g² before clipping, and Σ w² before the step.
  package func update(
    _ step: OptimizerStep, gradient: SlabPointer, moment1: SlabPointer, moment2: SlabPointer, weights: SlabPointer,
    count: Int
  ) -> (gradient: Double, weights: Double) {
    var raw = ck_adam(
      rate: step.rate, root_correction: step.rootCorrection, beta1: step.beta1, beta2: step.beta2,
      epsilon: step.epsilon, decay: step.decay, gain: step.gain, shrink: step.shrink,
      is_sgd: step.optimizer == .sgd ? 1 : 0)
    var sums = (0.0, 0.0)
    withUnsafeMutableBytes(of: &sums) { bytes in
      table.adam(
        &raw, gradient.checked(0..<count), moment1.checked(0..<count), moment2.checked(0..<count),
        weights.checked(0..<count), Int64(count),
        bytes.assumingMemoryBound(to: Double.self).baseAddress)
    }
    return (sums.0, sums.1)
  }

  /// Copies to[c, r] = from[r, c], rows `fromRow` and `toRow` floats apart.
  package func transpose(
    _ from: SlabPointer, rows: Int, columns: Int, fromRow: Int, toRow: Int, into to: SlabPointer
  ) {
    table.transpose(
      from.checked(PixelGrid(step: 1, row: fromRow).reach(rows: rows, columns: columns, width: 1)), Int32(rows),
      Int32(columns), Int32(fromRow), Int32(toRow),
      to.checked(PixelGrid(step: 1, row: toRow).reach(rows: columns, columns: rows, width: 1)))
  }

  /// Adds to `above`, for each limit, the number of sums x[j] + y[j], of `count`, that are greater.
  package func countAbove(
    _ limits: SlabPointer, limits limitCount: Int, x: SlabPointer, y: SlabPointer, count: Int,
    into above: UnsafeMutablePointer<Int32>
  ) {
    table.count_above(
      x.checked(0..<count), y.checked(0..<count), Int32(count), limits.checked(0..<limitCount), Int32(limitCount), above
    )
  }

  /// Computes the repulsion of t-SNE on points `range` of the first `count`, in the plane or in space.
  ///
  /// It is Σ m·q²·(yᵢ − yⱼ), and Σ m·q, with q = 1 / (1 + |yᵢ − yⱼ|²); the sums include the point itself.
  /// - Parameters:
  ///   - axes: the coordinates along two or three axes, whole vectors of 16; numbers beyond `count` are 1e18.
  ///   - masses: the number of points that each stands for; one, if nil.
  ///   - forces: along each axis one number for each point of `range`.
  ///   - sums: one number for each point of `range`.
  package func repel(
    axes: [SlabPointer], masses: SlabPointer? = nil, count: Int, range: Range<Int>,
    forces: [UnsafeMutableBufferPointer<Float>], sums: UnsafeMutableBufferPointer<Double>
  ) {
    precondition((2...3).contains(axes.count) && forces.count == axes.count, "two or three axes")
    precondition((forces.map(\.count) + [sums.count]).allSatisfy { $0 == range.count }, "a number for each point")
    let whole = (count + 15) / 16 * 16
    let inSpace = axes.count == 3
    table.repel(
      axes[0].checked(0..<whole), axes[1].checked(0..<whole), inSpace ? axes[2].checked(0..<whole) : nil,
      masses?.checked(0..<whole), Int64(count), Int64(range.lowerBound), Int64(range.count), forces[0].baseAddress,
      forces[1].baseAddress, inSpace ? forces[2].baseAddress : nil, sums.baseAddress)
  }

  /// Moves points `first`, `first + step`, … of a layout along their edges of one epoch, see `GraphDescent`.
  func descend(
    _ descent: UnsafePointer<ck_descent>, places: UnsafePointer<Float>, first: Int, step: Int, points: Int,
    moved: UnsafeMutablePointer<Float>
  ) {
    table.descend(descent, places, Int64(first), Int64(step), Int64(points), moved)
  }

  /// Adds the squared distance of each row to each column: sums[r, c] += Σ (x[r, k] − y[k, c])².
  ///
  /// Terms are added in the order of k. Unless `isFused`, the sum equals that of a plain loop, bit for bit.
  /// - Parameters:
  ///   - x: [rows, dimensions]
  ///   - y: [dimensions, columns]; columns is a multiple of 16.
  ///   - isFused: whether a square and a sum may be rounded together, which is faster.
  ///   - sums: [rows, columns]
  package func addSquaredDistances(
    _ x: UnsafePointer<Double>, rows: Int, to y: UnsafePointer<Double>, columns: Int, dimensions: Int, isFused: Bool,
    sums: UnsafeMutablePointer<Double>
  ) {
    table.add_squared_distances(
      x, Int32(rows), y, Int32(columns), Int32(dimensions), isFused ? 1 : 0, sums)
  }

  /// Runs multiply-adds in registers only, to measure the processor's peak.
  /// - Returns: the number of multiply-adds: `rounds` in each lane of some chains.
  package func multiplyAdds(rounds: Int) -> Int {
    var sum: Float = 0
    return Int(table.multiply_adds(Int64(rounds), &sum))
  }
}
