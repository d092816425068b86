// ConvolutionalBuilder+Stages.swift
// Each kind of layer as correlations: which taps see which pixels, forward and for both gradients.

import Tensors

extension ConvolutionalBuilder {
  /// Offsets 0, 1, 2 of a 3×3 kernel, row by row.
  private static let offsets = (0..<9).map { (row: $0 / 3, column: $0 % 3) }

  /// Adds y[p] = Σ x[p + i − 1] w[i] and its function.
  mutating func convolution(_ name: String, _ input: Signal, to outputs: Int, _ activation: Activation) -> Signal {
    let x = input.volume
    let output = signal(height: x.height, width: x.width, channels: outputs, activation)
    let (y, g) = (output.volume, output.gradient ?? output.volume)
    let pair = weights(name, shape: [3, 3, x.channels, outputs], needsTransposed: input.gradient != nil)
    let rowOfKernel = x.channels * padded(outputs)
    let forward = Correlation(
      rows: y.height, columns: y.width, channels: x.channels, outputs: padded(outputs), x: x.grid, y: y.grid,
      taps: Self.offsets.enumerated().map { index, tap in
        Tap((tap.row - 1) * x.grid.row + (tap.column - 1) * x.grid.step, index * rowOfKernel)
      }, epilogue: epilogue(output.activation))
    // Shifting g instead of the columns of x lets three taps of a row use the same x.
    let isImage = input.gradient == nil
    let gradient = OuterSum(
      rows: y.height, columns: y.width, channels: x.channels, outputs: padded(outputs), a: x.grid, b: g.grid,
      taps: Self.offsets.map { tap in
        isImage
          ? Tap((tap.row - 1) * x.grid.row + (tap.column - 1) * x.grid.step, 0)
          : Tap((tap.row - 1) * x.grid.row, (1 - tap.column) * g.grid.step)
      })
    let backward = input.gradient.map { dx in
      PlacedCorrelation(
        shape: Correlation(
          rows: x.height, columns: x.width, channels: outputs, outputs: padded(x.channels), x: g.grid, y: dx.grid,
          // Backwards, so that neighboring taps see neighboring pixels in rising order.
          taps: Self.offsets.enumerated().reversed().map { index, tap in
            Tap(
              (1 - tap.row) * g.grid.row + (1 - tap.column) * g.grid.step, index * outputs * padded(x.channels))
          }, epilogue: gate(input)),
        x: g.origin, y: dx.origin, gate: gateOrigin(input))
    }
    add(
      name, .convolution, .convolution, input, output, pair,
      forward: [PlacedCorrelation(shape: forward, x: x.origin, y: y.origin, gate: nil)],
      backward: backward.map { [$0] } ?? [], gradient: gradient, a: x.origin, b: g.origin,
      winograd: winograd(of: pair, input: input, output: output),
      multiplyAdds: y.height * y.width * 9 * x.channels * outputs)
    return output
  }

  /// Adds y[p] = Σ x[2p + i] w[i] and its function: no padding before, one row and column of zeros after.
  /// - Parameter passesActivation: whether the layer itself takes the gradient through its function.
  mutating func stridedConvolution(
    _ name: String, _ input: Signal, to outputs: Int, _ activation: Activation, passesActivation: Bool
  ) -> Signal {
    let x = input.volume
    let output = halved(x, channels: outputs, activation)
    let (y, g) = (output.volume, output.gradient ?? output.volume)
    let (height, width) = (x.height / 2, x.width / 2)
    let pair = weights(name, shape: [3, 3, x.channels, outputs], needsTransposed: true)
    let twice = PixelGrid(step: 2 * x.grid.step, row: 2 * x.grid.row)
    let taps = Self.offsets.map { $0.row * x.grid.row + $0.column * x.grid.step }
    let forward = Correlation(
      rows: height, columns: width, channels: x.channels, outputs: padded(outputs), x: twice, y: y.grid,
      taps: taps.enumerated().map { Tap($1, $0 * x.channels * padded(outputs)) }, epilogue: epilogue(output.activation))
    let gradient = OuterSum(
      rows: height, columns: width, channels: x.channels, outputs: padded(outputs), a: twice, b: g.grid,
      taps: taps.map { Tap($0, 0) })
    let backward = input.gradient.map { dx in
      phases(
        rows: height, columns: width, channels: outputs, outputs: x.channels, x: g, y: dx,
        gate: gateOrigin(input), epilogue: gate(input))
    }
    add(
      name, .stridedConvolution, .stridedConvolution, input, output, pair,
      forward: [PlacedCorrelation(shape: forward, x: x.origin, y: y.origin, gate: nil)], backward: backward ?? [],
      gradient: gradient, a: x.origin, b: g.origin, passesActivation: passesActivation,
      multiplyAdds: height * width * 9 * x.channels * outputs)
    return passesActivation ? Signal(volume: y, gradient: output.gradient, activation: .linear) : output
  }

  /// Adds y[2p + i] += x[p] w[i], the last row and column dropped, and its function.
  mutating func transposedConvolution(_ name: String, _ input: Signal, to outputs: Int) -> Signal {
    let x = input.volume
    let output = signal(
      height: 2 * x.height, width: 2 * x.width, channels: outputs, architecture.activation)
    let (y, g) = (output.volume, output.gradient ?? output.volume)
    let pair = weights(name, shape: [3, 3, x.channels, outputs], needsTransposed: true)
    let forward = phases(
      rows: x.height, columns: x.width, channels: x.channels, outputs: outputs, x: x, y: y, gate: nil,
      epilogue: epilogue(output.activation))
    let twice = PixelGrid(step: 2 * g.grid.step, row: 2 * g.grid.row)
    let taps = Self.offsets.map { $0.row * g.grid.row + $0.column * g.grid.step }
    let gradient = OuterSum(
      rows: x.height, columns: x.width, channels: x.channels, outputs: padded(outputs), a: x.grid, b: twice,
      taps: taps.map { Tap(0, $0) })
    let backward = input.gradient.map { dx in
      PlacedCorrelation(
        shape: Correlation(
          rows: x.height, columns: x.width, channels: outputs, outputs: padded(x.channels), x: twice, y: dx.grid,
          taps: taps.enumerated().map { Tap($1, $0 * outputs * padded(x.channels)) }, epilogue: gate(input)),
        x: g.origin, y: dx.origin, gate: gateOrigin(input))
    }
    add(
      name, .transposedConvolution, .transposedConvolution, input, output, pair, forward: forward,
      backward: backward.map { [$0] } ?? [], gradient: gradient, a: x.origin, b: g.origin,
      multiplyAdds: x.height * x.width * 9 * x.channels * outputs)
    return output
  }

  /// Adds y[p + i − 1] += x[p] w[i] to the image's channels, no activation.
  mutating func linear(_ name: String, _ input: Signal) -> (logits: Volume, gradient: Volume) {
    let x = input.volume
    let outputs = image.channels
    let y = arena.volume(height: x.height, width: x.width, channels: outputs, step: outputs)
    let g = arena.volume(height: x.height, width: x.width, channels: outputs, step: outputs)
    let pair = weights(name, shape: [3, 3, x.channels, outputs], order: .inputsLast, needsTransposed: false)
    let rowOfKernel = outputs * padded(x.channels)
    let narrow = NarrowCorrelation(
      rows: y.height, columns: y.width, channels: padded(x.channels), outputs: outputs, x: x.grid, y: y.grid,
      taps: Self.offsets.enumerated().map { index, tap in
        Tap((1 - tap.row) * x.grid.row + (1 - tap.column) * x.grid.step, index * rowOfKernel)
      })
    let shifted = Self.offsets.map { ($0.row - 1) * g.grid.row + ($0.column - 1) * g.grid.step }
    let gradient = OuterSum(
      rows: x.height, columns: x.width, channels: outputs, outputs: padded(x.channels), a: g.grid, b: x.grid,
      taps: shifted.map { Tap($0, 0) })
    let dx = input.gradient ?? x
    let backward = Correlation(
      rows: x.height, columns: x.width, channels: outputs, outputs: padded(x.channels), x: g.grid, y: dx.grid,
      taps: shifted.enumerated().map { Tap($1, $0 * rowOfKernel) }, epilogue: gate(input))
    stages.append(
      Stage(
        name: name, kind: .linear, input: x, output: y, outputGradient: g,
        weights: StageWeights(
          kernel: pair.kernel, bias: pair.bias, forward: [], narrow: narrow,
          backward: [PlacedCorrelation(shape: backward, x: g.origin, y: dx.origin, gate: gateOrigin(input))],
          gradient: gradient, gradientA: g.origin, gradientB: x.origin),
        pool: nil, inputGradient: dx))
    describe(
      name, .transposedConvolution, y, weights: pair,
      multiplyAdds: y.height * y.width * 9 * x.channels * outputs)
    return (y, g)
  }

  /// Adds the largest of each 2×2 window.
  mutating func maxPool(_ name: String, _ input: Signal) -> Signal {
    let x = input.volume
    let output = halved(x, channels: x.channels, .linear)
    let y = output.volume.corner(height: x.height / 2, width: x.width / 2)
    stages.append(
      Stage(
        name: name, kind: .pool, input: x, output: y, outputGradient: output.gradient ?? y, weights: nil,
        pool: MaxPool(
          rows: y.height, columns: y.width, channels: padded(x.channels), x: x.grid, y: y.grid,
          scale: input.activation == .relu ? dropoutScale : 1, isGated: input.activation == .relu),
        inputGradient: input.gradient))
    describe(name, .maxPool, y)
    return output
  }

  /// Reserves a signal with half the sides. An odd side grows by a row below or a column on the right, except in the code.
  private mutating func halved(_ x: Volume, channels: Int, _ activation: Activation) -> Signal {
    let downs = layers.count { $0.kind == .maxPool || $0.kind == .stridedConvolution }
    let isLast = downs + 1 == architecture.sizes.count
    let (height, width) = (x.height / 2, x.width / 2)
    return isLast
      ? signal(height: height, width: width, channels: channels, activation)
      : signal(height: height + height % 2, width: width + width % 2, channels: channels, activation)
  }

  /// Returns the four correlations of y[2p + i] += x[p] w[i], i = 0, 1, 2: even rows read two taps, odd rows one; the
  /// same holds for columns.
  private func phases(
    rows: Int, columns: Int, channels: Int, outputs: Int, x: Volume, y: Volume, gate: Int?,
    epilogue: Correlation.Epilogue
  ) -> [PlacedCorrelation] {
    let kernel = channels * padded(outputs)
    // An even place takes tap 0 of its own pixel and tap 2 of the one before; an odd place takes tap 1.
    let taps: [[(tap: Int, back: Int)]] = [[(0, 0), (2, 1)], [(1, 0)]]
    return (0..<4).map { phase in
      let (row, column) = (phase / 2, phase % 2)
      let shape = Correlation(
        rows: rows, columns: columns, channels: channels, outputs: padded(outputs), x: x.grid,
        y: PixelGrid(step: 2 * y.grid.step, row: 2 * y.grid.row),
        taps: taps[row].flatMap { vertical in
          taps[column].map { horizontal in
            Tap(
              -vertical.back * x.grid.row - horizontal.back * x.grid.step,
              (vertical.tap * 3 + horizontal.tap) * kernel)
          }
        }, epilogue: epilogue)
      let corner = row * y.grid.row + column * y.grid.step
      return PlacedCorrelation(shape: shape, x: x.origin, y: y.origin + corner, gate: gate.map { $0 + corner })
    }
  }

  private mutating func add(
    _ name: String, _ kind: StageKind, _ tableKind: Layer.Kind, _ input: Signal, _ output: Signal,
    _ pair: (kernel: Parameter, bias: Parameter), forward: [PlacedCorrelation], backward: [PlacedCorrelation],
    gradient: OuterSum, a: Int, b: Int, winograd: WinogradStage? = nil, passesActivation: Bool = false,
    multiplyAdds: Int
  ) {
    let isHalved = kind == .stridedConvolution
    let y =
      isHalved
      ? output.volume.corner(height: input.volume.height / 2, width: input.volume.width / 2) : output.volume
    stages.append(
      Stage(
        name: name, kind: kind, input: input.volume, output: y, outputGradient: output.gradient ?? output.volume,
        weights: StageWeights(
          kernel: pair.kernel, bias: pair.bias, forward: forward, narrow: nil, backward: backward, gradient: gradient,
          gradientA: a, gradientB: b, winograd: winograd),
        pool: nil, inputGradient: input.gradient, activation: output.activation,
        passesActivation: passesActivation || output.activation != .linear && output.activation != .relu))
    describe(name, tableKind, y, weights: pair, activation: output.activation, multiplyAdds: multiplyAdds)
  }

  /// Returns the epilogue of a layer's sums; other functions than ReLU are applied afterwards.
  private func epilogue(_ activation: Activation) -> Correlation.Epilogue { activation == .relu ? .biasReLU : .bias }
}

extension ConvolutionalBuilder {
  /// Returns the convolution by Winograd's method, or nil if direct correlations are faster.
  ///
  /// The bounds are measured. Winograd's method is slower with much padding, with last tiles that lie mostly outside the
  /// picture, and with a kernel so large that its points are fetched from memory.
  mutating func winograd(
    of pair: (kernel: Parameter, bias: Parameter), input: Signal, output: Signal
  ) -> WinogradStage? {
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
