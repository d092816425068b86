// DensePass.swift
// Forward and backward passes of rows of a batch through a fully connected autoencoder, and the gradients by its weights.

import Parallel
import Tensors

/// The plan of a fully connected autoencoder, with the weights and kernels that carry it out.
struct DensePass: Sendable {
  let plan: DensePlan
  let slab: ParameterSlab
  let kernels: Kernels
  let image: ImageShape
  let loss: Loss

  /// Converts an image's bytes to the clean row and, with noise, to the input's row.
  func load(
    _ bytes: UnsafePointer<UInt8>, row: Int, number: UInt32, perturbation: Perturbation,
    arena: SlabPointer
  ) {
    let clean = arena + plan.clean.offset + row * plan.clean.length
    let seen = arena + plan.activations[0].offset + row * plan.activations[0].length
    kernels.floats(from: bytes, count: image.count, into: clean)
    seen.update(from: clean, count: image.count)
    perturbation.addNoise(to: seen, count: image.count, number: number, with: kernels)
  }

  /// Computes rows `rows` of all activations, from the input to the logits.
  /// - Parameters:
  ///   - last: the index of the last layer to compute; all, if nil. The layers are the input and one for each stage.
  ///   - number: returns the number of a row's image, for dropout.
  func forward(
    rows: Range<Int>, perturbation: Perturbation, arena: SlabPointer, through last: Int? = nil,
    number: (Int) -> UInt32
  ) {
    for index in 0..<min(last ?? plan.stages.count, plan.stages.count) {
      forward(stage: index, rows: rows, perturbation: perturbation, arena: arena, number: number)
    }
  }

  /// Computes rows `rows` of one stage's activation from the one before it.
  func forward(
    stage index: Int, rows: Range<Int>, perturbation: Perturbation, arena: SlabPointer,
    number: (Int) -> UInt32
  ) {
    let stage = plan.stages[index]
    let (x, y) = (plan.activations[index], plan.activations[index + 1])
    let shape = correlation(
      rows: rows.count, from: x, to: y, epilogue: stage.activation == .relu ? .biasReLU : .bias)
    kernels.correlate(
      shape, x: arena + x.offset + rows.lowerBound * x.length, weights: slab.values.start + stage.kernel.offset,
      bias: slab.values.start + stage.bias.offset, y: arena + y.offset + rows.lowerBound * y.length)
    guard stage.activation != .linear else { return }
    if stage.activation != .relu {
      kernels.activate(
        stage.activation, arena + y.offset + rows.lowerBound * y.length, count: rows.count * y.length)
    }
    drop(stage, of: y, rows: rows, perturbation: perturbation, arena: arena, number: number)
  }

  /// Drops some of a stage's activations in rows of `target`, or the gradients by them.
  private func drop(
    _ stage: DensePlan.Stage, of target: DensePlan.Rows, rows: Range<Int>, perturbation: Perturbation,
    arena: SlabPointer, number: (Int) -> UInt32
  ) {
    guard perturbation.dropout > 0 else { return }
    for row in rows {
      kernels.dropout(
        arena + target.offset + row * target.length, count: target.length, rate: perturbation.dropout,
        stream: RandomStream(
          seed: perturbation.seed, name: "dropout/" + stage.name, index: number(row), epoch: perturbation.epoch),
        firstBlock: 0)
    }
  }

  /// Computes the loss's gradients by the activations of `rows`, and each row's loss, summed over its elements.
  func backward(
    rows: Range<Int>, scale: Float, perturbation: Perturbation, arena: SlabPointer, losses: SharedResults,
    number: (Int) -> UInt32
  ) {
    addLoss(rows: rows, scale: scale, arena: arena, losses: losses)
    for index in plan.stages.indices.reversed() {
      inputGradient(stage: index, rows: rows, perturbation: perturbation, arena: arena, number: number)
    }
  }

  /// Computes each row's loss, summed over its elements, and its gradient by the logits.
  func addLoss(rows: Range<Int>, scale: Float, arena: SlabPointer, losses: SharedResults) {
    let (logits, dLogits) = (plan.activations[plan.stages.count], plan.gradients[plan.stages.count])
    for row in rows {
      losses[row] = kernels.loss(
        loss, logits: arena + logits.offset + row * logits.length,
        targets: arena + plan.clean.offset + row * plan.clean.length,
        gradient: arena + dLogits.offset + row * dLogits.length, count: image.count, scale: scale)
    }
  }

  /// Computes the gradient by the sums of the stage before from the one by a stage's sums; the first stage needs none.
  func inputGradient(
    stage index: Int, rows: Range<Int>, perturbation: Perturbation, arena: SlabPointer, number: (Int) -> UInt32
  ) {
    guard let transposedOffset = plan.stages[index].kernel.transposedOffset else { return }
    let (x, dx, dy) = (plan.activations[index], plan.gradients[index], plan.gradients[index + 1])
    let (before, dropoutScale) = (plan.stages[index - 1], 1 / (1 - perturbation.dropout))
    let isGated = before.activation == .relu
    let shape = correlation(rows: rows.count, from: dy, to: dx, epilogue: isGated ? .gate(scale: dropoutScale) : .plain)
    kernels.correlate(
      shape, x: arena + dy.offset + rows.lowerBound * dy.length, weights: slab.transposed.start + transposedOffset,
      gate: arena + x.offset + rows.lowerBound * x.length, y: arena + dx.offset + rows.lowerBound * dx.length)
    if isGated || before.activation == .linear { return }
    // The activations of dropped units are 0, which is no sign of it: the same draws drop their gradients.
    drop(before, of: dx, rows: rows, perturbation: perturbation, arena: arena, number: number)
    kernels.activationGradient(
      before.activation, y: arena + x.offset + rows.lowerBound * x.length,
      scale: perturbation.dropout > 0 ? dropoutScale : 1, gradient: arena + dx.offset + rows.lowerBound * dx.length,
      count: rows.count * dx.length)
  }

  /// Computes the gradient of inputs `inputs` of a stage's kernel, summed over all `rows` rows of the batch.
  func kernelGradient(stage index: Int, inputs: Range<Int>, rows: Int, arena: SlabPointer) {
    let kernel = plan.stages[index].kernel
    let (x, dy) = (plan.activations[index], plan.gradients[index + 1])
    let shape = OuterSum(
      rows: 1, columns: rows, channels: inputs.count, outputs: dy.length, a: PixelGrid(step: x.length, row: 0),
      b: PixelGrid(step: dy.length, row: 0), taps: [Tap(0, 0)])
    kernels.outerSum(
      shape, a: arena + x.offset + inputs.lowerBound, b: arena + dy.offset,
      weights: slab.gradient.start + kernel.offset + inputs.lowerBound * kernel.rowLength, accumulate: false)
  }

  /// Computes the gradient of a stage's bias, summed over all `rows` rows of the batch.
  func biasGradient(stage index: Int, rows: Int, arena: SlabPointer) {
    let dy = plan.gradients[index + 1]
    kernels.sumPixels(
      arena + dy.offset, rows: 1, columns: rows, outputs: dy.length, grid: PixelGrid(step: dy.length, row: 0),
      accumulate: false, sums: slab.gradient.start + plan.stages[index].bias.offset)
  }

  private func correlation(rows: Int, from x: DensePlan.Rows, to y: DensePlan.Rows, epilogue: Correlation.Epilogue)
    -> Correlation
  {
    Correlation(
      rows: 1, columns: rows, channels: x.units, outputs: y.length, x: PixelGrid(step: x.length, row: 0),
      y: PixelGrid(step: y.length, row: 0), taps: [Tap(0, 0)], epilogue: epilogue)
  }
}
