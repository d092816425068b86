// ConfigurationOptionsTests.swift
// The options of a run as texts agree with the differences between two runs.

import Foundation
import Networks
import Tensors
import Testing

@testable import Training

@Suite struct ConfigurationOptionsTests {
  private static let changes: [(name: String, change: @Sendable (inout TrainingConfiguration) -> Void)] = [
    ("filters", { $0.architecture = .convolutional(filters: [5], downsampling: .pool) }),
    ("downsampling", { $0.architecture = .convolutional(filters: [16, 8, 8], downsampling: .stride) }),
    ("kernel-size", { $0.architecture.kernelSizes = [5, 3, 3] }),
    ("convolutions", { $0.architecture.convolutions = 1 }), ("code", { $0.architecture.code = 3 }),
    ("code-activation", { $0.architecture.codeActivation = .tanh }),
    ("activation", { $0.architecture.activation = .elu }), ("epochs", { $0.epochs += 1 }),
    ("patience", { $0.patience += 1 }),
    ("batch-size", { $0.batchSize += 1 }), ("learning-rate", { $0.learningRate *= 2 }),
    ("variational", { $0.architecture.isVariational = true }), ("beta", { $0.beta = 2 }), ("loss", { $0.loss = .mse }),
    ("optimizer", { $0.optimizer = .sgd }), ("clip-norm", { $0.clipNorm = 1 }),
    ("noise", { $0.noise = .masking }), ("schedule", { $0.schedule = .cosine }), ("warmup", { $0.warmup = 1 }),
    ("learning-rate-decay", { $0.learningRateDecay = 0.5 }), ("decay-steps", { $0.decaySteps += 1 }),
    ("weight-decay", { $0.weightDecay *= 2 }), ("dropout", { $0.dropout = 0.5 }),
    ("noise-factor", { $0.noiseFactor = 0.5 }), ("seed", { $0.seed += 1 }), ("kernels", { $0.kernels = .reference }),
  ]

  @Test func aChangeOfOneIsADifferenceOfOne() {
    let usual = TrainingConfiguration(architecture: Architecture(.convolutional))
    #expect(usual.differences(from: usual).isEmpty)
    for (name, change) in Self.changes {
      var changed = usual
      change(&changed)
      #expect(changed.differences(from: usual).map(\.name) == [name])
      #expect(TrainingSetting.all.filter { changed.value(of: $0) != usual.value(of: $0) }.map(\.name) == [name])
    }
    // No setting is missing: the rest belong to the other family, or name the family.
    let rest = Set(TrainingSetting.all.map(\.name)).subtracting(Self.changes.map(\.name))
    #expect(rest == ["model", "hidden-units"])
  }

  @Test("a setting that a record of an earlier version lacks has its default; any other is missed")
  func earlierRecords() throws {
    let usual = TrainingConfiguration(architecture: Architecture(.fullyConnected))
    for setting in TrainingSetting.all where setting.applies(to: .fullyConnected) {
      var record = try #require(
        JSONSerialization.jsonObject(with: JSONEncoder().encode(usual)) as? [String: Any])
      #expect(record.removeValue(forKey: setting.key) != nil)
      let json = try JSONSerialization.data(withJSONObject: record)
      let read = try? JSONDecoder().decode(TrainingConfiguration.self, from: json)
      #expect(read == (setting.isLater ? usual : nil))
    }
    #expect(
      TrainingSetting.all.filter(\.isLater) == [
        .kernelSize, .convolutions, .code, .variational, .codeActivation, .activation, .patience, .schedule, .warmup,
        .loss, .beta, .optimizer, .clipNorm, .noise,
      ])
  }

  @Test func familiesShareWhatBothHave() {
    let one = TrainingConfiguration(architecture: .fullyConnected(hiddenUnits: [4]))
    let other = TrainingConfiguration(architecture: .fullyConnected(hiddenUnits: [5]))
    let third = TrainingConfiguration(architecture: .convolutional(filters: [4], downsampling: .pool))
    #expect(one.differences(from: other) == [.hiddenUnits])
    #expect(one.differences(from: third) == [.model])
    #expect(third.value(of: .hiddenUnits) == nil && one.value(of: .filters) == nil)
    #expect(one.values.map(\.setting).contains(.hiddenUnits) && !one.values.map(\.setting).contains(.downsampling))
  }
}
