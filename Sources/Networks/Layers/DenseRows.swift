// DenseRows.swift
// A dense layer of a fully connected autoencoder, and the gradients by its weights, summed over a batch.

import Tensors

/// y = f(x w + b), then dropout, for rows of a batch.
final class DenseRows: RowLayer {
  let name: String
  let weights: WeightPair
  let activation: Activation
  private let input: RowSignal
  private let output: RowSignal

  init(name: String, weights: WeightPair, activation: Activation, input: RowSignal, output: RowSignal) {
    self.name = name
    self.weights = weights
    self.activation = activation
    self.input = input
    self.output = output
  }

  func forward(_ batch: BatchState, _ pass: DensePass) {
    let (x, y, first) = (input.values, output.values, batch.rows.lowerBound)
    let shape = correlation(
      rows: batch.rows.count, from: x, to: y, epilogue: activation == .relu ? .biasReLU : .bias)
    pass.kernels.correlate(
      shape, x: batch.arena + x.place(first), weights: pass.slab.values.start + weights.kernel.offset,
      bias: pass.slab.values.start + weights.bias.offset, y: batch.arena + y.place(first))
    guard activation != .linear else { return }
    if activation != .relu {
      pass.kernels.activate(activation, batch.arena + y.place(first), count: batch.rows.count * y.length)
    }
    drop(y, batch, pass.kernels)
  }

  func backward(_ batch: BatchState, _ pass: DensePass) {
    // The first layer needs no gradient by its input.
    guard let transposedOffset = weights.kernel.transposedOffset else { return }
    let (x, dx, dy, first) = (input.values, input.gradient, output.gradient, batch.rows.lowerBound)
    let dropoutScale = 1 / (1 - batch.perturbation.dropout)
    let isGated = input.source?.activation == .relu
    let shape = correlation(
      rows: batch.rows.count, from: dy, to: dx, epilogue: isGated ? .gate(scale: dropoutScale) : .plain)
    pass.kernels.correlate(
      shape, x: batch.arena + dy.place(first), weights: pass.slab.transposed.start + transposedOffset,
      gate: batch.arena + x.place(first), y: batch.arena + dx.place(first))
    if !isGated { input.source?.passActivation(batch, pass.kernels) }
  }

  /// Turns the gradient by this layer's output into the one by its sums.
  private func passActivation(_ batch: BatchState, _ kernels: Kernels) {
    guard activation != .linear else { return }
    // The activations of dropped units are 0, which is no sign of it: the same draws drop their gradients.
    drop(output.gradient, batch, kernels)
    let first = batch.rows.lowerBound
    kernels.activationGradient(
      activation, y: batch.arena + output.values.place(first), scale: 1 / (1 - batch.perturbation.dropout),
      gradient: batch.arena + output.gradient.place(first), count: batch.rows.count * output.gradient.length)
  }

  /// Drops some activations in rows of `target`, or the gradients by them.
  private func drop(_ target: Rows, _ batch: BatchState, _ kernels: Kernels) {
    let perturbation = batch.perturbation
    guard perturbation.dropout > 0 else { return }
    for row in batch.rows {
      kernels.dropout(
        batch.arena + target.place(row), count: target.length, rate: perturbation.dropout,
        stream: RandomStream(
          seed: perturbation.seed, name: "dropout/" + name, index: batch.number(row), epoch: perturbation.epoch),
        firstBlock: 0)
    }
  }

  /// Computes the gradient of inputs `inputs` of the kernel, summed over all `rows` rows of the batch.
  func kernelGradient(inputs: Range<Int>, rows: Int, arena: SlabPointer, _ pass: DensePass) {
    let (x, dy, kernel) = (input.values, output.gradient, weights.kernel)
    let shape = OuterSum(
      rows: 1, columns: rows, channels: inputs.count, outputs: dy.length, a: PixelGrid(step: x.length, row: 0),
      b: PixelGrid(step: dy.length, row: 0), taps: [Tap(0, 0)])
    pass.kernels.outerSum(
      shape, a: arena + x.offset + inputs.lowerBound, b: arena + dy.offset,
      weights: pass.slab.gradient.start + kernel.offset + inputs.lowerBound * kernel.rowLength, accumulate: false)
  }

  /// Computes the gradient of the bias, summed over all `rows` rows of the batch.
  func biasGradient(rows: Int, arena: SlabPointer, _ pass: DensePass) {
    let dy = output.gradient
    pass.kernels.sumPixels(
      arena + dy.offset, rows: 1, columns: rows, outputs: dy.length, grid: PixelGrid(step: dy.length, row: 0),
      accumulate: false, sums: pass.slab.gradient.start + weights.bias.offset)
  }

  private func correlation(rows: Int, from x: Rows, to y: Rows, epilogue: Correlation.Epilogue) -> Correlation {
    Correlation(
      rows: 1, columns: rows, channels: x.units, outputs: y.length, x: PixelGrid(step: x.length, row: 0),
      y: PixelGrid(step: y.length, row: 0), taps: [Tap(0, 0)], epilogue: epilogue)
  }
}
