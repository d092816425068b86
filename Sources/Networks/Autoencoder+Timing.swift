// Autoencoder+Timing.swift
// A training step that keeps an account of its time, and the arithmetic that the time is held against.

import Parallel
package import Tensors

extension Layer {
  /// Floating-point operations for one image by the direct algorithm: a multiply-add is two.
  package var forwardOperations: Int { 2 * multiplyAdds }
}

extension Autoencoder {
  /// Floating-point operations for one image of a layer's two gradients; the first layer with weights has but one.
  package func backwardOperations(ofLayer index: Int) -> Int {
    let isFirst = index == layers.firstIndex { $0.multiplyAdds > 0 }
    return layers[index].forwardOperations * (isFirst ? 1 : 2)
  }

  /// Floating-point operations of a training step for one image: three times the forward pass, less the gradient by the
  /// image that nobody needs.
  package var trainingOperations: Int {
    layers.indices.reduce(0) { $0 + layers[$1].forwardOperations + backwardOperations(ofLayer: $1) }
  }

  /// A step as `step` makes it, with the same result bit by bit, but on the caller's thread alone.
  /// - Returns: where its time went.
  package func timedStep(
    pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>, perturbation: Perturbation, adam: AdamStep
  ) -> StepTimes {
    precondition(batch.count <= batchSize && !batch.isEmpty, "a batch of 1 to \(batchSize) images")
    var times = StepTimes(layers: layers.count)
    let pass = updatePass
    switch plan {
    case .convolutional(let convolutional):
      timeGradients(convolutional, SharedPixels(pixels), batch, perturbation, &times)
      var watch = Stopwatch()
      for unit in updates {
        pass.completeGradient(of: unit, batchCount: batch.count)
        _ = pass.update(unit, adam: adam)
      }
      for index in slab.kernelPoints.indices { slab.computePoints(index, with: kernels) }
      times.update += watch.lap()
    case .dense(let dense):
      timeGradients(dense, SharedPixels(pixels), batch, perturbation, &times)
      var watch = Stopwatch()
      for unit in updates {
        pass.completeGradient(of: unit, batchCount: batch.count)
        times.backward[unit.parameter / 2 + 1] += watch.lap()
        _ = pass.update(unit, adam: adam)
        times.update += watch.lap()
      }
    }
    return times
  }

  private func timeGradients(
    _ pass: ConvolutionalPass, _ bytes: SharedPixels, _ batch: ArraySlice<Int32>, _ perturbation: Perturbation,
    _ times: inout StepTimes
  ) {
    let (arena, stages, crop) = (arenas[0].start, pass.plan.stages, layers.count - 1)
    let sums = shardSums(pass)
    let scale = 1 / Float(batch.count * imageShape.count)
    for shard in 0..<shards.count {
      let range = shards.range(shard, of: batch.count)
      let sum = sums.begin(shard, worker: 0, count: range.count)
      var watch = Stopwatch()
      for (image, place) in range.enumerated() {
        let number = batch[batch.startIndex + place]
        pass.load(
          bytes.base + Int(number) * imageShape.count, number: UInt32(number), perturbation: perturbation, arena: arena)
        times.forward[0] += watch.lap()
        for (index, stage) in stages.enumerated() {
          pass.forward(stage, number: UInt32(number), perturbation: perturbation, arena: arena)
          times.forward[index + 1] += watch.lap()
        }
        pass.crop(arena)
        times.forward[crop] += watch.lap()
        _ = pass.loss(scale: scale, arena: arena)
        times.loss += watch.lap()
        pass.uncrop(arena)
        times.backward[crop] += watch.lap()
        for (index, stage) in stages.enumerated().reversed() {
          pass.backward(
            stage, arena: arena, gradient: sum.gradient, images: sum.imagesInRun(before: image))
          times.backward[index + 1] += watch.lap()
        }
        sum.finish(after: image)
        times.update += watch.lap()
      }
    }
  }

  private func timeGradients(
    _ pass: DensePass, _ bytes: SharedPixels, _ batch: ArraySlice<Int32>, _ perturbation: Perturbation,
    _ times: inout StepTimes
  ) {
    let (arena, losses) = (arenas[0].start, SharedResults(count: batch.count))
    let scale = 1 / Float(batch.count * imageShape.count)
    for group in 0..<(batch.count + shards.images - 1) / shards.images {
      let rows = shards.range(group, of: batch.count)
      var watch = Stopwatch()
      for row in rows {
        let number = batch[batch.startIndex + row]
        pass.load(
          bytes.base + Int(number) * imageShape.count, row: row, number: UInt32(number), perturbation: perturbation,
          arena: arena)
      }
      times.forward[0] += watch.lap()
      for index in pass.plan.stages.indices {
        pass.forward(stage: index, rows: rows, perturbation: perturbation, arena: arena) { row in
          UInt32(batch[batch.startIndex + row])
        }
        times.forward[index + 1] += watch.lap()
      }
      pass.loss(rows: rows, scale: scale, arena: arena, losses: losses)
      times.loss += watch.lap()
      for index in pass.plan.stages.indices.reversed() {
        pass.inputGradient(stage: index, rows: rows, dropout: perturbation.dropout, arena: arena)
        times.backward[index + 1] += watch.lap()
      }
    }
  }
}
