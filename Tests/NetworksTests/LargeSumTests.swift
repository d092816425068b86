// LargeSumTests.swift
// Losses and gradients of a million pixels, and of many thousand images, against double precision.

import Foundation
import Networks
import Parallel
import Tensors
import Testing

@Suite struct LargeSumTests {
  static let sets = InstructionSet.available

  @Test("an all-black image of 1000×1000 has the loss ln 2 where the logits are zero", arguments: sets)
  func black(set: InstructionSet) throws {
    let side = 1000
    let model = try Self.model(.convolutional(filters: [2], downsampling: .pool), side: side, set)
    let pixels = [UInt8](repeating: 0, count: side * side)
    let evaluation = pixels.withUnsafeBufferPointer { model.evaluate($0, count: 1) }
    #expect(relative(evaluation.reconstructionLoss, log(2)) < 1e-6)
    #expect(relative(evaluation.rmse, 0.5) < 1e-6)
    let result = Self.step(model, pixels, batch: 1)
    #expect(relative(result.reconstructionLoss, log(2)) < 1e-6)
    // Every logit adds (sigmoid(0) − 0) / pixels.
    #expect(relative(Double(Self.gradient("decoder/linear/bias", model)[0]), 0.5) < 1e-5)
  }

  /// A model of one block with weights away from zero, and the sums of its loss and gradients over an image of
  /// 1024×1024 that repeats 8×8 pixels.
  struct Case: CustomTestStringConvertible, Hashable, Sendable {
    let downsampling: Downsampling
    let filters: Int
    var testDescription: String { "\(filters) filters, \(downsampling)" }
    var architecture: Architecture { .convolutional(filters: [filters], downsampling: downsampling) }

    static let side = 1024
    static func byte(row: Int, column: Int) -> UInt8 {
      UInt8(1 + (row % 8 * 89 + column % 8 * 57 + (row % 8) * (column % 8) * 23) % 255)
    }
    static func image(side: Int) -> [UInt8] {
      (0..<side * side).map { byte(row: $0 / side, column: $0 % side) }
    }

    func weights(_ parameter: Parameter) -> [Float] {
      var stream = RandomStream(seed: 5, name: parameter.name)
      let inputs = parameter.isKernel ? Float(parameter.shape.dropLast().reduce(1, *)) : 30
      return (0..<parameter.count).map { _ in stream.uniform(in: -1...1) * (6 / inputs).squareRoot() }
    }

    /// A sum over the pixels is a polynomial of the side of degree 2, in steps of the 8 pixels that repeat: inner pixels,
    /// edges and corners. Three small images give it.
    func truth(_ parameters: [Parameter]) -> DoubleAutoencoder.Sums {
      let model = DoubleAutoencoder(
        downsampling: downsampling, filters: filters, weights: parameters.map { weights($0).map(Double.init) })
      let sides = [32, 40, 48]
      let small = sides.map { side in model.sums(of: Self.image(side: side).map { Double($0) / 255 }, side: side) }
      func large(_ value: (DoubleAutoencoder.Sums) -> Double) -> Double {
        sides.indices.reduce(0) { sum, at in
          sum
            + sides.indices.filter { $0 != at }.reduce(value(small[at])) {
              $0 * Double(Self.side - sides[$1]) / Double(sides[at] - sides[$1])
            }
        }
      }
      return DoubleAutoencoder.Sums(
        loss: large(\.loss), squaredError: large(\.squaredError),
        gradients: parameters.indices.map { index in
          small[0].gradients[index].indices.map { place in large { $0.gradients[index][place] } }
        }, margin: small.map(\.margin).min() ?? 0)
    }
  }

  // Eight filters are enough for Winograd's convolution, two are not.
  static let cases = [Case(downsampling: .pool, filters: 8), Case(downsampling: .stride, filters: 2)]
  static let truths = Result {
    Dictionary(
      uniqueKeysWithValues: try cases.map { test in
        // The weights are the same for an image of any size.
        (test, test.truth(try model(test.architecture, side: 8, .reference).slab.parameters))
      })
  }

  @Test("losses and all gradients of an image of 1024×1024 are those of double precision", arguments: cases, sets)
  func patterned(test: Case, set: InstructionSet) throws {
    let model = try Self.model(test.architecture, side: Case.side, set)
    for parameter in model.slab.parameters { model.setWeights(parameter, to: test.weights(parameter)) }
    let truth = try #require(try Self.truths.get()[test])
    try #require(truth.margin > 1e-5, "rounding must not choose a side of ReLU")
    let (pixels, count) = (Case.image(side: Case.side), Double(Case.side * Case.side))
    let evaluation = pixels.withUnsafeBufferPointer { model.evaluate($0, count: 1) }
    #expect(relative(evaluation.reconstructionLoss, truth.loss / count) < 1e-6)
    #expect(relative(evaluation.rmse, (truth.squaredError / count).squareRoot()) < 1e-6)
    let result = Self.step(model, pixels, batch: 1)
    #expect(relative(result.reconstructionLoss, truth.loss / count) < 1e-6)
    for (parameter, want) in zip(model.slab.parameters, truth.gradients) {
      let error = normalizedError(Self.gradient(parameter.name, model), want.map { $0 / count })
      #expect(error < 1e-5, "\(parameter.name): \(error)")
    }
  }

  @Test(
    "the mean gradient of 262,144 equal images is that of one",
    arguments: [Architecture.convolutional(filters: [2], downsampling: .pool), .fullyConnected(hiddenUnits: [2])],
    sets)
  func manyImages(architecture: Architecture, set: InstructionSet) throws {
    let image: [UInt8] = [10, 200, 30, 90, 250, 60, 170, 80, 120, 40, 110, 220, 130, 140, 150, 70]
    let gradients = try [1, 262_144].map { batch in
      let model = try Self.model(architecture, side: 4, set, batch: batch)
      _ = Self.step(model, image, batch: batch)
      return model.slab.parameters.map { Self.gradient($0.name, model) }
    }
    for (many, one) in zip(gradients[1], gradients[0]) {
      #expect(one.contains { $0 != 0 })
      #expect(normalizedError(many, one.map(Double.init)) < 1e-5)
    }
  }

  @Test("a fully connected layer of a million inputs sums them as double precision does", arguments: sets)
  func dense(set: InstructionSet) throws {
    let side = 1024
    let model = try Self.model(.fullyConnected(hiddenUnits: [1]), side: side, set)
    // With equal pixels and weights the code is 0.3 · 0.5; its gradient comes back through as many equal weights.
    let weights = ["encoder/dense0/kernel": 0.3 / Float(side * side), "decoder/linear/kernel": 0.75]
    for parameter in model.slab.parameters {
      model.setWeights(parameter, to: [Float](repeating: weights[parameter.name] ?? 0, count: parameter.count))
    }
    let pixels = [UInt8](repeating: 51, count: side * side)
    let code = pixels.withUnsafeBufferPointer { model.encode($0, numbers: 0..<1) }
    let (x, w) = (Double(Float(51) / 255), Double(0.3 / Float(side * side)))
    let want = x * w * Double(side * side)
    #expect(relative(Double(code[0]), want) < 1e-5)
    let result = Self.step(model, pixels, batch: 1)
    let z = want * 0.75
    #expect(relative(result.reconstructionLoss, max(z, 0) - z * x + log1p(exp(-z))) < 1e-6)
    #expect(
      relative(Double(Self.gradient("encoder/dense0/bias", model)[0]), 0.75 * (1 / (1 + exp(-z)) - x)) < 1e-5)
  }

  static func model(
    _ architecture: Architecture, side: Int, _ set: InstructionSet, batch: Int = 1
  ) throws -> Autoencoder {
    try Autoencoder(
      architecture, imageShape: ImageShape(height: side, width: side, channels: 1), batchSize: batch, seed: 1,
      threads: 2, instructionSet: set)
  }

  /// A step on `batch` copies of an image, which leaves the gradient behind.
  static func step(_ model: Autoencoder, _ pixels: [UInt8], batch: Int) -> StepResult {
    pixels.withUnsafeBufferPointer {
      model.step(
        pixels: $0, batch: [Int32](repeating: 0, count: batch)[...], perturbation: .none,
        optimizer: OptimizerStep(learningRate: 0.001, step: 1, decay: 0))
    }
  }

  static func gradient(_ name: String, _ model: Autoencoder) -> [Float] {
    model.slab.parameters.filter { $0.name == name }.flatMap { model.slab.numbers(of: $0, in: model.slab.gradient) }
  }
}

private func relative(_ got: Double, _ want: Double) -> Double { abs(got - want) / abs(want) }
