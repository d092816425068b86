// Convolution.swift
// A convolution that keeps the picture's size.

import Tensors

extension ConvolutionalBuilder {
  /// Adds y[p] = Σ x[p + i − k/2] w[i], i = 0 … k − 1, and its function.
  mutating func convolution(
    _ name: String, _ input: Signal, to outputs: Int, kernel side: Int, _ activation: Activation,
    passesActivation: Bool = false
  ) -> Signal {
    let x = input.volume
    let output = signal(height: x.height, width: x.width, channels: outputs, activation)
    let (y, g) = (output.volume, output.gradient ?? output.volume)
    let pair = weights(name, shape: [side, side, x.channels, outputs], needsTransposed: input.gradient != nil)
    let (offsets, middle, rowOfKernel) = (KernelOffset.all(side), side / 2, x.channels * padded(outputs))
    let forward = Correlation(
      rows: y.height, columns: y.width, channels: x.channels, outputs: padded(outputs), x: x.grid, y: y.grid,
      taps: offsets.enumerated().map { index, tap in
        Tap(x.grid.offset(tap.row - middle, tap.column - middle), index * rowOfKernel)
      }, epilogue: epilogue(activation))
    // Shifting g instead of the columns of x lets three taps of a row use the same x.
    let isImage = input.gradient == nil
    let gradient = OuterSum(
      rows: y.height, columns: y.width, channels: x.channels, outputs: padded(outputs), a: x.grid, b: g.grid,
      taps: offsets.map { tap in
        isImage
          ? Tap(x.grid.offset(tap.row - middle, tap.column - middle), 0)
          : Tap(x.grid.offset(tap.row - middle, 0), g.grid.offset(0, middle - tap.column))
      })
    let backward = input.gradient.map { dx in
      PlacedCorrelation(
        shape: Correlation(
          rows: x.height, columns: x.width, channels: outputs, outputs: padded(x.channels), x: g.grid, y: dx.grid,
          // Backwards, so that neighboring taps see neighboring pixels in rising order.
          taps: offsets.enumerated().reversed().map { index, tap in
            Tap(g.grid.offset(middle - tap.row, middle - tap.column), index * outputs * padded(x.channels))
          }, epilogue: gate(input)),
        x: g.origin, y: dx.origin, gate: gateOrigin(input))
    }
    layers.append(
      WeightedLayer(
        name: name, input: input, output: y, outputGradient: g, weights: pair,
        forward: [PlacedCorrelation(shape: forward, x: x.origin, y: y.origin, gate: nil)],
        backward: backward.map { [$0] } ?? [], gradient: gradient, gradientA: x.origin, gradientB: g.origin,
        winograd: side == 3 ? winograd(of: pair, input: input, output: output) : nil, activation: activation,
        passesActivation: passesActivation))
    describe(
      name, .convolution(kernel: side, stride: 1, before: middle), y, weights: pair, activation: activation,
      multiplyAdds: y.height * y.width * side * side * x.channels * outputs)
    return passesActivation ? Signal(volume: y, gradient: output.gradient, activation: .linear) : output
  }
}

/// The place of a weight in a square kernel.
struct KernelOffset {
  let row: Int
  let column: Int

  /// Returns all places, row by row.
  static func all(_ side: Int) -> [KernelOffset] {
    (0..<side * side).map { KernelOffset(row: $0 / side, column: $0 % side) }
  }
}

extension PixelGrid {
  /// Returns the floats from a pixel to the one `rows` rows and `columns` columns further.
  func offset(_ rows: Int, _ columns: Int) -> Int { rows * row + columns * step }

  /// The grid of every second pixel of every second row.
  var twice: PixelGrid { PixelGrid(step: 2 * step, row: 2 * row) }
}
