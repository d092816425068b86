// GoldenModelTests.swift
// Whole models against PyTorch in double precision: losses, logits, codes, every gradient, five steps of Adam.

import Networks
import Parallel
import Tensors
import Testing

@Suite struct GoldenModelTests {
  static let cases = GoldenCase.names.flatMap { name in InstructionSet.available.map { (name, $0) } }

  @Test("generated images and weights equal those given to PyTorch", arguments: GoldenCase.names)
  func fixture(name: String) throws {
    let golden = try GoldenCase(name)
    let pixels = golden.pixels
    #expect(pixels.reduce(0) { $0 + Int($1) } == golden.header.images.sum)
    #expect(pixels.suffix(12).map(Int.init) == golden.header.images.last)
    let model = try golden.autoencoder(threads: 1, instructionSet: .vectors)
    #expect(model.slab.parameters.map(\.name) == golden.header.gradients.map(\.name))
    #expect(model.slab.parameters.map(\.shape) == golden.header.gradients.map(\.shape))
    #expect(model.slab.weightCount == golden.header.parameters)
    #expect(model.layers.reduce(0) { $0 + $1.weights } == golden.header.parameters)
  }

  @Test("losses, logits and codes agree", arguments: cases)
  func forward(name: String, instructionSet: InstructionSet) throws {
    let golden = try GoldenCase(name)
    let model = try golden.autoencoder(threads: 2, instructionSet: instructionSet)
    golden.pixels.withUnsafeBufferPointer { pixels in
      let evaluation = model.evaluate(pixels, count: golden.header.images.count)
      #expect(relative(evaluation.reconstructionLoss, golden.header.losses.reconstruction) < 1e-5)
      #expect(relative(evaluation.rmse, golden.header.losses.rmse) < 1e-5)
      let code = model.encode(pixels, numbers: 0..<1)
      #expect(normalizedError(code, golden.numbers(golden.header.bottleneck)) < 1e-5)
      let logits = Slab(count: model.imageShape.count)
      let count = model.imageShape.count
      model.forEachImage(pixels, numbers: 0..<1) { logits.start.update(from: $0.logits, count: count) }
      #expect(normalizedError(Array(logits.values), golden.numbers(golden.header.logits)) < 1e-5)
    }
  }

  @Test("every gradient agrees", arguments: cases)
  func gradients(name: String, instructionSet: InstructionSet) throws {
    let golden = try GoldenCase(name)
    let model = try golden.autoencoder(threads: 2, instructionSet: instructionSet)
    let result = step(model, golden, number: 1)
    #expect(relative(result.reconstructionLoss, golden.header.losses.reconstruction) < 1e-5)
    #expect(relative(result.totalLoss, golden.header.losses.total) < 1e-5)
    let norm = golden.header.gradients.reduce(0) { $0 + $1.norm * $1.norm }.squareRoot()
    #expect(relative(result.gradientNorm, norm) < 1e-5)
    for (index, parameter) in model.slab.parameters.enumerated() {
      let error = normalizedError(
        model.slab.numbers(of: parameter, in: model.slab.gradient), golden.gradient(index))
      #expect(error < 1e-5, "\(parameter.name): \(error)")
    }
  }

  @Test("five steps of Adam follow the same losses", arguments: cases)
  func adam(name: String, instructionSet: InstructionSet) throws {
    let golden = try GoldenCase(name)
    let model = try golden.autoencoder(threads: 1, instructionSet: instructionSet)
    for (number, want) in golden.header.adamLosses.enumerated() {
      #expect(relative(step(model, golden, number: number + 1).totalLoss, want) < 2e-5)
    }
  }

  private func step(_ model: Autoencoder, _ golden: GoldenCase, number: Int) -> StepResult {
    golden.pixels.withUnsafeBufferPointer { pixels in
      model.step(
        pixels: pixels, batch: (0..<Int32(golden.header.images.count)).map { $0 }[...], perturbation: .none,
        optimizer: OptimizerStep(learningRate: 0.001, step: number, decay: 1e-5))
    }
  }

  private func relative(_ got: Double, _ want: Double) -> Double { abs(got - want) / abs(want) }
}
