// TransposedConvolution.swift
// A transposed convolution with stride 2, which doubles the picture.

import Tensors

extension ConvolutionalBuilder {
  /// Adds y[2p + i − b] += x[p] w[i], cut to twice the sides, and its function: the transpose of a convolution with stride 2.
  mutating func transposedConvolution(
    _ name: String, _ input: Signal, to outputs: Int, kernel side: Int, _ activation: Activation
  ) -> Signal {
    let x = input.volume
    let output = signal(height: 2 * x.height, width: 2 * x.width, channels: outputs, activation)
    let (y, g) = (output.volume, output.gradient ?? output.volume)
    let before = zerosBefore(side)
    let pair = weights(name, shape: [side, side, x.channels, outputs], needsTransposed: true)
    let forward = phases(
      kernel: side, rows: x.height, columns: x.width, channels: x.channels, outputs: outputs, x: x, y: y, gate: nil,
      epilogue: epilogue(activation))
    let taps = KernelOffset.all(side).map { g.grid.offset($0.row - before, $0.column - before) }
    let gradient = OuterSum(
      rows: x.height, columns: x.width, channels: x.channels, outputs: padded(outputs), a: x.grid, b: g.grid.twice,
      taps: taps.map { Tap(0, $0) })
    let backward = input.gradient.map { dx in
      PlacedCorrelation(
        shape: Correlation(
          rows: x.height, columns: x.width, channels: outputs, outputs: padded(x.channels), x: g.grid.twice,
          y: dx.grid, taps: taps.enumerated().map { Tap($1, $0 * outputs * padded(x.channels)) },
          epilogue: gate(input)),
        x: g.origin, y: dx.origin, gate: gateOrigin(input))
    }
    layers.append(
      WeightedLayer(
        name: name, input: input, output: y, outputGradient: g, weights: pair, forward: forward,
        backward: backward.map { [$0] } ?? [], gradient: gradient, gradientA: x.origin, gradientB: g.origin,
        activation: activation))
    describe(
      name, .transposedConvolution(kernel: side, stride: 2, before: before), y, weights: pair, activation: activation,
      multiplyAdds: x.height * x.width * side * side * x.channels * outputs)
    return output
  }

  /// Returns the four correlations of y[2p + i − b] += x[p] w[i]: one for the pixels of even rows and columns, and so on.
  ///
  /// A row of y with the remainder r takes the taps i for which r + b − i is even, from row p + (r + b − i) / 2 of x.
  func phases(
    kernel side: Int, rows: Int, columns: Int, channels: Int, outputs: Int, x: Volume, y: Volume, gate: Int?,
    epilogue: Correlation.Epilogue
  ) -> [PlacedCorrelation] {
    let (kernel, before) = (channels * padded(outputs), zerosBefore(side))
    let taps = (0..<2).map { remainder in
      (0..<side).filter { (remainder + before - $0) % 2 == 0 }.map { (tap: $0, from: (remainder + before - $0) / 2) }
    }
    return (0..<4).map { phase in
      let (row, column) = (phase / 2, phase % 2)
      let shape = Correlation(
        rows: rows, columns: columns, channels: channels, outputs: padded(outputs), x: x.grid, y: y.grid.twice,
        taps: taps[row].flatMap { vertical in
          taps[column].map { horizontal in
            Tap(x.grid.offset(vertical.from, horizontal.from), (vertical.tap * side + horizontal.tap) * kernel)
          }
        }, epilogue: epilogue)
      let corner = y.grid.offset(row, column)
      return PlacedCorrelation(shape: shape, x: x.origin, y: y.origin + corner, gate: gate.map { $0 + corner })
    }
  }
}
