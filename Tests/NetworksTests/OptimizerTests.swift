// OptimizerTests.swift
// Steps of the optimizers and clipping, on whole models.

import Networks
import Parallel
import Tensors
import Testing

@Suite struct OptimizerTests {
  private let pixels: [UInt8] = {
    var stream = RandomStream(seed: 0, name: "pixels")
    return (0..<8 * 63).map { _ in UInt8(truncatingIfNeeded: stream.nextWord()) }
  }()

  /// Takes steps on one batch.
  /// - Returns: the model, the weights of each parameter before the last step, and the last step's result.
  private func trained(
    _ architecture: Architecture, steps: Int = 1, _ factors: (Int) -> OptimizerStep
  ) throws -> (model: Autoencoder, before: [[Float]], result: StepResult) {
    let model = try Autoencoder(
      architecture, imageShape: ImageShape(height: 9, width: 7, channels: 1), batchSize: 8, threads: 2)
    var (before, result): ([[Float]], StepResult?) = ([], nil)
    for step in 1...steps {
      before = numbers(model, model.slab.values)
      result = pixels.withUnsafeBufferPointer {
        model.step(pixels: $0, batch: (0..<Int32(8)).map { $0 }[...], perturbation: .none, optimizer: factors(step))
      }
    }
    return (model, before, try #require(result))
  }

  private func numbers(_ model: Autoencoder, _ slab: Slab) -> [[Float]] {
    model.slab.parameters.map { model.slab.numbers(of: $0, in: slab) }
  }

  private static let architectures: [Architecture] = [
    .convolutional(filters: [4, 3], downsampling: .pool), .fullyConnected(hiddenUnits: [10, 3]),
  ]

  @Test("gradient descent adds 0.9 of the last change, and AdamW shrinks kernels apart", arguments: architectures)
  func steps(architecture: Architecture) throws {
    let (rate, decay) = (0.01, 0.1)
    let sgd = try trained(architecture) { OptimizerStep(.sgd, learningRate: rate, step: $0, decay: Float(decay)) }
    let after = numbers(sgd.model, sgd.model.slab.values)
    for (index, gradient) in numbers(sgd.model, sgd.model.slab.gradient).enumerated() {
      for place in gradient.indices {
        let want = sgd.before[index][place] - Float(rate) * gradient[place]
        #expect(abs(after[index][place] - want) < 1e-6)
      }
    }
    let adam = try trained(architecture) { OptimizerStep(.adam, learningRate: rate, step: $0, decay: 0) }
    let adamw = try trained(architecture) { OptimizerStep(.adamw, learningRate: rate, step: $0, decay: Float(decay)) }
    #expect(adam.result.totalLoss == adamw.result.totalLoss)
    let (plain, shrunk) = (numbers(adam.model, adam.model.slab.values), numbers(adamw.model, adamw.model.slab.values))
    for (index, parameter) in adam.model.slab.parameters.enumerated() {
      for place in plain[index].indices {
        let want = plain[index][place] - (parameter.isKernel ? Float(rate * decay) * adam.before[index][place] : 0)
        #expect(abs(shrunk[index][place] - want) < 1e-6)
      }
    }
  }

  @Test("clipping scales the whole gradient to the norm, and leaves a smaller one", arguments: architectures)
  func clipping(architecture: Architecture) throws {
    func norm(_ clip: Double) throws -> (told: Double, left: Double) {
      let (model, _, result) = try trained(architecture) {
        var step = OptimizerStep(.sgd, learningRate: 0.01, step: $0, decay: 1e-3)
        step.clipNorm = clip
        return step
      }
      let left = numbers(model, model.slab.gradient).joined().reduce(0.0) { $0 + Double($1) * Double($1) }
      return (result.gradientNorm, left.squareRoot())
    }
    let usual = try norm(.infinity)
    let clipped = try norm(usual.told / 10)
    #expect(abs(usual.left / usual.told - 1) < 1e-6 && abs(clipped.told / usual.told - 1) < 1e-6)
    #expect(abs(clipped.left / usual.told - 0.1) < 1e-6)
    let wide = try norm(usual.told * 2)
    #expect(wide == usual)
  }
}
