// ConvolutionalPlan.swift
// A convolutional autoencoder as data: its layers, its weights, and what to do with one image in an arena; and its builder.

import Tensors

/// A correlation with where its operands start, in floats from the start of their slab.
struct PlacedCorrelation: Sendable {
  let shape: Correlation
  let x: Int
  let y: Int
  /// The activation that gates the result (same layout as y), for gradients that pass a ReLU.
  let gate: Int?
}

/// A convolution's way over the points of Winograd's: its kernel's numbers in the slab of points, and offsets into the arena.
struct PointStage: Sendable {
  let forward: WinogradConvolution
  let forwardPoints: Int
  /// Of the input; nil at the first stage.
  let backward: WinogradConvolution?
  let backwardPoints: Int
  /// Where a shard sums the gradient of the kernel's points; nil where the direct sum is faster.
  let gradient: PointSums?
}

/// The gradient of a kernel's points, in the arena: sums of a few blocks in floats, and of all of those in doubles.
struct PointSums: Sendable {
  let sums: Int
  let totals: Int
}

/// What a stage does.
enum StageKind: Sendable {
  case convolution, stridedConvolution, transposedConvolution, linear, pool
}

/// One layer of a convolutional autoencoder as kernels see it; offsets are into a worker's arena.
///
/// A class, though it never changes: every image walks over all stages, and a struct would be copied each time.
final class Stage: Sendable {
  let name: String
  let kind: StageKind
  let input: Volume
  let output: Volume
  /// Of the loss by this stage's output, in the output's layout.
  let outputGradient: Volume
  let weights: StageWeights?
  let pool: MaxPool?
  /// Of the loss by the stage's input; nil at the first stage.
  let inputGradient: Volume?

  init(
    name: String, kind: StageKind, input: Volume, output: Volume, outputGradient: Volume, weights: StageWeights?,
    pool: MaxPool?, inputGradient: Volume?
  ) {
    self.name = name
    self.kind = kind
    self.input = input
    self.output = output
    self.outputGradient = outputGradient
    self.weights = weights
    self.pool = pool
    self.inputGradient = inputGradient
  }
}

/// The parts of a stage that has weights.
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
  /// What replaces `forward`, `backward` and mostly `gradient` where Winograd's convolution is used.
  let points: PointStage?

  init(
    kernel: Parameter, bias: Parameter, forward: [PlacedCorrelation], narrow: NarrowCorrelation?,
    backward: [PlacedCorrelation], gradient: OuterSum, gradientA: Int, gradientB: Int, points: PointStage? = nil
  ) {
    self.kernel = kernel
    self.bias = bias
    self.forward = forward
    self.narrow = narrow
    self.backward = backward
    self.gradient = gradient
    self.gradientA = gradientA
    self.gradientB = gradientB
    self.points = points
  }
}

/// The whole network.
struct ConvolutionalPlan: Sendable {
  let layers: [Layer]
  /// Each layer's output; the layer table shows the shapes of these.
  let activations: [Volume]
  let parameters: [Parameter]
  let kernelPoints: [KernelPoints]
  let stages: [Stage]
  let arenaCount: Int
  /// The padded picture the first stage sees; its top left corner holds the image.
  let picture: Volume
  /// The bottleneck's activation.
  let bottleneck: Volume
  /// The decoder's picture before cropping, and where the crop starts in it, in floats from its origin.
  let logits: Volume
  let logitsGradient: Volume
  let cropOffset: Int
  /// One image without gaps: clean, as seen (with noise), its logits, and the loss's gradient by them.
  let clean: Volume
  let seen: Volume
  let croppedLogits: Volume
  let croppedGradient: Volume
  /// Where Winograd's convolutions do their work.
  let scratch: Int
}

/// Builds a plan from the image's side to the code and back.
struct ConvolutionalBuilder {
  let filters: [Int]
  let downsampling: Downsampling
  let image: ImageShape
  /// What dropout multiplies surviving activations with.
  let dropoutScale: Float
  /// Whether convolutions may go over Winograd's points, where that is faster.
  let usesWinograd: Bool

  var arena = ArenaLayout()
  private(set) var layers: [Layer] = []
  private var activations: [Volume] = []
  var parameters: [Parameter] = []
  var stages: [Stage] = []
  var kernelPoints: [KernelPoints] = []
  /// Floats that the most demanding of Winograd's convolutions wants to work in.
  var scratchCount = 0
  private var stored = 0
  private var transposedStored = 0

  init(filters: [Int], downsampling: Downsampling, image: ImageShape, dropout: Float, usesWinograd: Bool) {
    self.filters = filters
    self.downsampling = downsampling
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

    var last = (volume: picture, gradient: Volume?.none, isActivated: false)
    for (block, count) in filters.enumerated() {
      let name = "encoder/block\(block)"
      for conv in 0..<2 {
        last = convolution("\(name)/conv\(conv)", last, to: count)
      }
      last =
        downsampling == .pool
        ? maxPool("\(name)/pool", last) : stridedConvolution("\(name)/down", last, to: count)
    }
    let bottleneck = last.volume
    for (block, count) in filters.reversed().enumerated() {
      last = transposedConvolution("decoder/block\(block)/deconv", last, to: count)
    }
    let (logits, logitsGradient) = linear("decoder/linear", last)
    let crop = (row: (logits.height - image.height) / 2, column: (logits.width - image.width) / 2)
    describe("decoder/crop", .crop, croppedLogits)
    let scratch = arena.reserve(scratchCount)
    return ConvolutionalPlan(
      layers: layers, activations: activations, parameters: parameters, kernelPoints: kernelPoints, stages: stages,
      arenaCount: arena.count, picture: picture, bottleneck: bottleneck, logits: logits,
      logitsGradient: logitsGradient, cropOffset: crop.row * logits.grid.row + crop.column * logits.grid.step,
      clean: clean, seen: seen, croppedLogits: croppedLogits, croppedGradient: croppedGradient, scratch: scratch)
  }

  /// An activation, the loss's gradient by it (none for the picture), and whether a ReLU made it.
  typealias Signal = (volume: Volume, gradient: Volume?, isActivated: Bool)

  /// A volume for an activation, and one for its gradient.
  mutating func signal(height: Int, width: Int, channels: Int, isActivated: Bool) -> Signal {
    let step = padded(channels)
    return (
      arena.volume(height: height, width: width, channels: channels, step: step),
      arena.volume(height: height, width: width, channels: channels, step: step), isActivated
    )
  }

  /// The epilogue of a gradient that flows into `input`: gated where a ReLU made it, plain where a pooling did.
  func gate(_ input: Signal) -> Correlation.Epilogue {
    input.isActivated ? .gate(scale: dropoutScale) : .plain
  }

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
    isActivated: Bool = false, multiplyAdds: Int = 0
  ) {
    activations.append(output)
    layers.append(
      Layer(
        name: name, kind: kind, outputShape: output.shape,
        parameters: weights.map { [$0.kernel.name, $0.bias.name] } ?? [],
        weights: weights.map { $0.kernel.count + $0.bias.count } ?? 0, isActivated: isActivated,
        multiplyAdds: multiplyAdds))
  }
}
