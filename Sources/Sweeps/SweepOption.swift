// SweepOption.swift
// The options of aelog train that the trials of a sweep may differ in.

import Networks
package import Training

/// An option, under its name on the command line without the hyphens.
package enum SweepOption: String, CaseIterable, Sendable {
  case model, filters, downsampling
  case hiddenUnits = "hidden-units"
  case epochs
  case batchSize = "batch-size"
  case learningRate = "learning-rate"
  case learningRateDecay = "learning-rate-decay"
  case decaySteps = "decay-steps"
  case weightDecay = "weight-decay"
  case dropout
  case noiseFactor = "noise-factor"
  case seed, kernels

  /// What its values are.
  package enum Kind: Hashable, Sendable {
    case word([String]), sizes, integer, number

    /// For messages.
    package var want: String {
      switch self {
      case .word(let words): words.joined(separator: " or ")
      case .sizes: "sizes with commas between, as in 16,8,8"
      case .integer: "a whole number"
      case .number: "a number"
      }
    }
  }

  package var kind: Kind {
    switch self {
    case .model: .word(SweepFamily.allCases.map(\.rawValue))
    case .downsampling: .word(Downsampling.allCases.map(\.rawValue))
    case .kernels: .word(KernelChoice.allCases.map(\.rawValue))
    case .filters, .hiddenUnits: .sizes
    case .epochs, .batchSize, .decaySteps, .seed: .integer
    case .learningRate, .learningRateDecay, .weightDecay, .dropout, .noiseFactor: .number
    }
  }

  /// The only family of models that has it; nil where both have.
  var family: SweepFamily? {
    switch self {
    case .filters, .downsampling: .convolutional
    case .hiddenUnits: .fullyConnected
    default: nil
    }
  }
}

/// The two families of models.
package enum SweepFamily: String, CaseIterable, Sendable {
  case convolutional
  case fullyConnected = "fully-connected"

  init(_ architecture: Architecture) {
    self =
      switch architecture {
      case .convolutional: .convolutional
      case .fullyConnected: .fullyConnected
      }
  }
}

/// One value for each option that is not left as usual.
package typealias OptionValues = [SweepOption: OptionValue]

extension TrainingConfiguration {
  /// The configuration of these values; what is not among them is as usual, and what belongs to the other family is of no
  /// account.
  package init(_ values: OptionValues) {
    let family = values[.model].flatMap { SweepFamily(rawValue: $0.text) } ?? .convolutional
    let architecture: Architecture =
      switch family {
      case .convolutional:
        .convolutional(
          filters: values[.filters]?.sizes ?? [16, 8, 8],
          downsampling: values[.downsampling].flatMap { Downsampling(rawValue: $0.text) } ?? .pool)
      case .fullyConnected: .fullyConnected(hiddenUnits: values[.hiddenUnits]?.sizes ?? [128, 64, 32])
      }
    self.init(architecture: architecture)
    epochs = values[.epochs]?.integer ?? epochs
    batchSize = values[.batchSize]?.integer ?? batchSize
    learningRate = values[.learningRate]?.number ?? learningRate
    learningRateDecay = values[.learningRateDecay]?.number ?? learningRateDecay
    decaySteps = values[.decaySteps]?.integer ?? decaySteps
    weightDecay = values[.weightDecay]?.number ?? weightDecay
    dropout = values[.dropout]?.number ?? dropout
    noiseFactor = values[.noiseFactor]?.number ?? noiseFactor
    seed = values[.seed]?.integer.map { UInt64($0) } ?? seed
    kernels = values[.kernels].flatMap { KernelChoice(rawValue: $0.text) } ?? kernels
  }
}
