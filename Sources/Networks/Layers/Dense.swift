// Dense.swift
// A dense layer from one row of numbers to another, in a convolutional autoencoder: one image at a time.

import Tensors

extension ConvolutionalBuilder {
  /// Adds y = f(x w + b).
  mutating func dense(_ name: String, _ input: Signal, to outputs: Int, _ activation: Activation) -> Signal {
    let output = row(outputs, activation)
    let (x, y) = (input.volume, output.volume)
    let (dx, g) = (input.gradient ?? x, output.gradient ?? y)
    let pair = weights(name, shape: [x.channels, outputs], needsTransposed: true)
    let forward = Correlation(
      rows: 1, columns: 1, channels: x.channels, outputs: padded(outputs), x: x.grid, y: y.grid, taps: [Tap(0, 0)],
      epilogue: epilogue(activation))
    let backward = Correlation(
      rows: 1, columns: 1, channels: outputs, outputs: padded(x.channels), x: g.grid, y: dx.grid, taps: [Tap(0, 0)],
      epilogue: .plain)
    let gradient = OuterSum(
      rows: 1, columns: 1, channels: x.channels, outputs: padded(outputs), a: x.grid, b: g.grid, taps: [Tap(0, 0)])
    layers.append(
      WeightedLayer(
        name: name, input: input, output: y, outputGradient: g, weights: pair,
        forward: [PlacedCorrelation(shape: forward, x: x.origin, y: y.origin, gate: nil)],
        backward: [PlacedCorrelation(shape: backward, x: g.origin, y: dx.origin, gate: nil)], gradient: gradient,
        gradientA: x.origin, gradientB: g.origin, activation: activation, passesActivation: true))
    describe(name, .dense, y, weights: pair, activation: activation, multiplyAdds: x.channels * outputs)
    return output
  }
}
