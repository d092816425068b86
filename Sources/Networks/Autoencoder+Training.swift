// Autoencoder+Training.swift
// One training step: the batch's loss, its gradients, and the update; and where numbers first stopped being finite.

import Parallel
package import Tensors

/// The losses and the gradient's norm of a step, before its update.
package struct StepResult: Hashable, Sendable {
  /// The mean over the batch's elements.
  package let reconstructionLoss: Double
  /// Variational models: the divergence of the codes from the standard normal distribution, mean over the batch, per element of an
  /// image as the losses; 0 for others.
  package let divergence: Double
  /// The reconstruction loss plus β · divergence plus weight decay · ½Σw² over the kernels.
  package let totalLoss: Double
  /// Euclidean norm of the gradient of the total loss, before clipping; not finite if the loss is not.
  package let gradientNorm: Double
  /// Whether the weights and moments were left unchanged.
  package let isSkipped: Bool
}

extension Autoencoder {
  /// Takes one step of the optimizer on a batch.
  ///
  /// - Parameters:
  ///   - pixels: the training set, image after image, 8 bits.
  ///   - batch: numbers of the images in this batch, at most `batchSize`.
  ///   - optimizer: this step's rate and decay.
  ///   - skipsNonFinite: whether the weights are left unchanged if the gradient is not finite. If the loss is not
  ///     finite, they always are.
  package func step(
    pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>, perturbation: Perturbation, optimizer: OptimizerStep,
    skipsNonFinite: Bool = false
  ) -> StepResult {
    precondition(batch.count <= batchSize && !batch.isEmpty, "a batch of 1 to \(batchSize) images")
    let losses =
      switch plan {
      case .convolutional(let pass):
        convolutionalGradients(pass, pixels: pixels, batch: batch, perturbation: perturbation)
      case .dense(let pass): denseActivations(pass, pixels: pixels, batch: batch, perturbation: perturbation)
      }
    let elements = Double(batch.count * imageShape.count)
    let reconstruction = losses.values.reduce(0, +) / elements
    let divergence = losses.divergences.reduce(0, +) / elements
    var optimizer = optimizer
    let isLossFinite = (reconstruction + divergence).isFinite
    let isComplete = skipsNonFinite || optimizer.clipNorm.isFinite
    let norm =
      isLossFinite && isComplete ? completeGradient(batchCount: batch.count, optimizer: optimizer) : 0
    if !isLossFinite || skipsNonFinite && !norm.isFinite {
      return StepResult(
        reconstructionLoss: reconstruction, divergence: divergence, totalLoss: .nan, gradientNorm: .nan, isSkipped: true
      )
    }
    optimizer.clip(norm)
    let sums = updateWeights(batchCount: batch.count, optimizer: optimizer, isComplete: isComplete)
    return StepResult(
      reconstructionLoss: reconstruction, divergence: divergence,
      totalLoss: reconstruction + Double(beta) * divergence + Double(optimizer.decay) * 0.5 * sums.weights,
      gradientNorm: sums.gradient.squareRoot(), isSkipped: false)
  }

  /// Computes each shard's gradient in its own slab: forward and backward, image by image.
  /// - Returns: the summed losses of each shard.
  private func convolutionalGradients(
    _ pass: ConvolutionalPass, pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>,
    perturbation: Perturbation
  ) -> BatchLosses {
    let bytes = SharedPixels(pixels)
    let losses = SharedResults(count: partition.count)
    let divergences = SharedResults(count: partition.count)
    let (partition, sums, elements) = (self.partition, shardSums(pass), imageShape.count)
    let scale = 1 / Float(batch.count * elements)
    pool.forEach(partition.count) { shard, worker in
      let range = partition.range(shard, of: batch.count)
      let sum = sums.begin(shard, worker: worker, count: range.count)
      var (loss, divergence) = (0.0, 0.0)
      for (image, place) in range.enumerated() {
        let number = batch[batch.startIndex + place]
        let state = ImageState(number: UInt32(number), perturbation: perturbation, arena: sum.arena)
        pass.load(bytes.base + Int(number) * elements, state)
        pass.forward(state)
        loss += pass.backward(state, into: sum.place(ofImage: image, scale: scale))
        divergence += pass.divergence(sum.arena)
        sum.finish(after: image)
      }
      losses[shard] = loss
      divergences[shard] = divergence
    }
    return BatchLosses(values: losses.values, divergences: divergences.values)
  }

  /// Computes the activations of each group of rows and the gradients by them; the update computes the weights' gradients.
  /// - Returns: the summed losses of each row.
  private func denseActivations(
    _ pass: DensePass, pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>, perturbation: Perturbation
  ) -> BatchLosses {
    let bytes = SharedPixels(pixels)
    let groups = (batch.count + partition.images - 1) / partition.images
    let losses = SharedResults(count: batch.count)
    let divergences = SharedResults(count: batch.count)
    let (arena, partition) = (arenas[0], self.partition)
    let scale = 1 / Float(batch.count * imageShape.count)
    pool.forEach(groups) { group, _ in
      let state = BatchState(
        rows: partition.range(group, of: batch.count), number: { UInt32(batch[batch.startIndex + $0]) },
        perturbation: perturbation, arena: arena.start, scale: scale)
      pass.load(bytes, state)
      pass.forward(state)
      pass.backward(state, losses: losses)
      for row in state.rows { divergences[row] = pass.divergence(arena.start, row: row) }
    }
    return BatchLosses(values: losses.values, divergences: divergences.values)
  }

  /// Completes the whole batch's gradient, before anything is updated.
  /// - Returns: its norm; infinite if any of it is not finite.
  private func completeGradient(batchCount: Int, optimizer: OptimizerStep) -> Double {
    let squares = SharedResults(count: updates.count)
    let (updates, pass) = (self.updates, updatePass)
    pool.forEach(updates.count) { index, _ in
      pass.completeGradient(of: updates[index], batchCount: batchCount)
      squares[index] = pass.squaredGradient(of: updates[index], optimizer: optimizer)
    }
    return squares.values.reduce(0, +).squareRoot()
  }

  /// Completes the gradient piece by piece, and updates each piece while it is in cache.
  private func updateWeights(batchCount: Int, optimizer: OptimizerStep, isComplete: Bool) -> (
    gradient: Double, weights: Double
  ) {
    let gradientSums = SharedResults(count: updates.count)
    let weightSums = SharedResults(count: updates.count)
    let (updates, pass) = (self.updates, updatePass)
    pool.forEach(updates.count) { index, _ in
      if !isComplete { pass.completeGradient(of: updates[index], batchCount: batchCount) }
      let sums = pass.update(updates[index], optimizer: optimizer)
      gradientSums[index] = sums.gradient
      weightSums[index] = sums.weights
    }
    let (slab, kernels) = (self.slab, self.kernels)
    pool.forEach(slab.winogradKernels.count) { index, _ in slab.computeWinogradKernel(index, with: kernels) }
    return (gradientSums.values.reduce(0, +), weightSums.values.reduce(0, +))
  }
}

/// The losses of the parts of a batch, summed over the elements of their images.
private struct BatchLosses {
  let values: [Double]
  /// The divergence of the codes from the standard normal distribution, in nats; 0 if the model is not variational.
  let divergences: [Double]
}

/// Bytes that a loop's threads only read.
struct SharedPixels: @unchecked Sendable {
  let base: UnsafePointer<UInt8>

  /// - Precondition: there are pixels.
  init(_ pixels: UnsafeBufferPointer<UInt8>) {
    guard let base = pixels.baseAddress else { preconditionFailure("no pixels") }
    self.base = base
  }
}

extension Autoencoder {
  /// Returns the first layer, counted from the input, that has an activation of NaN or infinity for one of these images.
  package func firstNonFiniteLayer(
    pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>, perturbation: Perturbation
  ) -> String? {
    let sizes = layers.map(\.outputCount)
    let found = SharedResults(count: batch.count)
    for (place, number) in batch.enumerated() {
      found[place] = Double(layers.count)
      forEachImage(pixels, numbers: Int(number)..<Int(number) + 1, perturbation: perturbation) { image in
        let first = sizes.indices.first { layer in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: sizes[layer]) { buffer in
            buffer.initialize(repeating: 0)
            image.copyActivation(ofLayer: layer, into: buffer)
            return !buffer.allSatisfy(\.isFinite)
          }
        }
        if let first { found[place] = Double(first) }
      }
    }
    let first = Int(found.values.min() ?? Double(layers.count))
    return layers.indices.contains(first) ? layers[first].name : nil
  }

  /// The first parameter that holds NaN or infinity.
  package var firstNonFiniteParameter: String? {
    slab.parameters.first { !slab.numbers(of: $0, in: slab.values).allSatisfy(\.isFinite) }?.name
  }

  /// The parameter nearest to the output whose gradient of the last step has no finite norm.
  package var lastNonFiniteGradient: String? {
    slab.parameters.last { parameter in
      let sum = slab.numbers(of: parameter, in: slab.gradient).reduce(0.0) { $0 + Double($1 * $1) }
      return !(sum <= Double(Float.greatestFiniteMagnitude))
    }?.name
  }
}
