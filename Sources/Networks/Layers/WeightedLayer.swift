// WeightedLayer.swift
// A layer of correlations with weights, a function and dropout: convolutions, transposed convolutions and dense layers.

import Tensors

/// A correlation with the offsets of its operands, in floats from the start of their slab.
struct PlacedCorrelation: Sendable {
  let shape: Correlation
  let x: Int
  let y: Int
  /// The activation that gates the result (same layout as y), for gradients that pass a ReLU.
  let gate: Int?
}

/// A kernel and its bias.
struct WeightPair: Sendable {
  let kernel: Parameter
  let bias: Parameter
}

/// A layer whose output is a correlation of its input with weights, plus a bias, then its function and dropout.
final class WeightedLayer: ImageLayer {
  let name: String
  let input: Signal
  let output: Volume
  /// The gradient of the loss by the output, in the output's layout.
  let outputGradient: Volume
  let weights: WeightPair
  let forward: [PlacedCorrelation]
  let backward: [PlacedCorrelation]
  let gradient: OuterSum
  /// Operands of `gradient`: offsets into the arena.
  let gradientA: Int
  let gradientB: Int
  /// Whether the gradient by the input reads that by a row or column of the output that is only there to be halved, and has to find
  /// zeros.
  let readsGrown: Bool
  /// Winograd's convolution, which replaces `forward`, `backward` and mostly `gradient`; nil if it is not used.
  let winograd: WinogradStage?
  /// The function of the sums.
  let activation: Activation
  /// Whether the layer itself takes the gradient through its function; else that is done where the gradient is computed.
  let passesActivation: Bool

  init(
    name: String, input: Signal, output: Volume, outputGradient: Volume, weights: WeightPair,
    forward: [PlacedCorrelation], backward: [PlacedCorrelation], gradient: OuterSum, gradientA: Int, gradientB: Int,
    winograd: WinogradStage? = nil, activation: Activation, passesActivation: Bool = false, readsGrown: Bool = false
  ) {
    self.name = name
    self.input = input
    self.output = output
    self.outputGradient = outputGradient
    self.weights = weights
    self.forward = forward
    self.backward = backward
    self.gradient = gradient
    self.gradientA = gradientA
    self.gradientB = gradientB
    self.winograd = winograd
    self.activation = activation
    self.readsGrown = readsGrown
    // Gradients are gated by a ReLU where they are computed.
    self.passesActivation = activation != .linear && (passesActivation || activation != .relu)
  }

  func forward(_ image: ImageState, _ pass: ConvolutionalPass) {
    let (arena, values) = (image.arena, pass.slab.values.start)
    if let winograd {
      pass.kernels.convolve(
        winograd.forward, x: arena + input.volume.origin, points: pass.slab.points.start + winograd.forwardPoints,
        bias: values + weights.bias.offset, scratch: arena + pass.plan.scratch, y: arena + output.origin)
    } else {
      for part in forward {
        pass.kernels.correlate(
          part.shape, x: arena + part.x, weights: values + weights.kernel.offset, bias: values + weights.bias.offset,
          y: arena + part.y)
      }
    }
    if activation == .linear { return }
    // The correlations' epilogue includes ReLU.
    if activation != .relu {
      for line in 0..<output.height {
        let row = output.row(line)
        pass.kernels.activate(activation, arena + row.lowerBound, count: row.count)
      }
    }
    drop(in: output, image, pass.kernels)
  }

  func backward(_ image: ImageState, _ pass: ConvolutionalPass, into sum: GradientSum) {
    let (arena, kernels) = (image.arena, pass.kernels)
    if readsGrown { clearGrown(arena) }
    if passesActivation { passActivation(image, kernels) }
    sumKernel(arena, pass, into: sum)
    kernels.sumPixels(
      arena + outputGradient.origin, rows: output.height, columns: output.width, outputs: weights.bias.storedCount,
      grid: outputGradient.grid, accumulate: sum.images > 0, sums: sum.gradient + weights.bias.offset)
    guard let dx = input.gradient else { return }
    if let winograd, let shape = winograd.backward {
      kernels.convolve(
        shape, x: arena + outputGradient.origin, points: pass.slab.points.start + winograd.backwardPoints,
        gate: arena + input.volume.origin, scratch: arena + pass.plan.scratch, y: arena + dx.origin)
      return
    }
    let kernel =
      weights.kernel.transposedOffset.map { pass.slab.transposed.start + $0 }
      ?? pass.slab.values.start + weights.kernel.offset
    for part in backward {
      kernels.correlate(
        part.shape, x: arena + part.x, weights: kernel, gate: part.gate.map { arena + $0 }, y: arena + part.y)
    }
  }

  /// Computes the kernel's gradient from that of Winograd's points.
  func finish(images: Int, arena: SlabPointer, gradient: SlabPointer, _ pass: ConvolutionalPass) {
    guard let winograd, let sums = winograd.gradient else { return }
    pass.kernels.kernelGradient(
      of: winograd.forward, pictures: images, sums: arena + sums.sums,
      totals: (arena + sums.totals).doubles(winograd.forward.pointCount), into: gradient + weights.kernel.offset)
  }

  /// Adds one image's part of the kernel's gradient, or of that of its points until `finish`.
  private func sumKernel(_ arena: SlabPointer, _ pass: ConvolutionalPass, into sum: GradientSum) {
    guard let winograd, let sums = winograd.gradient else {
      pass.kernels.outerSum(
        gradient, a: arena + gradientA, b: arena + gradientB, weights: sum.gradient + weights.kernel.offset,
        accumulate: sum.images > 0)
      return
    }
    pass.kernels.addPointGradient(
      winograd.forward, x: arena + input.volume.origin, gradient: arena + outputGradient.origin, pictures: sum.images,
      scratch: arena + pass.plan.scratch, sums: arena + sums.sums,
      totals: (arena + sums.totals).doubles(winograd.forward.pointCount))
  }

  /// Sets the gradient by the rows and columns beyond the output to 0.
  private func clearGrown(_ arena: SlabPointer) {
    let (whole, step) = (outputGradient, outputGradient.grid.step)
    for row in 0..<whole.height {
      let first = row < output.height ? output.width : 0
      (arena + (whole.origin + whole.grid.offset(row, first))).update(repeating: 0, count: (whole.width - first) * step)
    }
  }

  /// Turns the gradient by the activation into the one by its sums.
  private func passActivation(_ image: ImageState, _ kernels: Kernels) {
    // The activations of dropped units are 0, which is no sign of it: the same draws drop their gradients.
    let target = outputGradient.corner(height: output.height, width: output.width)
    drop(in: target, image, kernels)
    for line in 0..<output.height {
      let (y, g) = (output.row(line), target.row(line))
      kernels.activationGradient(
        activation, y: image.arena + y.lowerBound, scale: 1 / (1 - image.perturbation.dropout),
        gradient: image.arena + g.lowerBound, count: g.count)
    }
  }

  /// Applies dropout to the activation or the gradient by it, row by row; padding is included, so that the draws do not depend on
  /// kernels.
  private func drop(in target: Volume, _ image: ImageState, _ kernels: Kernels) {
    let perturbation = image.perturbation
    guard perturbation.dropout > 0 else { return }
    let stream = RandomStream(
      seed: perturbation.seed, name: "dropout/" + name, index: image.number, epoch: perturbation.epoch)
    for line in 0..<target.height {
      let row = target.row(line)
      kernels.dropout(
        image.arena + row.lowerBound, count: row.count, rate: perturbation.dropout, stream: stream,
        firstBlock: line * (row.count / 4))
    }
  }
}

extension Volume {
  /// Returns the floats of a row of pixels, padding included, in the arena.
  fileprivate func row(_ line: Int) -> Range<Int> {
    let start = origin + line * grid.row
    return start..<start + width * grid.step
  }
}
