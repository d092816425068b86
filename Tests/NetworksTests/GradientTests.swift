// GradientTests.swift
// Gradients of whole models against finite differences of their loss, for many shapes, with dropout and noise.

import Networks
import Parallel
import Tensors
import Testing

@Suite struct GradientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let architecture: Architecture
    let shape: ImageShape
    var dropout: Float = 0
    var noise: Float = 0
    var kind = Noise.gaussian
    var loss = Loss.crossEntropy
    var beta: Float = 1
    /// The only parameter that is moved; all, if nil.
    var parameter: Int?
    var testDescription: String {
      "\(architecture.name) \(shape) dropout \(dropout) noise \(noise) parameter \(parameter.map(String.init) ?? "any")"
    }
  }

  static let cases: [Case] = {
    let pool = { (filters: [Int]) in Architecture.convolutional(filters: filters, downsampling: .pool) }
    let stride = { (filters: [Int]) in Architecture.convolutional(filters: filters, downsampling: .stride) }
    let side = { (height: Int, width: Int, channels: Int) in
      ImageShape(height: height, width: width, channels: channels)
    }
    var cases = [
      Case(architecture: pool([16, 8, 8]), shape: side(28, 28, 1)),
      Case(architecture: stride([16, 8, 8]), shape: side(28, 28, 1)),
      Case(architecture: pool([3, 5, 7]), shape: side(28, 28, 1)),
      Case(architecture: pool([32, 16, 8]), shape: side(32, 32, 3)),
      Case(architecture: pool([8]), shape: side(5, 9, 2)),
      Case(architecture: stride([17, 1]), shape: side(9, 6, 4)),
      Case(architecture: pool([4, 4, 4, 4, 4, 4]), shape: side(7, 7, 1)),
      Case(architecture: stride([64, 32]), shape: side(12, 12, 1)),
      Case(architecture: pool([8, 8]), shape: side(1, 1, 1)),
      Case(architecture: pool([16, 8]), shape: side(12, 12, 1), dropout: 0.3, noise: 0.2),
      Case(architecture: stride([16, 8]), shape: side(12, 12, 1), dropout: 0.3, noise: 0.2),
      Case(architecture: .fullyConnected(hiddenUnits: [128, 64, 32]), shape: side(28, 28, 1)),
      Case(architecture: .fullyConnected(hiddenUnits: [5]), shape: side(3, 3, 3)),
      Case(architecture: .fullyConnected(hiddenUnits: [30, 7]), shape: side(8, 8, 1), dropout: 0.3, noise: 0.2),
    ]
    for activation in Architecture.activations {
      for (usual, dropout) in [
        (pool([6, 8]), 0), (stride([8, 5]), 0.3), (.fullyConnected(hiddenUnits: [30, 7]), 0.3),
      ] {
        var architecture = usual
        architecture.activation = activation
        architecture.code = dropout > 0 ? 3 : 0
        architecture.codeActivation = Architecture.codeActivations[cases.count % 4]
        cases.append(Case(architecture: architecture, shape: side(10, 7, 1), dropout: Float(dropout)))
      }
    }
    for codeActivation in Architecture.codeActivations {
      for usual in [pool([16, 8, 8]), stride([8, 8]), .fullyConnected(hiddenUnits: [20, 9])] {
        var architecture = usual
        architecture.codeActivation = codeActivation
        cases.append(Case(architecture: architecture, shape: side(9, 12, 2), noise: 0.2))
        architecture.code = 2
        cases.append(Case(architecture: architecture, shape: side(28, 28, 1), dropout: 0.2))
      }
    }
    for (filters, kernels, convolutions, downsamplings) in [
      ([8, 3], [5], 1, [Downsampling.pool]), ([16, 8], [7, 5], 2, [.stride]), ([5, 9], [1], 3, [.average]),
      ([8, 8, 8], [1, 3, 7], 4, [.none, .average, .stride]), ([4, 6], [3], 2, [.pool, .none]), ([12], [5], 2, [.none]),
    ] {
      for code in [0, 4] {
        var architecture = pool(filters)
        (architecture.kernelSizes, architecture.convolutions) = (kernels, convolutions)
        (architecture.downsamplings, architecture.code) = (downsamplings, code)
        cases.append(
          Case(
            architecture: architecture, shape: code == 0 ? side(16, 14, 1) : side(15, 13, 2),
            dropout: code > 0 ? 0.2 : 0))
      }
    }
    for (usual, code) in [
      (pool([8, 4]), 3), (.fullyConnected(hiddenUnits: [20, 9]), 0), (.fullyConnected(hiddenUnits: [20]), 5),
    ] {
      var architecture = usual
      (architecture.code, architecture.isVariational, architecture.codeActivation) = (code, true, .linear)
      cases.append(Case(architecture: architecture, shape: side(9, 12, 1), dropout: 0.2, beta: 3))
    }
    for usual in [pool([8, 3]), .fullyConnected(hiddenUnits: [20, 9])] {
      cases.append(Case(architecture: usual, shape: side(9, 12, 2), noise: 0.3, kind: .masking, loss: .mse))
    }
    for side in 1...9 {
      cases.append(Case(architecture: pool([8, 3]), shape: ImageShape(height: side, width: 10 - side, channels: 1)))
    }
    return cases
  }()

  /// Along the gradient of all parameters a wrong one of the first kernel would hardly show, though the errors of all layers reach it.
  static let firstKernels = cases.filter { $0.architecture.family == .convolutional }.map { test in
    var test = test
    test.parameter = 0
    return test
  }

  @Test("the loss changes along the gradient as the gradient says", arguments: cases + firstKernels)
  func directional(test: Case) throws {
    let count = 5
    let pixels = (0..<count * test.shape.count).map { UInt8(truncatingIfNeeded: $0 * $0 * 7 + $0 * 31) }
    let batch = (0..<Int32(count)).map { $0 }
    let perturbation = Perturbation(
      noise: test.kind, noiseFactor: test.noise, dropout: test.dropout, seed: 3, epoch: 2,
      drawsCodes: test.architecture.isVariational)
    // One model for each point of the line, so that no step changes another's weights.
    func step(_ along: Float, _ direction: [[Float]]) throws -> (loss: Double, gradient: [[Float]], start: [[Float]]) {
      let model = try Autoencoder(
        test.architecture, imageShape: test.shape, batchSize: count, dropout: test.dropout, seed: 1, threads: 2,
        loss: test.loss, beta: test.beta)
      let parameters = model.slab.parameters
      var start = parameters.map { model.slab.numbers(of: $0, in: model.slab.values) }
      // Biases off zero: a sum that is exactly zero would stand on ReLU's kink.
      for (index, parameter) in parameters.enumerated() where !parameter.isKernel {
        var stream = RandomStream(seed: 8, name: parameter.name)
        start[index] = start[index].map { _ in stream.uniform(in: -0.3...0.3) }
      }
      for (index, parameter) in parameters.enumerated() { model.setWeights(parameter, to: start[index]) }
      for (index, parameter) in parameters.enumerated() where !direction.isEmpty {
        model.setWeights(parameter, to: zip(start[index], direction[index]).map { $0 + along * $1 })
      }
      let result = pixels.withUnsafeBufferPointer {
        model.step(
          pixels: $0, batch: batch[...], perturbation: perturbation,
          optimizer: OptimizerStep(learningRate: 0.001, step: 1, decay: 1e-3))
      }
      return (result.totalLoss, parameters.map { model.slab.numbers(of: $0, in: model.slab.gradient) }, start)
    }
    let whole = try step(0, []).gradient
    let gradient = whole.enumerated().map { test.parameter == nil || test.parameter == $0 ? $1 : $1.map { _ in 0 } }
    let square = gradient.joined().reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(square > 0)
    // Central differences, at several widths; a kink of ReLU or of a pooling may fall inside the wider ones.
    let errors = try [Float(2e-4), 6e-4, 2e-3].map { width in
      let along = width / Float(square.squareRoot())
      let difference = try step(along, gradient).loss - step(-along, gradient).loss
      return abs(difference / (2 * Double(along)) - square) / square
    }
    // The small gradient of one kernel drowns sooner in kinks and in rounding.
    #expect(errors.min() ?? 1 < (test.parameter == nil ? 5e-3 : 3e-2), "relative errors \(errors)")
  }

  /// Smooth functions, so that differences are exact: the largest of a window has kinks. The sides after the first block are odd and grow, since they are halved again.
  @Test(
    "each number of the first kernel changes the loss as its gradient says",
    arguments: [[3], [5, 3], [7, 3]], [Downsampling.average, .stride, .none])
  func everyNumber(kernels: [Int], downsampling: Downsampling) throws {
    var architecture = Architecture.convolutional(filters: [3, 2], downsampling: downsampling)
    (architecture.kernelSizes, architecture.convolutions) = (kernels, 1)
    (architecture.activation, architecture.codeActivation) = (.tanh, .tanh)
    let shape = ImageShape(height: 14, width: 10, channels: 1)
    let pixels = (0..<2 * shape.count).map { UInt8(truncatingIfNeeded: $0 * $0 * 7 + $0 * 31) }
    func step(_ place: Int?, _ change: Float) throws -> (loss: Double, gradient: [Float]) {
      let model = try Autoencoder(architecture, imageShape: shape, batchSize: 2, seed: 1, threads: 1)
      let kernel = model.slab.parameters[0]
      var numbers = model.slab.numbers(of: kernel, in: model.slab.values)
      if let place { numbers[place] += change }
      model.setWeights(kernel, to: numbers)
      let result = pixels.withUnsafeBufferPointer {
        model.step(
          pixels: $0, batch: [0, 1], perturbation: .none,
          optimizer: OptimizerStep(learningRate: 0.001, step: 1, decay: 0))
      }
      return (result.totalLoss, model.slab.numbers(of: kernel, in: model.slab.gradient))
    }
    let gradient = try step(nil, 0).gradient
    let largest = gradient.map(abs).max() ?? 0
    for place in gradient.indices {
      let difference = try step(place, 1e-2).loss - step(place, -1e-2).loss
      let error = abs(Float(difference / 0.02) - gradient[place])
      #expect(error < 0.02 * largest, "number \(place): \(difference / 0.02), not \(gradient[place])")
    }
  }

  @Test(
    "the first step's gradients are the reference's where images are black around their strokes",
    arguments: InstructionSet.available, [[16, 8, 8], [7, 15]])
  func strokesOnBlack(set: InstructionSet, filters: [Int]) throws {
    let (side, count) = (28, 4)
    // Rings of different widths, bright in the middle. All biases are zero, so black stays zero in every layer.
    let pixels = (0..<count * side * side).map { place in
      let (image, row, column) = (place / side / side, place / side % side, place % side)
      let radius = Float((row - 13) * (row - 13) + (column - 14) * (column - 14)).squareRoot()
      return UInt8(max(0, 255 - 90 * abs(radius - Float(image + 5))))
    }
    let gradients = try [KernelChoice.auto, .reference].map { choice in
      let model = try Autoencoder(
        .convolutional(filters: filters, downsampling: .pool),
        imageShape: ImageShape(height: side, width: side, channels: 1), batchSize: count, seed: 2, threads: 1,
        instructionSet: set, kernels: choice)
      return pixels.withUnsafeBufferPointer { pixels in
        _ = model.step(
          pixels: pixels, batch: (0..<Int32(count)).map { $0 }[...], perturbation: .none,
          optimizer: OptimizerStep(learningRate: 0.001, step: 1, decay: 0))
        return model.slab.parameters.map { ($0.name, model.slab.numbers(of: $0, in: model.slab.gradient)) }
      }
    }
    for (got, want) in zip(gradients[0], gradients[1]) {
      let error = normalizedError(got.1, want.1.map(Double.init))
      #expect(error < 1e-5, "\(got.0): \(error)")
    }
  }

  // Small enough for the thread sanitizer, which runs every test with "threads" in its name.
  @Test(
    "threads share nothing but what they agree on",
    arguments: [
      Architecture.convolutional(filters: [8], downsampling: .pool), .fullyConnected(hiddenUnits: [8]),
    ])
  func threadsAgree(architecture: Architecture) throws {
    let shape = ImageShape(height: 4, width: 4, channels: 1)
    let pixels = (0..<80 * shape.count).map { UInt8(truncatingIfNeeded: $0 * 37) }
    let losses = try [1, 2, 5].map { threads in
      let model = try Autoencoder(
        architecture, imageShape: shape, batchSize: 80, seed: 1, threads: ThreadAllowance(threads))
      return pixels.withUnsafeBufferPointer { pixels in
        (1...3).map { step in
          let result = model.step(
            pixels: pixels, batch: (0..<Int32(80)).map { $0 }[...], perturbation: .none,
            optimizer: OptimizerStep(learningRate: 0.01, step: step, decay: 1e-5))
          return result.totalLoss + model.evaluate(pixels, count: 80).rmse
        }
      }
    }
    #expect(losses[0] == losses[1] && losses[0] == losses[2])
  }

  @Test("the results of training do not depend on the number of threads", arguments: cases)
  func bitIdentical(test: Case) throws {
    let count = 70
    let pixels = (0..<count * test.shape.count).map { UInt8(truncatingIfNeeded: $0 * $0 * 7 + $0 * 31) }
    // The threads of each step, and of the evaluation after them.
    let results = try [[1, 1, 1, 1], [2, 2, 2, 2], [3, 3, 3, 3], [7, 7, 7, 7], [1, 7, 2, 3]].map { threads in
      let allowance = ThreadAllowance(threads[0], most: 7)
      let model = try Autoencoder(
        test.architecture, imageShape: test.shape, batchSize: 40, dropout: test.dropout, seed: 1, threads: allowance)
      return pixels.withUnsafeBufferPointer { pixels in
        var numbers: [Double] = []
        for step in 1...3 {
          allowance.change(to: threads[step - 1])
          let batch = (0..<Int32(40)).map { $0 + Int32(step) * 9 }
          let result = model.step(
            pixels: pixels, batch: batch[...],
            perturbation: Perturbation(
              noiseFactor: test.noise, dropout: test.dropout, seed: 3, epoch: 0,
              drawsCodes: test.architecture.isVariational),
            optimizer: OptimizerStep(learningRate: 0.01, step: step, decay: 1e-5))
          numbers += [result.reconstructionLoss, result.totalLoss, result.gradientNorm]
        }
        allowance.change(to: threads[3])
        let evaluation = model.evaluate(pixels, count: count)
        numbers += [evaluation.reconstructionLoss, evaluation.rmse, evaluation.divergence ?? 0]
        numbers += model.slab.parameters.flatMap { model.slab.numbers(of: $0, in: model.slab.values) }.map(Double.init)
        return numbers + model.encode(pixels, numbers: 3..<count).map(Double.init)
      }
    }
    for other in results.dropFirst() { #expect(other.map(\.bitPattern) == results[0].map(\.bitPattern)) }
  }
}
