// ConvolutionalPlan.swift
// A convolutional autoencoder as data: its layers, its weights, and what to do with one image in an arena; and its builder.

import Tensors

/// A correlation with the offsets of its operands, in floats from the start of their slab.
struct PlacedCorrelation: Sendable {
  let shape: Correlation
  let x: Int
  let y: Int
  /// The activation that gates the result (same layout as y), for gradients that pass a ReLU.
  let gate: Int?
}

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

/// The kind of computation of a stage.
enum StageKind: Sendable {
  case convolution, stridedConvolution, transposedConvolution, linear, pool, dense
  /// From pixels to one row of numbers, and back.
  case flatten, reshape
}

/// One layer of a convolutional autoencoder as the kernels need it; offsets are into a worker's arena.
///
/// It is a class, though it never changes: every image visits all stages, and a struct would be copied each time.
final class Stage: Sendable {
  let name: String
  let kind: StageKind
  let input: Volume
  let output: Volume
  /// The gradient of the loss by this stage's output, in the output's layout.
  let outputGradient: Volume
  let weights: StageWeights?
  let pool: MaxPool?
  /// The gradient of the loss by the stage's input; nil at the first stage.
  let inputGradient: Volume?
  /// The function of the stage's sums.
  let activation: Activation
  /// Whether the stage itself takes the gradient through its function; else that is done where the gradient is computed.
  let passesActivation: Bool

  init(
    name: String, kind: StageKind, input: Volume, output: Volume, outputGradient: Volume, weights: StageWeights?,
    pool: MaxPool?, inputGradient: Volume?, activation: Activation = .linear, passesActivation: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.input = input
    self.output = output
    self.outputGradient = outputGradient
    self.weights = weights
    self.pool = pool
    self.inputGradient = inputGradient
    self.activation = activation
    self.passesActivation = passesActivation
  }
}

/// The weights of a stage, and the correlations that use them.
final class StageWeights: Sendable {
  let kernel: Parameter
  let bias: Parameter
  let forward: [PlacedCorrelation]
  let narrow: NarrowCorrelation?
  let backward: [PlacedCorrelation]
  let gradient: OuterSum
  /// Operands of `gradient`: offsets into the arena.
  let gradientA: Int
  let gradientB: Int
  /// Winograd's convolution, which replaces `forward`, `backward` and mostly `gradient`; nil if it is not used.
  let winograd: WinogradStage?

  init(
    kernel: Parameter, bias: Parameter, forward: [PlacedCorrelation], narrow: NarrowCorrelation?,
    backward: [PlacedCorrelation], gradient: OuterSum, gradientA: Int, gradientB: Int, winograd: WinogradStage? = nil
  ) {
    self.kernel = kernel
    self.bias = bias
    self.forward = forward
    self.narrow = narrow
    self.backward = backward
    self.gradient = gradient
    self.gradientA = gradientA
    self.gradientB = gradientB
    self.winograd = winograd
  }
}

/// The whole network.
struct ConvolutionalPlan: Sendable {
  let layers: [Layer]
  /// Each layer's output, in the order of `layers`.
  let activations: [Volume]
  let parameters: [Parameter]
  let winogradKernels: [WinogradKernel]
  let stages: [Stage]
  let arenaCount: Int
  /// The padded picture that the first stage reads; its top left corner holds the image.
  let picture: Volume
  /// The bottleneck's activation.
  let bottleneck: Volume
  /// The decoder's picture before cropping, its gradient, and the start of the crop, in floats from its origin.
  let logits: Volume
  let logitsGradient: Volume
  let cropOffset: Int
  /// One image without gaps: clean, with noise, its logits, and the loss's gradient by them.
  let clean: Volume
  let seen: Volume
  let croppedLogits: Volume
  let croppedGradient: Volume
  /// Scratch memory for Winograd's convolutions.
  let scratch: Int
}

/// Builds a plan layer by layer, from the image to the code and back.
struct ConvolutionalBuilder {
  let architecture: Architecture
  let image: ImageShape
  /// The factor that dropout gives to surviving activations.
  let dropoutScale: Float
  /// Whether Winograd's method may compute convolutions, where it is faster.
  let usesWinograd: Bool

  var arena = ArenaLayout()
  private(set) var layers: [Layer] = []
  private var activations: [Volume] = []
  var parameters: [Parameter] = []
  var stages: [Stage] = []
  var winogradKernels: [WinogradKernel] = []
  /// The most floats of scratch memory that one of Winograd's convolutions needs.
  var scratchCount = 0
  private var stored = 0
  private var transposedStored = 0

  init(_ architecture: Architecture, image: ImageShape, dropout: Float, usesWinograd: Bool) {
    self.architecture = architecture
    self.image = image
    dropoutScale = 1 / (1 - dropout)
    self.usesWinograd = usesWinograd
  }

  mutating func build() -> ConvolutionalPlan {
    let even = (height: image.height + image.height % 2, width: image.width + image.width % 2)
    let picture = arena.volume(height: even.height, width: even.width, channels: image.channels, step: image.channels)
    let (clean, seen) = (arena.contiguous(image), arena.contiguous(image))
    let (croppedLogits, croppedGradient) = (arena.contiguous(image), arena.contiguous(image))
    describe("input", .input, seen)

    let filters = architecture.sizes
    var last = Signal(volume: picture, gradient: nil, activation: .linear)
    for (block, count) in filters.enumerated() {
      let name = "encoder/block\(block)"
      let isCode = architecture.code == 0 && block == filters.count - 1
      let activation = isCode ? architecture.codeActivation : architecture.activation
      let isPooled = architecture.downsampling == .pool
      last = convolution("\(name)/conv0", last, to: count, architecture.activation)
      last = convolution("\(name)/conv1", last, to: count, isPooled ? activation : architecture.activation)
      let isBeforeCode = architecture.code > 0 && block == filters.count - 1
      last =
        isPooled
        ? maxPool("\(name)/pool", last)
        : stridedConvolution("\(name)/down", last, to: count, activation, passesActivation: isBeforeCode)
    }
    var bottleneck = last.volume
    if architecture.code > 0 { (last, bottleneck) = code(last) }
    for (block, count) in filters.reversed().enumerated() {
      last = transposedConvolution("decoder/block\(block)/deconv", last, to: count)
    }
    let (logits, logitsGradient) = linear("decoder/linear", last)
    let crop = (row: (logits.height - image.height) / 2, column: (logits.width - image.width) / 2)
    describe("decoder/crop", .crop, croppedLogits)
    let scratch = arena.reserve(scratchCount)
    return ConvolutionalPlan(
      layers: layers, activations: activations, parameters: parameters, winogradKernels: winogradKernels,
      stages: stages, arenaCount: arena.count, picture: picture, bottleneck: bottleneck, logits: logits,
      logitsGradient: logitsGradient, cropOffset: crop.row * logits.grid.row + crop.column * logits.grid.step,
      clean: clean, seen: seen, croppedLogits: croppedLogits, croppedGradient: croppedGradient, scratch: scratch)
  }

  /// An activation, the loss's gradient by it (none for the picture), and the function through which a gradient has still to pass;
  /// linear if there is none, as after a pooling.
  struct Signal {
    var volume: Volume
    var gradient: Volume?
    var activation: Activation
  }

  /// Reserves a volume for an activation, and one for its gradient.
  mutating func signal(height: Int, width: Int, channels: Int, _ activation: Activation) -> Signal {
    let step = padded(channels)
    return Signal(
      volume: arena.volume(height: height, width: width, channels: channels, step: step),
      gradient: arena.volume(height: height, width: width, channels: channels, step: step), activation: activation)
  }

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
  ) -> (kernel: Parameter, bias: Parameter) {
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
    return (kernel, bias)
  }

  /// Adds a row to the layer table, and the volume that holds the layer's output.
  mutating func describe(
    _ name: String, _ kind: Layer.Kind, _ output: Volume, weights: (kernel: Parameter, bias: Parameter)? = nil,
    activation: Activation = .linear, multiplyAdds: Int = 0
  ) {
    activations.append(output)
    let isRow = kind == .dense || kind == .flatten
    layers.append(
      Layer(
        name: name, kind: kind, outputShape: isRow ? [output.channels] : output.shape,
        parameters: weights.map { [$0.kernel.name, $0.bias.name] } ?? [],
        weights: weights.map { $0.kernel.count + $0.bias.count } ?? 0, activation: activation,
        multiplyAdds: multiplyAdds))
  }
}
