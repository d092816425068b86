// ConvolutionalPlan.swift
// A convolutional autoencoder as data: its layers, its weights, and what to do with one image in an arena, in order.

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
