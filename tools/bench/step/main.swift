// main.swift
// Images a second of a training step and of encoding, for a model of the post's two, on random bytes in memory.
//
//     swift run -c release bench-step convolutional [threads] [instruction set]

import Networks
import Tensors

let arguments = CommandLine.arguments.dropFirst()
let isDense = arguments.first == "fully-connected"
let threads = arguments.dropFirst().first.flatMap { Int($0) } ?? WorkerPool.availableProcessors
let instructionSet = arguments.dropFirst(2).first.flatMap { InstructionSet(rawValue: $0) } ?? .best
let architecture: Architecture =
  isDense
  ? .fullyConnected(hiddenUnits: [128, 64, 32]) : .convolutional(filters: [16, 8, 8], downsampling: .pool)
let shape = ImageShape(height: 28, width: 28, channels: 1)
let images = 4096
let batchSize = 256
var stream = RandomStream(seed: 0, name: "bench")
let pixels = (0..<images * shape.count).map { _ in UInt8(truncatingIfNeeded: stream.nextWord()) }
let model = try Autoencoder(
  architecture, imageShape: shape, batchSize: batchSize, threads: threads, instructionSet: instructionSet)

/// The best of several rounds, in images a second.
func best(_ rounds: Int, of count: Int, _ body: () -> Void) -> Int {
  let clock = ContinuousClock()
  let fastest = (0..<rounds).map { _ in clock.measure(body) }.min() ?? .zero
  return Int(Double(count) / (Double(fastest.components.attoseconds) * 1e-18 + Double(fastest.components.seconds)))
}

pixels.withUnsafeBufferPointer { bytes in
  let batches = (0..<images / batchSize).map { batch in (0..<batchSize).map { Int32(batch * batchSize + $0) } }
  var step = 0
  let trained = best(isDense ? 30 : 6, of: images) {
    for batch in batches {
      step += 1
      _ = model.step(
        pixels: bytes, batch: batch[...], perturbation: .none,
        adam: AdamStep(learningRate: 0.001, step: step, decay: 1e-5))
    }
  }
  let encoded = best(6, of: images) { _ = model.encode(bytes, numbers: 0..<images) }
  print("\(architecture.name)  \(threads) threads  \(model.kernels.instructionSet.rawValue)")
  print("training  \(trained) images/s")
  print("encoding  \(encoded) images/s")
}
