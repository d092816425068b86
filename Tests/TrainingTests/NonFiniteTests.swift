// NonFiniteTests.swift
// Losses, gradients and weights of NaN or infinity: the messages, and the state afterwards.

import Networks
import Parallel
import Tensors
import Testing
import Training

@Suite struct NonFiniteTests {
  static let models = [
    Architecture.convolutional(filters: [3, 2], downsampling: .pool), .fullyConnected(hiddenUnits: [16, 4]),
  ]

  private func run(_ architecture: Architecture) throws -> TrainingRun {
    try TrainingRun(
      TrainingRunTests.configuration { $0.architecture = architecture }, on: TrainingRunTests.data, threads: 2)
  }

  /// Takes reports up to that step's.
  private func go(_ run: TrainingRun, to step: Int) throws {
    while run.step < step { _ = try run.next() }
  }

  /// Sets every number of a parameter.
  private func fill(_ run: TrainingRun, _ parameter: Parameter, with number: Float) {
    run.autoencoder.setWeights(parameter, to: [Float](repeating: number, count: parameter.count))
  }

  private func lastKernel(_ run: TrainingRun) throws -> Parameter {
    let kernels = run.autoencoder.slab.parameters.filter(\.isKernel)
    return try #require(kernels.last)
  }

  private func weights(_ run: TrainingRun) -> [Float] { Array(run.autoencoder.slab.values.values) }

  @Test(
    "a loss that is not finite ends training at its step, and names the first layer", arguments: models, [false, true])
  func stop(architecture: Architecture, isLast: Bool) throws {
    let run = try run(architecture)
    try go(run, to: 5)
    let kernels = run.autoencoder.slab.parameters.filter(\.isKernel)
    let kernel = isLast ? kernels[kernels.count - 1] : kernels[1]
    fill(run, kernel, with: 3e38)
    let error = #expect(throws: TrainingError.self) { try go(run, to: 6) }
    guard case .nonFiniteLoss(6, let loss, let layer?) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!loss.isFinite && kernel.name == layer + "/kernel", "\(kernel.name) overflows, \(layer) is named")
  }

  @Test("a step that is not finite is skipped: weights and moments stay, and training continues", arguments: models)
  func skip(architecture: Architecture) throws {
    let run = try run(architecture)
    run.onNonFinite = .skip
    try go(run, to: 5)
    let slab = run.autoencoder.slab
    let parameter = try lastKernel(run)
    let (sound, moments) = (slab.numbers(of: parameter, in: slab.values), Array(slab.moment1.values))
    fill(run, parameter, with: 3e38)
    try go(run, to: 7)
    #expect(run.position.skippedSteps == 2 && Array(slab.moment1.values) == moments)
    run.autoencoder.setWeights(parameter, to: sound)
    let before = weights(run)
    _ = try run.next()
    #expect(run.step == 8 && run.position.skippedSteps == 2 && weights(run) != before)
    let report = try run.next()
    guard case .epoch(let epoch) = report else {
      Issue.record("\(String(describing: report))")
      return
    }
    // Two of this epoch's four steps count.
    #expect(epoch.trainingLoss.map { $0.isFinite && $0 < 1 } == true)
  }

  @Test("an epoch of skipped steps only ends training")
  func skipForEver() throws {
    let run = try run(Self.models[1])
    run.onNonFinite = .skip
    try go(run, to: 5)
    fill(run, try lastKernel(run), with: 3e38)
    #expect(throws: TrainingError.self) { try go(run, to: 12) }
    #expect(run.step == 9 && run.position.skippedSteps == run.stepsPerEpoch)
  }

  /// A network whose loss is finite, and a gradient is not: one unit is nearly 0, and the next weight nearly infinite.
  private func overflow(_ run: TrainingRun) throws {
    let parameters = run.autoencoder.slab.parameters
    let (last, biases) = (parameters.count - 2, parameters.indices.filter { parameters[$0].name.hasSuffix("bias") })
    let (bias, before) = (biases[biases.count - 2], biases[biases.count - 3])
    fill(run, parameters[before], with: 1000)
    fill(run, parameters[bias - 1], with: 0)
    fill(run, parameters[bias], with: 2e-38)
    fill(run, parameters[last], with: -1e38)
  }

  @Test("a gradient that is not finite, though the loss is", arguments: [NonFiniteRule.stop, .skip])
  func gradient(rule: NonFiniteRule) throws {
    let run = try run(Self.models[1])
    run.onNonFinite = rule
    try go(run, to: 1)
    try overflow(run)
    let before = weights(run)
    if rule == .skip {
      try go(run, to: 2)
      #expect(run.position.skippedSteps == 1 && weights(run) == before)
    } else {
      let error = #expect(throws: TrainingError.self) { try go(run, to: 2) }
      guard case .nonFiniteGradient(2, .some) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("weights that are not finite are refused, by the name of their parameter") func checkWeights() throws {
    let run = try run(Self.models[0])
    try go(run, to: 3)
    try run.checkWeights()
    let parameter = run.autoencoder.slab.parameters[2]
    var numbers = run.autoencoder.slab.numbers(of: parameter, in: run.autoencoder.slab.values)
    numbers[numbers.count - 1] = .infinity
    run.autoencoder.setWeights(parameter, to: numbers)
    #expect(throws: TrainingError.nonFiniteWeights(step: 3, parameter: parameter.name)) { try run.checkWeights() }
  }
}
