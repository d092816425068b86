// TrainingRunTests.swift
// The sequence of reports, their content, and the settings that are refused.

import Datasets
import Networks
import Parallel
import Tensors
import Testing
import Training

@Suite struct TrainingRunTests {
  static let data = DrawnDigits(seed: 0, learningCount: 500, testCount: 500).splits(threads: 2)

  static func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(architecture: .fullyConnected(hiddenUnits: [16, 4]))
    configuration.epochs = 3
    configuration.batchSize = 100
    change(&configuration)
    return configuration
  }

  private func reports(_ run: TrainingRun) throws -> (steps: [StepReport], epochs: [EpochReport], order: String) {
    var steps: [StepReport] = []
    var epochs: [EpochReport] = []
    var order = ""
    while let report = try run.next() {
      switch report {
      case .step(let step):
        steps.append(step)
        order += "s"
      case .epoch(let epoch):
        epochs.append(epoch)
        order += "E"
      }
    }
    return (steps, epochs, order)
  }

  @Test("epoch 0, then steps and epochs in turn, the partial batch skipped, and nothing after the end")
  func sequence() throws {
    let run = try TrainingRun(Self.configuration(), on: Self.data, threads: 2)
    #expect(Self.data.training.count == 459)
    #expect(run.stepsPerEpoch == 4 && run.totalSteps == 12)
    let (steps, epochs, order) = try reports(run)
    #expect(order == "EssssEssssEssssE")
    #expect(steps.map(\.step) == Array(1...12))
    #expect(steps.map(\.epoch) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    #expect(epochs.map(\.epoch) == [0, 1, 2, 3] && epochs.map(\.step) == [0, 4, 8, 12])
    #expect(try run.next() == nil)
    #expect(epochs[0].trainingLoss == nil)
    let mean = steps.prefix(4).reduce(0) { $0 + $1.reconstructionLoss } / 4
    #expect(abs((epochs[1].trainingLoss ?? 0) - mean) < 1e-12)
    #expect(epochs[3].validation.reconstructionLoss < epochs[0].validation.reconstructionLoss)
    #expect(steps.allSatisfy { $0.totalLoss > $0.reconstructionLoss && $0.gradientNorm > 0 })
  }

  @Test("the learning rate decays in steps")
  func learningRate() throws {
    let configuration = Self.configuration {
      $0.learningRate = 0.01
      $0.learningRateDecay = 0.5
      $0.decaySteps = 5
    }
    let run = try TrainingRun(configuration, on: Self.data, threads: 1)
    let rates = try reports(run).steps.map(\.learningRate)
    #expect(rates == Array(repeating: 0.01, count: 5) + Array(repeating: 0.005, count: 5) + [0.0025, 0.0025])
  }

  @Test("bit-identical for any number of threads, different for another seed", arguments: [0, 0.2])
  func reproducible(dropout: Double) throws {
    func losses(seed: UInt64, threads: Int) throws -> [UInt64] {
      let configuration = Self.configuration {
        $0.seed = seed
        $0.dropout = dropout
        $0.noiseFactor = dropout
      }
      let (steps, epochs, _) = try reports(TrainingRun(configuration, on: Self.data, threads: ThreadAllowance(threads)))
      return steps.flatMap { [$0.totalLoss.bitPattern, $0.gradientNorm.bitPattern] }
        + epochs.flatMap { [$0.validation.reconstructionLoss.bitPattern, $0.validation.rmse.bitPattern] }
    }
    let first = try losses(seed: 1, threads: 1)
    for threads in [2, 3, 7] { #expect(try losses(seed: 1, threads: threads) == first) }
    #expect(try losses(seed: 2, threads: 1) != first)
  }

  @Test("each epoch shuffles the images anew")
  func shuffled() throws {
    let (steps, _, _) = try reports(TrainingRun(Self.configuration(), on: Self.data, threads: 1))
    #expect(Set(steps.map(\.reconstructionLoss)).count == steps.count)
  }

  @Test("a loss of NaN stops the run and names the layer")
  func diverges() throws {
    let configuration = Self.configuration {
      $0.learningRate = 10
      $0.weightDecay = 1
      $0.epochs = 60
    }
    let run = try TrainingRun(configuration, on: Self.data, threads: 1)
    // The test sets weights that overflow a float: training itself rarely gets that far.
    for parameter in run.autoencoder.slab.parameters where parameter.isKernel {
      run.autoencoder.setWeights(parameter, to: Array(repeating: 3e38, count: parameter.count))
    }
    #expect(throws: TrainingError.self) { _ = try reports(run) }
  }

  @Test("settings that training does not accept are refused in one line")
  func refused() {
    let changes: [(String, (inout TrainingConfiguration) -> Void)] = [
      ("epochs", { $0.epochs = 0 }), ("epochs", { $0.epochs = .max }), ("batch-size", { $0.batchSize = 0 }),
      ("batch-size", { $0.batchSize = 460 }),
      ("learning-rate", { $0.learningRate = 0 }), ("learning-rate", { $0.learningRate = .nan }),
      ("learning-rate-decay", { $0.learningRateDecay = 1.5 }), ("decay-steps", { $0.decaySteps = 0 }),
      ("weight-decay", { $0.weightDecay = -1 }), ("dropout", { $0.dropout = 1 }),
      ("dropout", { $0.dropout = 1 - 1e-9 }),
      ("noise-factor", { $0.noiseFactor = .infinity }),
      ("hidden units", { $0.architecture = .fullyConnected(hiddenUnits: []) }),
    ]
    for (name, change) in changes {
      let error = #expect(throws: (any Error).self) {
        try TrainingRun(Self.configuration(change), on: Self.data, threads: 1)
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains(name) && !text.contains("\n"), "\(name): \(text)")
    }
  }
}
