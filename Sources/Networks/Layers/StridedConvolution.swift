// StridedConvolution.swift
// A convolution with stride 2, which halves the picture.

import Tensors

extension ConvolutionalBuilder {
  /// Adds y[p] = Σ x[2p + i − b] w[i] and its function; b zeros before the picture and k − 2 − b after it, as TensorFlow's SAME.
  /// - Parameter passesActivation: whether the layer itself takes the gradient through its function.
  mutating func stridedConvolution(
    _ name: String, _ input: Signal, to outputs: Int, kernel side: Int, _ activation: Activation, growsOdd: Bool,
    passesActivation: Bool
  ) -> Signal {
    let x = input.volume
    let output = halved(x, channels: outputs, activation, growsOdd: growsOdd)
    let y = output.volume.corner(height: x.height / 2, width: x.width / 2)
    let g = output.gradient ?? y
    let (before, kernelStep) = (zerosBefore(side), x.channels * padded(outputs))
    let pair = weights(name, shape: [side, side, x.channels, outputs], needsTransposed: true)
    let taps = KernelOffset.all(side).map { x.grid.offset($0.row - before, $0.column - before) }
    let forward = Correlation(
      rows: y.height, columns: y.width, channels: x.channels, outputs: padded(outputs), x: x.grid.twice, y: y.grid,
      taps: taps.enumerated().map { Tap($1, $0 * kernelStep) }, epilogue: epilogue(activation))
    let gradient = OuterSum(
      rows: y.height, columns: y.width, channels: x.channels, outputs: padded(outputs), a: x.grid.twice, b: g.grid,
      taps: taps.map { Tap($0, 0) })
    let backward = input.gradient.map { dx in
      phases(
        kernel: side, rows: y.height, columns: y.width, channels: outputs, outputs: x.channels, x: g, y: dx,
        gate: gateOrigin(input), epilogue: gate(input))
    }
    layers.append(
      WeightedLayer(
        name: name, input: input, output: y, outputGradient: g, weights: pair,
        forward: [PlacedCorrelation(shape: forward, x: x.origin, y: y.origin, gate: nil)], backward: backward ?? [],
        gradient: gradient, gradientA: x.origin, gradientB: g.origin, activation: activation,
        passesActivation: passesActivation, readsGrown: growsOdd && side > 3))
    describe(
      name, .convolution(kernel: side, stride: 2, before: before), y, weights: pair, activation: activation,
      multiplyAdds: y.height * y.width * side * side * x.channels * outputs)
    return passesActivation ? Signal(volume: output.volume, gradient: output.gradient, activation: .linear) : output
  }

  /// The zeros before a picture that a kernel takes with stride 2.
  func zerosBefore(_ side: Int) -> Int { max(0, side - 2) / 2 }
}
