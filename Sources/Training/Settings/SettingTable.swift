// SettingTable.swift
// The table of hyperparameters: one row each, in the order of the command's help.

import Networks
import Tensors

extension TrainingSetting {
  /// All rows.
  package static let all: [TrainingSetting] = [
    .model, .filters, .kernelSize, .convolutions, .downsampling, .hiddenUnits, .code, .variational, .codeActivation,
    .activation, .epochs, .patience, .batchSize, .learningRate, .schedule, .warmup, .learningRateDecay, .decaySteps,
    .loss, .beta, .optimizer, .clipNorm, .weightDecay, .dropout, .noise, .noiseFactor, .seed, .kernels,
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
    help: "Number of filters of each convolutional block.",
    get: { .sizes($0.architecture.sizes) },
    set: { configuration, value in configuration.architecture.sizes = value.sizes ?? configuration.architecture.sizes })

  package static let kernelSize = TrainingSetting(
    "kernel-size", .words(Architecture.possibleKernelSizes.map(String.init)), family: .convolutional, section: .model,
    isLater: true, valueName: "sizes",
    help: "Height and width of convolution kernels; one for all blocks, or one for each, as in 5,3,3.",
    get: { .word($0.architecture.kernelSizes.map(String.init).joined(separator: ",")) },
    set: { configuration, value in
      configuration.architecture.kernelSizes = collapsed(value.words.compactMap { Int($0) })
    })

  package static let convolutions = TrainingSetting(
    "convolutions", .integer(1...4), family: .convolutional, section: .model, isLater: true, valueName: "n",
    help: "Number of convolutions in each block of a convolutional encoder.",
    get: { .integer($0.architecture.convolutions) },
    set: { configuration, value in
      if case .integer(let count) = value { configuration.architecture.convolutions = count }
    })

  package static let downsampling = TrainingSetting(
    "downsampling", .words(Downsampling.allCases.map(\.rawValue)), family: .convolutional, section: .model,
    valueName: "method",
    help:
      "How blocks halve height and width: the largest or the mean number of 2×2 pixels, a convolution with stride 2, or not at all; one for "
      + "all blocks, or one for each, as in pool,none.",
    get: { .word($0.architecture.downsamplings.map(\.rawValue).joined(separator: ",")) },
    set: { configuration, value in
      configuration.architecture.downsamplings = collapsed(value.words.compactMap { Downsampling(rawValue: $0) })
    })

  /// Returns a list of equal entries as one entry for all.
  private static func collapsed<Entry: Equatable>(_ list: [Entry]) -> [Entry] {
    list.allSatisfy { $0 == list.first } ? Array(list.prefix(1)) : list
  }

  package static let hiddenUnits = TrainingSetting(
    "hidden-units", .sizes, family: .fullyConnected, section: .model, valueName: "sizes",
    help: "Number of units of each hidden layer of a fully connected encoder.",
    get: { .sizes($0.architecture.sizes) },
    set: { configuration, value in configuration.architecture.sizes = value.sizes ?? configuration.architecture.sizes })

  package static let code = TrainingSetting(
    "code", .integer(0...65_536), section: .model, isLater: true, valueName: "n",
    help:
      "Add a code of N numbers: a dense layer after the encoder's last, and one back. With 0 the last layer is the code.",
    get: { .integer($0.architecture.code) },
    set: { configuration, value in
      guard case .integer(let code) = value, code != configuration.architecture.code else { return }
      configuration.architecture.code = code
      configuration.architecture.codeActivation = configuration.architecture.usualCodeActivation
    })

  package static let variational = TrainingSetting(
    "variational", .flag, section: .model, isLater: true, valueName: "yes",
    help:
      "Train a variational autoencoder: codes are drawn from a normal distribution whose mean and variance the encoder computes.",
    get: { .flag($0.architecture.isVariational) },
    set: { configuration, value in
      guard case .flag(let isSet) = value, isSet != configuration.architecture.isVariational else { return }
      configuration.architecture.isVariational = isSet
      configuration.architecture.codeActivation = configuration.architecture.usualCodeActivation
    })

  package static let codeActivation = TrainingSetting(
    "code-activation", .word(Architecture.codeActivations.map(\.rawValue)), section: .model, isLater: true,
    valueName: "function",
    help: "Activation function of the code; linear by default with --code, since units of a small ReLU code die.",
    get: { .word($0.architecture.codeActivation.rawValue) },
    set: { configuration, value in
      configuration.architecture.codeActivation =
        Activation(rawValue: value.text) ?? configuration.architecture.codeActivation
    })

  package static let activation = TrainingSetting(
    "activation", .word(Architecture.activations.map(\.rawValue)), section: .model, isLater: true,
    valueName: "function", help: "Activation function of hidden layers.",
    get: { .word($0.architecture.activation.rawValue) },
    set: { configuration, value in
      configuration.architecture.activation = Activation(rawValue: value.text) ?? configuration.architecture.activation
    })

  package static let epochs = TrainingSetting(
    "epochs", \.epochs, 1...TrainingConfiguration.epochLimit, help: "Number of epochs.")

  package static let patience = TrainingSetting(
    "patience", \.patience, 0...TrainingConfiguration.epochLimit, isLater: true,
    help:
      "Stop when the validation loss has not improved for N epochs; the run then ends with the weights of its best epoch. 0 for never."
  )

  package static let batchSize = TrainingSetting(
    "batch-size", \.batchSize, 1...65_536, isOfStep: true,
    help:
      "Images per step; fewer by default for fewer than \(TrainingConfiguration.imagesOfUsualBatch) training images.")

  package static let learningRate = TrainingSetting(
    "learning-rate", \.learningRate, .above(0, to: 10), valueName: "rate",
    help: "Learning rate at the first step, or after the warmup.")

  package static let schedule = TrainingSetting(
    "schedule", .word(Schedule.allCases.map(\.rawValue)), isLater: true, valueName: "schedule",
    help:
      "Course of the learning rate: staircase decays it every --decay-steps steps, cosine lets it fall to 0 at the last step.",
    get: { .word($0.schedule.rawValue) },
    set: { configuration, value in configuration.schedule = Schedule(rawValue: value.text) ?? configuration.schedule })

  package static let warmup = TrainingSetting(
    "warmup", \.warmup, 0...1_000_000_000, isLater: true,
    help: "Number of first steps in which the learning rate rises from 0 to that of the schedule.")

  package static let learningRateDecay = TrainingSetting(
    "learning-rate-decay", \.learningRateDecay, .above(0, to: 1), valueName: "factor",
    help: "Learning-rate decay factor, applied every --decay-steps steps.")

  package static let decaySteps = TrainingSetting(
    "decay-steps", \.decaySteps, 1...Int.max, help: "Number of steps between two decays of the learning rate.")

  package static let loss = TrainingSetting(
    "loss", .word(Loss.allCases.map(\.rawValue)), isOfStep: true, isLater: true, valueName: "loss",
    help: "Loss of a reconstruction: sigmoid cross entropy, or mean squared error.",
    get: { .word($0.loss.rawValue) },
    set: { configuration, value in configuration.loss = Loss(rawValue: value.text) ?? configuration.loss })

  package static let beta = TrainingSetting(
    "beta", \.beta, .from(0, to: 1e6), isLater: true, valueName: "factor",
    help: "With --variational: weight of the code's divergence from the standard normal distribution.")

  package static let optimizer = TrainingSetting(
    "optimizer", .word(Optimizer.allCases.map(\.rawValue)), isOfStep: true, isLater: true, valueName: "optimizer",
    help: "Optimizer: Adam; AdamW, whose weight decay is no part of the loss; or gradient descent with momentum 0.9.",
    get: { .word($0.optimizer.rawValue) },
    set: { configuration, value in
      configuration.optimizer = Optimizer(rawValue: value.text) ?? configuration.optimizer
    })

  package static let clipNorm = TrainingSetting(
    "clip-norm", \.clipNorm, .from(0, to: 1e9), isOfStep: true, isLater: true, valueName: "norm",
    help: "Scale a step's gradient down to this norm if it is larger; 0 for never.")

  package static let weightDecay = TrainingSetting(
    "weight-decay", \.weightDecay, .from(0, to: 1), valueName: "factor",
    help: "L2 penalty: the loss grows by half the sum of squared kernel weights times this factor.")

  package static let dropout = TrainingSetting(
    "dropout", \.dropout, .from(0, to: 0.999), isOfStep: true, valueName: "fraction",
    help: "Fraction of hidden activations to drop.")

  package static let noise = TrainingSetting(
    "noise", .word(Noise.allCases.map(\.rawValue)), isOfStep: true, isLater: true, valueName: "kind",
    help: "Kind of --noise-factor: normal noise added to inputs, or numbers set to 0.",
    get: { .word($0.noise.rawValue) },
    set: { configuration, value in configuration.noise = Noise(rawValue: value.text) ?? configuration.noise })

  package static let noiseFactor = TrainingSetting(
    "noise-factor", \.noiseFactor, .from(0, to: 100), isOfStep: true, valueName: "stddev",
    help:
      "Add noise of this standard deviation to inputs, for a denoising autoencoder; with --noise masking, set this fraction of them "
      + "to 0.")

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
    isOfStep: Bool = false, isLater: Bool = false, help: String
  ) {
    self.init(
      name, .integer(range), isOfStep: isOfStep, isLater: isLater, valueName: "n", help: help,
      get: { .integer($0[keyPath: path]) },
      set: { configuration, value in
        if case .integer(let number) = value { configuration[keyPath: path] = number }
      })
  }

  /// A number.
  fileprivate convenience init(
    _ name: String, _ path: any WritableKeyPath<TrainingConfiguration, Double> & Sendable, _ range: NumberRange,
    isOfStep: Bool = false, isLater: Bool = false, valueName: String, help: String
  ) {
    self.init(
      name, .number(range), isOfStep: isOfStep, isLater: isLater, valueName: valueName, help: help,
      get: { .number($0[keyPath: path]) },
      set: { configuration, value in
        if case .number(let number) = value { configuration[keyPath: path] = number }
      })
  }
}
