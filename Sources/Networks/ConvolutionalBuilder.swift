// ConvolutionalBuilder.swift
// Builds the plan of a convolutional autoencoder layer by layer, from the image to the code and back.

import Tensors

/// Builds a plan layer by layer, from the image to the code and back.
struct ConvolutionalBuilder {
  let architecture: Architecture
  let image: ImageShape
  /// The factor that dropout gives to surviving activations.
  let dropoutScale: Float
  /// Whether Winograd's method may compute convolutions, where it is faster.
  let usesWinograd: Bool

  var arena = ArenaLayout()
  var layers: [any ImageLayer] = []
  private var table: [Layer] = []
  private var activations: [Volume] = []
  private var parameters: [Parameter] = []
  var winogradKernels: [WinogradKernel] = []
  private let beta: Float
  private var distribution: (GaussianCode, statistics: Volume)?
  /// The most floats of scratch memory that one of Winograd's convolutions needs.
  var scratchCount = 0
  /// Pixels of zeros around each picture: as many as a kernel reaches beyond it.
  private let border: Int
  private var stored = 0
  private var transposedStored = 0

  init(_ architecture: Architecture, image: ImageShape, dropout: Float, usesWinograd: Bool, beta: Float) {
    self.architecture = architecture
    self.image = image
    dropoutScale = 1 / (1 - dropout)
    self.usesWinograd = usesWinograd
    self.beta = beta
    border = max(1, architecture.kernelSizes.reduce(0, max) / 2)
  }

  mutating func build() -> ConvolutionalPlan {
    let even = (height: image.height + image.height % 2, width: image.width + image.width % 2)
    let picture = volume(height: even.height, width: even.width, channels: image.channels, step: image.channels)
    let (clean, seen) = (arena.contiguous(image), arena.contiguous(image))
    let (croppedLogits, croppedGradient) = (arena.contiguous(image), arena.contiguous(image))
    describe("input", .input, seen)

    let blocks = architecture.blocks
    var last = Signal(volume: picture, gradient: nil, activation: .linear)
    for (number, block) in blocks.enumerated() { last = encoder(block, number, last) }
    var bottleneck = last.volume
    if architecture.code > 0 { (last, bottleneck) = code(last) }
    for (number, block) in blocks.reversed().enumerated() { last = decoder(block, number, last) }
    let (logits, logitsGradient) = outputConvolution("decoder/linear", last, kernel: blocks.first?.kernelSize ?? 3)
    let crop = (row: (logits.height - image.height) / 2, column: (logits.width - image.width) / 2)
    describe("decoder/crop", .crop, croppedLogits)
    let scratch = arena.reserve(scratchCount)
    return ConvolutionalPlan(
      table: table, activations: activations, parameters: parameters, winogradKernels: winogradKernels,
      layers: layers, arenaCount: arena.count, picture: picture, bottleneck: bottleneck,
      distribution: distribution, logits: logits,
      logitsGradient: logitsGradient, cropOffset: logits.grid.offset(crop.row, crop.column), clean: clean, seen: seen,
      croppedLogits: croppedLogits, croppedGradient: croppedGradient, scratch: scratch)
  }

  /// Adds a block's convolutions and its downsampling.
  private mutating func encoder(_ block: Architecture.Block, _ number: Int, _ input: Signal) -> Signal {
    let (name, side, usual) = ("encoder/block\(number)", block.kernelSize, architecture.activation)
    let isLast = number == architecture.sizes.count - 1
    // The function of the block's last convolution, which makes the code unless that has layers of its own.
    let function = isLast && architecture.code == 0 ? architecture.codeActivation : usual
    let passesActivation = isLast && architecture.code > 0
    let growsOdd = architecture.blocks.dropFirst(number + 1).contains { $0.downsampling != .none }
    var last = input
    for place in 0..<architecture.convolutions {
      let isEnd = place == architecture.convolutions - 1 && block.downsampling != .stride
      last = convolution(
        "\(name)/conv\(place)", last, to: block.filters, kernel: side, isEnd ? function : usual,
        passesActivation: isEnd && passesActivation && block.downsampling == .none)
    }
    return switch block.downsampling {
    case .pool: pool("\(name)/pool", last, .largest, growsOdd: growsOdd)
    case .average: pool("\(name)/pool", last, .mean, growsOdd: growsOdd)
    case .stride:
      stridedConvolution(
        "\(name)/down", last, to: block.filters, kernel: side, function, growsOdd: growsOdd,
        passesActivation: passesActivation)
    case .none: last
    }
  }

  /// Adds the layer that undoes a block.
  private mutating func decoder(_ block: Architecture.Block, _ number: Int, _ input: Signal) -> Signal {
    let (name, side, function) = ("decoder/block\(number)", block.kernelSize, architecture.activation)
    return block.downsampling == .none
      ? convolution("\(name)/conv", input, to: block.filters, kernel: side, function)
      : transposedConvolution("\(name)/deconv", input, to: block.filters, kernel: side, function)
  }

  /// Adds the layers around a code of its own: a dense layer from the last block's numbers, and one back.
  /// - Returns: the picture that the decoder begins with, and the code.
  private mutating func code(_ input: Signal) -> (Signal, code: Volume) {
    let picture = input.volume
    let flat = flatten("encoder/flatten", input)
    let code =
      architecture.isVariational
      ? drawnCode(flat) : dense("encoder/code", flat, to: architecture.code, architecture.codeActivation)
    let row = dense("decoder/code", code, to: picture.count, architecture.activation)
    return (reshape("decoder/reshape", row, like: picture), code.volume)
  }

  /// Adds the dense layer to the code's statistics, and the draw of the code.
  private mutating func drawnCode(_ flat: Signal) -> Signal {
    let distribution = GaussianCode(count: architecture.code, beta: beta)
    let statistics = dense("encoder/statistics", flat, to: 2 * architecture.code, .linear)
    self.distribution = (distribution, statistics.volume)
    return sampling("encoder/code", statistics, distribution)
  }

  /// Reserves a volume for an activation, and one for its gradient.
  mutating func signal(height: Int, width: Int, channels: Int, _ activation: Activation) -> Signal {
    let step = padded(channels)
    return Signal(
      volume: volume(height: height, width: width, channels: channels, step: step),
      gradient: volume(height: height, width: width, channels: channels, step: step), activation: activation)
  }

  /// Reserves a picture with a border.
  mutating func volume(height: Int, width: Int, channels: Int, step: Int) -> Volume {
    arena.volume(height: height, width: width, channels: channels, step: step, border: border)
  }

  /// Returns the epilogue of a layer's sums; other functions than ReLU are applied afterwards.
  func epilogue(_ activation: Activation) -> Correlation.Epilogue { activation == .relu ? .biasReLU : .bias }

  /// Returns the epilogue of a gradient that flows into `input`: gated if a ReLU made it. Other functions take the gradient
  /// themselves.
  func gate(_ input: Signal) -> Correlation.Epilogue {
    input.activation == .relu ? .gate(scale: dropoutScale) : .plain
  }

  /// Returns the place of the gate for such a gradient.
  func gateOrigin(_ input: Signal) -> Int? { input.activation == .relu ? input.volume.origin : nil }

  /// Adds a kernel and a bias.
  mutating func weights(
    _ layer: String, shape: [Int], order: Parameter.Order = .outputsLast, needsTransposed: Bool
  ) -> WeightPair {
    let kernel = Parameter(
      name: layer + "/kernel", shape: shape, isKernel: true, order: order, offset: stored,
      transposedOffset: needsTransposed ? transposedStored : nil)
    stored += kernel.storedCount
    if needsTransposed { transposedStored += kernel.transposedCount }
    let bias = Parameter(
      name: layer + "/bias", shape: [kernel.outputs], isKernel: false, order: .outputsLast, offset: stored,
      transposedOffset: nil)
    stored += bias.storedCount
    parameters += [kernel, bias]
    return WeightPair(kernel: kernel, bias: bias)
  }

  /// Adds a row to the layer table, and the volume that holds the layer's output.
  mutating func describe(
    _ name: String, _ operation: Layer.Operation, _ output: Volume, weights: WeightPair? = nil,
    activation: Activation = .linear, multiplyAdds: Int = 0
  ) {
    activations.append(output)
    let isRow = operation == .dense || operation == .flatten || operation == .sample
    table.append(
      Layer(
        name: name, operation: operation, outputShape: isRow ? [output.channels] : output.shape,
        parameters: weights.map { [$0.kernel.name, $0.bias.name] } ?? [],
        weights: weights.map { $0.kernel.count + $0.bias.count } ?? 0, activation: activation,
        multiplyAdds: multiplyAdds))
  }
}
