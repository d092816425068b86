// Autoencoder+Timing.swift
// A training step that measures the time of each layer.

import Parallel
package import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The seconds of one thread, summed over a batch, for each layer.
package struct StepTimes: Hashable, Sendable {
  /// One entry for each of the autoencoder's layers; the input's entry is the loading of images, with noise.
  package var forward: [Double]
  /// The gradients by weights and by input; 0 at the input itself.
  package var backward: [Double]
  /// The loss, and its gradient by the logits.
  package var loss = 0.0
  /// Summing the shards' gradients, Adam, and the data derived from the new weights.
  package var update = 0.0

  init(layers: Int) {
    forward = Array(repeating: 0, count: layers)
    backward = forward
  }

  /// The seconds of the whole step.
  package var sum: Double { forward.reduce(0, +) + backward.reduce(0, +) + loss + update }
}

extension Autoencoder {
  /// Takes the same step as `step`, with a bit-identical result, but on the caller's thread only.
  /// - Returns: the time of each layer.
  package func timedStep(
    pixels: UnsafeBufferPointer<UInt8>, batch: ArraySlice<Int32>, perturbation: Perturbation, optimizer: OptimizerStep
  ) -> StepTimes {
    precondition(batch.count <= batchSize && !batch.isEmpty, "a batch of 1 to \(batchSize) images")
    var times = StepTimes(layers: layers.count)
    let pass = updatePass
    var optimizer = optimizer
    let isClipped = optimizer.clipNorm.isFinite
    switch plan {
    case .convolutional(let convolutional):
      timeGradients(convolutional, SharedPixels(pixels), batch, perturbation, &times)
      var watch = Stopwatch()
      if isClipped { clip(&optimizer, batchCount: batch.count) }
      for unit in updates {
        if !isClipped { pass.completeGradient(of: unit, batchCount: batch.count) }
        _ = pass.update(unit, optimizer: optimizer)
      }
      for index in slab.winogradKernels.indices { slab.computeWinogradKernel(index, with: kernels) }
      times.update += watch.lap()
    case .dense(let dense):
      let layerOfParameter = slab.parameters.map { parameter in
        layers.firstIndex { $0.parameters.contains(parameter.name) } ?? 0
      }
      timeGradients(dense, SharedPixels(pixels), batch, perturbation, &times)
      var watch = Stopwatch()
      if isClipped { clip(&optimizer, batchCount: batch.count) }
      for unit in updates {
        if !isClipped { pass.completeGradient(of: unit, batchCount: batch.count) }
        times.backward[layerOfParameter[unit.parameter]] += watch.lap()
        _ = pass.update(unit, optimizer: optimizer)
        times.update += watch.lap()
      }
    }
    return times
  }

  /// Completes the gradient, and clips it by its norm.
  private func clip(_ optimizer: inout OptimizerStep, batchCount: Int) {
    let pass = updatePass
    let squares = updates.map { unit in
      pass.completeGradient(of: unit, batchCount: batchCount)
      return pass.squaredGradient(of: unit, optimizer: optimizer)
    }
    optimizer.clip(squares.reduce(0, +).squareRoot())
  }

  private func timeGradients(
    _ pass: ConvolutionalPass, _ bytes: SharedPixels, _ batch: ArraySlice<Int32>, _ perturbation: Perturbation,
    _ times: inout StepTimes
  ) {
    let (arena, crop) = (arenas[0].start, layers.count - 1)
    let sums = shardSums(pass)
    let scale = 1 / Float(batch.count * imageShape.count)
    for shard in 0..<partition.count {
      let range = partition.range(shard, of: batch.count)
      let sum = sums.begin(shard, worker: 0, count: range.count)
      var watch = Stopwatch()
      for (image, place) in range.enumerated() {
        let number = batch[batch.startIndex + place]
        let state = ImageState(number: UInt32(number), perturbation: perturbation, arena: arena)
        pass.load(bytes.base + Int(number) * imageShape.count, state)
        times.forward[0] += watch.lap()
        for (index, layer) in pass.plan.layers.enumerated() {
          layer.forward(state, pass)
          times.forward[index + 1] += watch.lap()
        }
        pass.crop(arena)
        times.forward[crop] += watch.lap()
        _ = pass.addLoss(scale: scale, arena: arena)
        times.loss += watch.lap()
        pass.uncrop(arena)
        times.backward[crop] += watch.lap()
        let place = sum.place(ofImage: image, scale: scale)
        for (index, layer) in pass.plan.layers.enumerated().reversed() {
          layer.backward(state, pass, into: place)
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
    for group in 0..<(batch.count + partition.images - 1) / partition.images {
      let state = BatchState(
        rows: partition.range(group, of: batch.count), number: { UInt32(batch[batch.startIndex + $0]) },
        perturbation: perturbation, arena: arena, scale: scale)
      var watch = Stopwatch()
      pass.load(bytes, state)
      times.forward[0] += watch.lap()
      for (index, layer) in pass.plan.layers.enumerated() {
        layer.forward(state, pass)
        times.forward[index + 1] += watch.lap()
      }
      pass.addLoss(state, losses: losses)
      times.loss += watch.lap()
      for (index, layer) in pass.plan.layers.enumerated().reversed() {
        layer.backward(state, pass)
        times.backward[index + 1] += watch.lap()
      }
    }
  }
}

/// Measures seconds with a monotonic clock, from its creation on; a lap costs some tens of nanoseconds.
package struct Stopwatch {
  private var last = Stopwatch.now()

  package init() {}

  /// Returns the seconds since the last lap, or the start, and begins the next lap.
  package mutating func lap() -> Double {
    let now = Stopwatch.now()
    defer { last = now }
    return now - last
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
