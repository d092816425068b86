// TimingTests.swift
// A timed step trains like any other step, and reports the time of every layer.

import Networks
import Parallel
import Tensors
import Testing

@Suite struct TimingTests {
  private static let cases: [(Architecture, Float)] = [
    (.convolutional(filters: [5, 8], downsampling: .pool), 0),
    (.convolutional(filters: [16, 3], downsampling: .stride), 0.25),
    (.fullyConnected(hiddenUnits: [40, 9]), 0.25),
  ]

  private func model(_ architecture: Architecture, dropout: Float, threads: ThreadAllowance) throws -> Autoencoder {
    try Autoencoder(
      architecture, imageShape: ImageShape(height: 9, width: 7, channels: 2), batchSize: 50, dropout: dropout,
      threads: threads)
  }

  private let pixels: [UInt8] = {
    var stream = RandomStream(seed: 0, name: "pixels")
    return (0..<60 * 126).map { _ in UInt8(truncatingIfNeeded: stream.nextWord()) }
  }()

  @Test("its result equals a step's bit for bit, also on a partial batch", arguments: cases)
  func sameBits(architecture: Architecture, dropout: Float) throws {
    let timed = try model(architecture, dropout: dropout, threads: 1)
    let plain = try model(architecture, dropout: dropout, threads: 2)
    pixels.withUnsafeBufferPointer { bytes in
      for (step, count) in [50, 13, 1, 50].enumerated() {
        let batch = (0..<count).map { Int32(($0 * 7 + step) % 60) }[...]
        let perturbation = Perturbation(noiseFactor: 0.1, dropout: dropout, seed: 3, epoch: UInt32(step))
        var adam = OptimizerStep(learningRate: 0.001, step: step + 1, decay: 1e-5)
        if step > 1 { adam.clipNorm = 1e-3 }
        _ = timed.timedStep(pixels: bytes, batch: batch, perturbation: perturbation, optimizer: adam)
        _ = plain.step(pixels: bytes, batch: batch, perturbation: perturbation, optimizer: adam)
      }
    }
    for slab in [\ParameterSlab.values, \.gradient, \.moment1, \.moment2] {
      let (got, want) = (timed.slab[keyPath: slab].values, plain.slab[keyPath: slab].values)
      #expect(got.map(\.bitPattern) == want.map(\.bitPattern))
    }
    #expect(timed.slab.values.values.contains { $0 != 0 })
  }

  @Test("every layer with arithmetic takes time, and all parts together no more than the whole", arguments: cases)
  func account(architecture: Architecture, dropout: Float) throws {
    let model = try model(architecture, dropout: dropout, threads: 1)
    var isComplete = false
    var times = timed(model).times
    for _ in 0..<5 where !isComplete {
      let whole: Double
      (times, whole) = timed(model)
      #expect(times.sum <= whole)
      isComplete = times.sum > 0.5 * whole
    }
    #expect(isComplete)
    #expect(times.forward.count == model.layers.count && times.backward.count == model.layers.count)
    for (index, layer) in model.layers.enumerated() where layer.multiplyAdds > 0 {
      #expect(times.forward[index] > 0 && times.backward[index] > 0, "\(layer.name)")
    }
    #expect(times.forward[0] > 0 && times.backward[0] == 0 && times.loss > 0 && times.update > 0)
  }

  private func timed(_ model: Autoencoder) -> (times: StepTimes, whole: Double) {
    var watch = Stopwatch()
    let times = pixels.withUnsafeBufferPointer { bytes in
      model.timedStep(
        pixels: bytes, batch: (0..<50).map(Int32.init)[...], perturbation: .none,
        optimizer: OptimizerStep(learningRate: 0.001, step: 1, decay: 0))
    }
    return (times, watch.lap())
  }

  @Test("operations of a step: three times the forward pass, without the gradient by the image")
  func operations() throws {
    let shape = ImageShape(height: 28, width: 28, channels: 1)
    let convolutional = try Autoencoder(
      .convolutional(filters: [16, 8, 8], downsampling: .pool), imageShape: shape, threads: 1)
    #expect(convolutional.trainingOperations == 6 * 2_820_096 - 2 * 112_896)
    let dense = try Autoencoder(.fullyConnected(hiddenUnits: [128, 64, 32]), imageShape: shape, threads: 1)
    #expect(dense.trainingOperations == 6 * 221_184 - 2 * 784 * 128)
  }
}
