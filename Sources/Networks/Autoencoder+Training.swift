// Autoencoder+Training.swift
// One step: the batch's loss, its gradients, and Adam.

import Parallel
package import Tensors

/// What a step computed, all before its update.
package struct StepResult: Hashable, Sendable {
  /// Sigmoid cross entropy, mean over the batch's elements.
  package let reconstructionLoss: Double
  /// With weight decay · ½Σw² over the kernels.
  package let totalLoss: Double
  /// Euclidean norm of the gradient of the total loss; not finite where the loss is not.
  package let gradientNorm: Double
  /// True where the weights and moments were left as they are.
  package let isSkipped: Bool
}

extension Autoencoder {
  /// One step of Adam on a batch.
  ///
  /// - Parameters:
  ///   - pixels: the training set, image after image, 8 bits.
  ///   - batch: numbers of the images in this batch, at most `batchSize`.
  ///   - adam: this step's rate and decay.
  ///   - skipsNonFinite: the weights are left as they are where the gradient is not finite. Where the loss is not, they
  ///     always are.
  package func step(
    pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>, perturbation: Perturbation, adam: AdamStep,
    skipsNonFinite: Bool = false
  ) -> StepResult {
    precondition(batch.count <= batchSize && !batch.isEmpty, "a batch of 1 to \(batchSize) images")
    let losses =
      switch plan {
      case .convolutional(let pass):
        convolutionalGradients(pass, pixels: pixels, batch: batch, perturbation: perturbation)
      case .dense(let pass): denseActivations(pass, pixels: pixels, batch: batch, perturbation: perturbation)
      }
    let reconstruction = losses.reduce(0, +) / Double(batch.count * imageShape.count)
    if !reconstruction.isFinite || skipsNonFinite && !completeGradient(batchCount: batch.count, adam: adam) {
      return StepResult(
        reconstructionLoss: reconstruction, totalLoss: .nan, gradientNorm: .nan, isSkipped: true)
    }
    let sums = updateWeights(batchCount: batch.count, adam: adam, isComplete: skipsNonFinite)
    return StepResult(
      reconstructionLoss: reconstruction, totalLoss: reconstruction + Double(adam.decay) * 0.5 * sums.weights,
      gradientNorm: sums.gradient.squareRoot(), isSkipped: false)
  }

  /// Shard after shard: forward and backward image by image, each shard's gradient in its own slab.
  private func convolutionalGradients(
    _ pass: ConvolutionalPass, pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>,
    perturbation: Perturbation
  ) -> [Double] {
    let bytes = SharedPixels(pixels)
    let losses = SharedResults(count: shards.count)
    let (shards, sums, elements) = (self.shards, shardSums(pass), imageShape.count)
    let scale = 1 / Float(batch.count * elements)
    pool.forEach(shards.count) { shard, worker in
      let range = shards.range(shard, of: batch.count)
      let sum = sums.begin(shard, worker: worker, count: range.count)
      let arena = sum.arena
      var loss = 0.0
      for (image, place) in range.enumerated() {
        let number = batch[batch.startIndex + place]
        pass.load(
          bytes.base + Int(number) * elements, number: UInt32(number), perturbation: perturbation, arena: arena)
        pass.forward(number: UInt32(number), perturbation: perturbation, arena: arena)
        loss += pass.backward(
          scale: scale, arena: arena, gradient: sum.gradient, images: sum.imagesInRun(before: image))
        sum.finish(after: image)
      }
      losses[shard] = loss
    }
    return losses.values
  }

  /// Group after group of rows: forward, and the gradients by activations; weights' gradients come with the update.
  private func denseActivations(
    _ pass: DensePass, pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>, perturbation: Perturbation
  ) -> [Double] {
    let bytes = SharedPixels(pixels)
    let groups = (batch.count + shards.images - 1) / shards.images
    let losses = SharedResults(count: batch.count)
    let (arena, shards, elements, dropout) = (arenas[0], self.shards, imageShape.count, perturbation.dropout)
    let scale = 1 / Float(batch.count * elements)
    pool.forEach(groups) { group, _ in
      let rows = shards.range(group, of: batch.count)
      for row in rows {
        let number = batch[batch.startIndex + row]
        pass.load(
          bytes.base + Int(number) * elements, row: row, number: UInt32(number), perturbation: perturbation,
          arena: arena.start)
      }
      pass.forward(rows: rows, perturbation: perturbation, arena: arena.start) { row in
        UInt32(batch[batch.startIndex + row])
      }
      pass.backward(rows: rows, scale: scale, dropout: dropout, arena: arena.start, losses: losses)
    }
    return losses.values
  }

  /// The whole batch's gradient, before anything is updated.
  /// - Returns: whether all of it is finite.
  private func completeGradient(batchCount: Int, adam: AdamStep) -> Bool {
    let faults = SharedResults(count: updates.count)
    let (updates, pass) = (self.updates, updatePass)
    pool.forEach(updates.count) { index, _ in
      pass.completeGradient(of: updates[index], batchCount: batchCount)
      faults[index] = pass.isGradientFinite(of: updates[index], adam: adam) ? 0 : 1
    }
    return faults.values.allSatisfy { $0 == 0 }
  }

  /// Completes the gradient piece by piece, and updates that piece while it is in cache.
  private func updateWeights(batchCount: Int, adam: AdamStep, isComplete: Bool) -> (gradient: Double, weights: Double) {
    let gradientSums = SharedResults(count: updates.count)
    let weightSums = SharedResults(count: updates.count)
    let (updates, pass) = (self.updates, updatePass)
    pool.forEach(updates.count) { index, _ in
      if !isComplete { pass.completeGradient(of: updates[index], batchCount: batchCount) }
      let sums = pass.update(updates[index], adam: adam)
      gradientSums[index] = sums.gradient
      weightSums[index] = sums.weights
    }
    let (slab, kernels) = (self.slab, self.kernels)
    pool.forEach(slab.kernelPoints.count) { index, _ in slab.computePoints(index, with: kernels) }
    return (gradientSums.values.reduce(0, +), weightSums.values.reduce(0, +))
  }
}

/// Read-only bytes that a loop's threads share.
struct SharedPixels: @unchecked Sendable {
  let base: UnsafePointer<UInt8>

  /// - Precondition: not empty.
  init(_ pixels: UnsafeBufferPointer<UInt8>) {
    guard let base = pixels.baseAddress else { preconditionFailure("no pixels") }
    self.base = base
  }
}
