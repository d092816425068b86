// SettingTable.swift
// The table of hyperparameters: one row each, in the order of the command's help.

import Networks

extension TrainingSetting {
  /// All rows.
  package static let all: [TrainingSetting] = [
    .model, .filters, .downsampling, .hiddenUnits, .epochs, .batchSize, .learningRate, .learningRateDecay, .decaySteps,
    .weightDecay, .dropout, .noiseFactor, .seed, .kernels,
  ]

  /// Returns the row of a name.
  package static func named(_ name: String) -> TrainingSetting? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  package static let model = TrainingSetting(
    "model", .word(ModelFamily.allCases.map(\.rawValue)), section: .model, valueName: "family",
    help: "Family of the autoencoder; an option of one family selects that family too.",
    get: { .word($0.architecture.family.rawValue) },
    set: { configuration, value in
      guard let family = ModelFamily(rawValue: value.text), family != configuration.architecture.family else { return }
      configuration.architecture = Architecture(family)
    })

  package static let filters = TrainingSetting(
    "filters", .sizes, family: .convolutional, section: .model, valueName: "sizes",
    help: "Number of filters of each convolutional block; each block halves height and width.",
    get: { .sizes($0.architecture.sizes) },
    set: { configuration, value in
      guard case .convolutional(_, let downsampling) = configuration.architecture, let sizes = value.sizes else {
        return
      }
      configuration.architecture = .convolutional(filters: sizes, downsampling: downsampling)
    })

  package static let downsampling = TrainingSetting(
    "downsampling", .word(Downsampling.allCases.map(\.rawValue)), family: .convolutional, section: .model,
    valueName: "method",
    help: "Downsampling of a convolutional encoder: 2×2 max-pooling, or a 3×3 convolution with stride 2.",
    get: { configuration in
      if case .convolutional(_, let downsampling) = configuration.architecture { return .word(downsampling.rawValue) }
      return .word(Downsampling.pool.rawValue)
    },
    set: { configuration, value in
      guard case .convolutional(let filters, _) = configuration.architecture,
        let downsampling = Downsampling(rawValue: value.text)
      else { return }
      configuration.architecture = .convolutional(filters: filters, downsampling: downsampling)
    })

  package static let hiddenUnits = TrainingSetting(
    "hidden-units", .sizes, family: .fullyConnected, section: .model, valueName: "sizes",
    help: "Number of units of each hidden layer of a fully connected encoder.",
    get: { .sizes($0.architecture.sizes) },
    set: { configuration, value in
      guard case .fullyConnected = configuration.architecture, let sizes = value.sizes else { return }
      configuration.architecture = .fullyConnected(hiddenUnits: sizes)
    })

  package static let epochs = TrainingSetting(
    "epochs", \.epochs, 1...TrainingConfiguration.epochLimit, help: "Number of epochs.")

  package static let batchSize = TrainingSetting(
    "batch-size", \.batchSize, 1...65_536, isOfStep: true,
    help:
      "Images per step; fewer by default for fewer than \(TrainingConfiguration.imagesOfUsualBatch) training images.")

  package static let learningRate = TrainingSetting(
    "learning-rate", \.learningRate, .above(0, to: 10), valueName: "rate",
    help: "Adam's learning rate at the first step.")

  package static let learningRateDecay = TrainingSetting(
    "learning-rate-decay", \.learningRateDecay, .above(0, to: 1), valueName: "factor",
    help: "Learning-rate decay factor, applied every --decay-steps steps.")

  package static let decaySteps = TrainingSetting(
    "decay-steps", \.decaySteps, 1...Int.max, help: "Number of steps between two decays of the learning rate.")

  package static let weightDecay = TrainingSetting(
    "weight-decay", \.weightDecay, .from(0, to: 1), valueName: "factor",
    help: "L2 penalty: the loss grows by half the sum of squared kernel weights times this factor.")

  package static let dropout = TrainingSetting(
    "dropout", \.dropout, .from(0, to: 0.999), isOfStep: true, valueName: "fraction",
    help: "Fraction of hidden activations to drop.")

  package static let noiseFactor = TrainingSetting(
    "noise-factor", \.noiseFactor, .from(0, to: 100), isOfStep: true, valueName: "stddev",
    help: "Add noise of this standard deviation to inputs, for a denoising autoencoder.")

  package static let seed = TrainingSetting(
    "seed", .seed, valueName: "n", help: "Seed for initial weights, image order, noise and dropout.",
    get: { .seed($0.seed) },
    set: { configuration, value in if case .seed(let seed) = value { configuration.seed = seed } })

  package static let kernels = TrainingSetting(
    "kernels", .word(KernelChoice.allCases.map(\.rawValue)), isOfStep: true, valueName: "kernels",
    help:
      "Implementation of the layers: the fastest for each, which may be a Winograd convolution; direct convolutions only; "
      + "or the slow reference. Results differ in rounding.",
    get: { .word($0.kernels.rawValue) },
    set: { configuration, value in configuration.kernels = KernelChoice(rawValue: value.text) ?? configuration.kernels }
  )
}

extension TrainingSetting {
  /// A whole number.
  fileprivate convenience init(
    _ name: String, _ path: any WritableKeyPath<TrainingConfiguration, Int> & Sendable, _ range: ClosedRange<Int>,
    isOfStep: Bool = false, help: String
  ) {
    self.init(
      name, .integer(range), isOfStep: isOfStep, valueName: "n", help: help,
      get: { .integer($0[keyPath: path]) },
      set: { configuration, value in
        if case .integer(let number) = value { configuration[keyPath: path] = number }
      })
  }

  /// A number.
  fileprivate convenience init(
    _ name: String, _ path: any WritableKeyPath<TrainingConfiguration, Double> & Sendable, _ range: NumberRange,
    isOfStep: Bool = false,
    valueName: String, help: String
  ) {
    self.init(
      name, .number(range), isOfStep: isOfStep, valueName: valueName, help: help,
      get: { .number($0[keyPath: path]) },
      set: { configuration, value in
        if case .number(let number) = value { configuration[keyPath: path] = number }
      })
  }
}
