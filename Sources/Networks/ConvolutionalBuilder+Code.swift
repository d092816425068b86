// ConvolutionalBuilder+Code.swift
// A code of its own: a dense layer from the last block's pixels to the code, and one back.

import Tensors

extension ConvolutionalBuilder {
  /// Adds the layers around the code.
  /// - Returns: the picture that the decoder begins with, and the code.
  mutating func code(_ input: Signal) -> (Signal, code: Volume) {
    let picture = input.volume
    let flat = flatten("encoder/flatten", input)
    let code = dense("encoder/code", flat, to: architecture.code, architecture.codeActivation)
    let row = dense("decoder/code", code, to: picture.count, architecture.activation)
    return (reshape("decoder/reshape", row, like: picture), code.volume)
  }

  /// Reserves a row of numbers and its gradient, as a picture of one pixel without a border.
  private mutating func row(_ count: Int, _ activation: Activation) -> Signal {
    let place = { (arena: inout ArenaLayout) in
      arena.volume(height: 1, width: 1, channels: count, step: padded(count), border: 0)
    }
    return Signal(volume: place(&arena), gradient: place(&arena), activation: activation)
  }

  /// Adds a row with all numbers of a picture, pixel after pixel.
  private mutating func flatten(_ name: String, _ input: Signal) -> Signal {
    let output = row(input.volume.count, .linear)
    addCopy(name, .flatten, .flatten, input, output)
    return output
  }

  /// Adds a picture with the numbers of a row.
  private mutating func reshape(_ name: String, _ input: Signal, like picture: Volume) -> Signal {
    let output = signal(
      height: picture.height, width: picture.width, channels: picture.channels, .linear)
    addCopy(name, .reshape, .reshape, input, output)
    return output
  }

  private mutating func addCopy(
    _ name: String, _ kind: StageKind, _ tableKind: Layer.Kind, _ input: Signal, _ output: Signal
  ) {
    stages.append(
      Stage(
        name: name, kind: kind, input: input.volume, output: output.volume,
        outputGradient: output.gradient ?? output.volume, weights: nil, pool: nil, inputGradient: input.gradient))
    describe(name, tableKind, output.volume)
  }

  /// Adds y = f(x w + b).
  private mutating func dense(_ name: String, _ input: Signal, to outputs: Int, _ activation: Activation) -> Signal {
    let output = row(outputs, activation)
    let (x, y) = (input.volume, output.volume)
    let (dx, g) = (input.gradient ?? x, output.gradient ?? y)
    let pair = weights(name, shape: [x.channels, outputs], needsTransposed: true)
    let forward = Correlation(
      rows: 1, columns: 1, channels: x.channels, outputs: padded(outputs), x: x.grid, y: y.grid, taps: [Tap(0, 0)],
      epilogue: .bias)
    let backward = Correlation(
      rows: 1, columns: 1, channels: outputs, outputs: padded(x.channels), x: g.grid, y: dx.grid, taps: [Tap(0, 0)],
      epilogue: .plain)
    let gradient = OuterSum(
      rows: 1, columns: 1, channels: x.channels, outputs: padded(outputs), a: x.grid, b: g.grid, taps: [Tap(0, 0)])
    stages.append(
      Stage(
        name: name, kind: .dense, input: x, output: y, outputGradient: g,
        weights: StageWeights(
          kernel: pair.kernel, bias: pair.bias,
          forward: [PlacedCorrelation(shape: forward, x: x.origin, y: y.origin, gate: nil)], narrow: nil,
          backward: [PlacedCorrelation(shape: backward, x: g.origin, y: dx.origin, gate: nil)], gradient: gradient,
          gradientA: x.origin, gradientB: g.origin),
        pool: nil, inputGradient: dx, activation: activation, passesActivation: activation != .linear))
    describe(
      name, .dense, y, weights: pair, activation: activation, multiplyAdds: x.channels * outputs)
    return output
  }
}
