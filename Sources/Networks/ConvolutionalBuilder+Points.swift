// ConvolutionalBuilder+Points.swift
// Which convolutions go over Winograd's points, and what those need.

import Tensors

extension ConvolutionalBuilder {
  /// The points of a convolution whose correlations are given, or nil where the direct ones are faster.
  ///
  /// The bounds are measured: too much padding, too much of the last tiles outside the picture, or a kernel so large that
  /// its points are fetched from memory, and the quarter of the multiplications is no longer worth the transforms.
  mutating func points(
    of pair: (kernel: Parameter, bias: Parameter), input: Signal, output: Signal
  ) -> PointStage? {
    let (x, y) = (input.volume, output.volume)
    let (channels, outputs) = (padded(x.channels), padded(y.channels))
    let tiles = (x.height + 3) / 4 * ((x.width + 3) / 4)
    guard usesWinograd, isWellPadded(x.channels), isWellPadded(y.channels),
      16 * tiles * 10 <= 14 * x.height * x.width, channels * outputs <= 65_536
    else { return nil }
    let rowsOfKernel = (channels: x.channels * outputs, outputs: y.channels * channels)
    let forward = WinogradConvolution(
      height: x.height, width: x.width, channels: x.channels, outputs: y.channels, x: x.grid, y: y.grid,
      taps: (0..<9).map { $0 * rowsOfKernel.channels }, epilogue: .biasReLU)
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
    return PointStage(
      forward: forward, forwardPoints: forwardPoints, backward: backward, backwardPoints: backwardPoints,
      gradient: isGradientFast
        ? PointSums(sums: arena.reserve(forward.pointCount), totals: arena.reserve(2 * forward.pointCount)) : nil)
  }

  /// Whether at most a quarter of the padded channels are padding.
  private func isWellPadded(_ channels: Int) -> Bool { 4 * (padded(channels) - channels) <= padded(channels) }

  private mutating func reservePoints(_ shape: WinogradConvolution, isTransposed: Bool, source: Int) -> Int {
    let offset = kernelPoints.map { $0.offset + $0.shape.pointCount }.max() ?? 0
    kernelPoints.append(KernelPoints(shape: shape, isTransposed: isTransposed, source: source, offset: offset))
    scratchCount = max(scratchCount, shape.scratchCount)
    return offset
  }
}
