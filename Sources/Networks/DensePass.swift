// DensePass.swift
// Forward and backward passes of rows of a batch through a fully connected autoencoder.

import Parallel
import Tensors

/// The plan of a fully connected autoencoder, with the weights and kernels that carry it out.
struct DensePass: Sendable {
  let plan: DensePlan
  let slab: ParameterSlab
  let kernels: Kernels
  let image: ImageShape
  let loss: Loss

  private var input: Rows { plan.activations[0].values }
  private var logits: RowSignal { plan.activations[plan.layers.count] }

  /// Converts the bytes of each row's image to the clean row and, with noise, to the input's row.
  func load(_ pixels: SharedPixels, _ batch: BatchState) {
    for row in batch.rows {
      let number = batch.number(row)
      let (clean, seen) = (batch.arena + plan.clean.place(row), batch.arena + input.place(row))
      kernels.floats(from: pixels.base + Int(number) * image.count, count: image.count, into: clean)
      seen.update(from: clean, count: image.count)
      batch.perturbation.addNoise(to: seen, count: image.count, number: number, with: kernels)
    }
  }

  /// Computes the rows of all activations, from the input to the logits.
  /// - Parameter last: the index in the table of the last layer to compute; all, if nil.
  func forward(_ batch: BatchState, through last: Int? = nil) {
    // The table has the input, and one row for each layer.
    for layer in plan.layers.prefix(last ?? plan.layers.count) { layer.forward(batch, self) }
  }

  /// Computes the loss's gradients by the activations of the rows, and each row's loss, summed over its elements.
  func backward(_ batch: BatchState, losses: SharedResults) {
    addLoss(batch, losses: losses)
    for layer in plan.layers.reversed() { layer.backward(batch, self) }
  }

  /// Computes each row's loss, summed over its elements, and its gradient by the logits.
  func addLoss(_ batch: BatchState, losses: SharedResults) {
    for row in batch.rows {
      losses[row] = kernels.loss(
        loss, logits: batch.arena + logits.values.place(row), targets: batch.arena + plan.clean.place(row),
        gradient: batch.arena + logits.gradient.place(row), count: image.count, scale: batch.scale)
    }
  }

  /// Returns the divergence of a row's code from the standard normal distribution; 0 if the model is not variational.
  func divergence(_ arena: SlabPointer, row: Int) -> Double {
    guard let (distribution, statistics) = plan.distribution else { return 0 }
    return distribution.divergence(arena + statistics.place(row))
  }
}
