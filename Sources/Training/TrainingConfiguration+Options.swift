// TrainingConfiguration+Options.swift
// The choices of a run as the command's options, and how two runs differ.

import Networks

extension TrainingConfiguration {
  /// A choice as it is given to the command.
  package struct Option: Hashable, Sendable {
    /// Without the hyphens.
    package let name: String
    package let value: String
  }

  /// The names of either family's options, in the order of the command's help.
  package static let optionNames = [
    "model", "filters", "downsampling", "hidden-units", "epochs", "batch-size", "learning-rate", "learning-rate-decay",
    "decay-steps", "weight-decay", "dropout", "noise-factor", "seed", "kernels",
  ]

  /// All of them, in the order of the command's help.
  package var options: [Option] {
    Self.optionNames.compactMap { name in value(of: name).map { Option(name: name, value: $0) } }
  }

  /// The value of an option; nil for those of the other family.
  package func value(of name: String) -> String? {
    switch (name, architecture) {
    case ("model", .convolutional): "convolutional"
    case ("model", .fullyConnected): "fully-connected"
    case ("filters", .convolutional), ("hidden-units", .fullyConnected):
      architecture.sizes.map(String.init).joined(separator: ",")
    case ("downsampling", .convolutional(_, let downsampling)): downsampling.rawValue
    case ("epochs", _): "\(epochs)"
    case ("batch-size", _): "\(batchSize)"
    case ("learning-rate", _): "\(learningRate)"
    case ("learning-rate-decay", _): "\(learningRateDecay)"
    case ("decay-steps", _): "\(decaySteps)"
    case ("weight-decay", _): "\(weightDecay)"
    case ("dropout", _): "\(dropout)"
    case ("noise-factor", _): "\(noiseFactor)"
    case ("seed", _): "\(seed)"
    case ("kernels", _): kernels.rawValue
    default: nil
    }
  }

  /// The names of the options that both runs have, with different values. Much faster than to compare their texts.
  package func differences(from other: TrainingConfiguration) -> [String] {
    let ofModel: [(String, Bool)] =
      switch (architecture, other.architecture) {
      case (.convolutional(let filters, let downsampling), .convolutional(let otherFilters, let otherDownsampling)):
        [("filters", filters != otherFilters), ("downsampling", downsampling != otherDownsampling)]
      case (.fullyConnected(let units), .fullyConnected(let otherUnits)): [("hidden-units", units != otherUnits)]
      default: [("model", true)]
      }
    let ofLearning = [
      ("epochs", epochs != other.epochs), ("batch-size", batchSize != other.batchSize),
      ("learning-rate", learningRate != other.learningRate),
      ("learning-rate-decay", learningRateDecay != other.learningRateDecay),
      ("decay-steps", decaySteps != other.decaySteps), ("weight-decay", weightDecay != other.weightDecay),
      ("dropout", dropout != other.dropout), ("noise-factor", noiseFactor != other.noiseFactor),
      ("seed", seed != other.seed), ("kernels", kernels != other.kernels),
    ]
    return (ofModel + ofLearning).compactMap { $1 ? $0 : nil }
  }

  /// The first option in which a continuation of this run may not differ and does: what it has, and what this run has.
  package func conflict(with other: TrainingConfiguration) -> (got: Option, want: Option)? {
    zip(other.options, options).first { $0 != $1 && $1.name != "epochs" }.map { (got: $0.0, want: $0.1) }
  }
}
