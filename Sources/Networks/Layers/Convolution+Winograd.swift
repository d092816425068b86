// Convolution+Winograd.swift
// When a 3×3 convolution is computed by Winograd's method, and with which shapes.

import Tensors

/// A convolution by Winograd's method: its shapes, and the offsets of its kernels in `ParameterSlab.points`.
struct WinogradStage: Sendable {
  let forward: WinogradConvolution
  let forwardPoints: Int
  /// The gradient by the input; nil at the first stage.
  let backward: WinogradConvolution?
  let backwardPoints: Int
  /// The memory in which a shard sums the gradient of the kernel's points; nil if the direct sum is faster.
  let gradient: WinogradSums?
}

/// Offsets in the arena of the gradient of a kernel's points: sums of a few blocks in floats, and their totals in doubles.
struct WinogradSums: Sendable {
  let sums: Int
  let totals: Int
}

extension ConvolutionalBuilder {
  /// Returns the convolution by Winograd's method, or nil if direct correlations are faster.
  ///
  /// The bounds are measured. Winograd's method is slower with much padding, with last tiles that lie mostly outside the
  /// picture, and with a kernel so large that its points are fetched from memory.
  mutating func winograd(of pair: WeightPair, input: Signal, output: Signal) -> WinogradStage? {
    let (x, y) = (input.volume, output.volume)
    let (channels, outputs) = (padded(x.channels), padded(y.channels))
    let tiles = (x.height + 3) / 4 * ((x.width + 3) / 4)
    guard usesWinograd, isWellPadded(x.channels), isWellPadded(y.channels),
      16 * tiles * 10 <= 14 * x.height * x.width, channels * outputs <= 65_536
    else { return nil }
    let rowsOfKernel = (channels: x.channels * outputs, outputs: y.channels * channels)
    let forward = WinogradConvolution(
      height: x.height, width: x.width, channels: x.channels, outputs: y.channels, x: x.grid, y: y.grid,
      taps: (0..<9).map { $0 * rowsOfKernel.channels }, epilogue: epilogue(output.activation))
    let forwardPoints = reservePoints(forward, isTransposed: false, source: pair.kernel.offset)
    var backward: WinogradConvolution?
    var backwardPoints = 0
    if let dx = input.gradient, let g = output.gradient, let source = pair.kernel.transposedOffset {
      let shape = WinogradConvolution(
        height: x.height, width: x.width, channels: y.channels, outputs: x.channels, x: g.grid, y: dx.grid,
        taps: (0..<9).map { (8 - $0) * rowsOfKernel.outputs }, epilogue: gate(input))
      backwardPoints = reservePoints(shape, isTransposed: true, source: source)
      backward = shape
    }
    let isGradientFast = channels * outputs <= 4_096 || tiles >= 16
    return WinogradStage(
      forward: forward, forwardPoints: forwardPoints, backward: backward, backwardPoints: backwardPoints,
      gradient: isGradientFast
        ? WinogradSums(sums: arena.reserve(forward.pointCount), totals: arena.reserve(2 * forward.pointCount)) : nil)
  }

  /// Whether at most a quarter of the padded channels are padding.
  private func isWellPadded(_ channels: Int) -> Bool { 4 * (padded(channels) - channels) <= padded(channels) }

  private mutating func reservePoints(_ shape: WinogradConvolution, isTransposed: Bool, source: Int) -> Int {
    let offset = winogradKernels.map { $0.offset + $0.shape.pointCount }.max() ?? 0
    winogradKernels.append(WinogradKernel(shape: shape, isTransposed: isTransposed, source: source, offset: offset))
    scratchCount = max(scratchCount, shape.scratchCount)
    return offset
  }
}
