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

  /// All of them, in the order of the command's help.
  package var options: [Option] {
    let sizes = architecture.sizes.map(String.init).joined(separator: ",")
    let model: [(String, String)] =
      switch architecture {
      case .convolutional(_, let downsampling):
        [("model", "convolutional"), ("filters", sizes), ("downsampling", downsampling.rawValue)]
      case .fullyConnected: [("model", "fully-connected"), ("hidden-units", sizes)]
      }
    let learning = [
      ("epochs", "\(epochs)"), ("batch-size", "\(batchSize)"), ("learning-rate", "\(learningRate)"),
      ("learning-rate-decay", "\(learningRateDecay)"), ("decay-steps", "\(decaySteps)"),
      ("weight-decay", "\(weightDecay)"), ("dropout", "\(dropout)"), ("noise-factor", "\(noiseFactor)"),
      ("seed", "\(seed)"), ("kernels", kernels.rawValue),
    ]
    return (model + learning).map { Option(name: $0.0, value: $0.1) }
  }

  /// The first option in which a continuation of this run may not differ and does: what it has, and what this run has.
  package func conflict(with other: TrainingConfiguration) -> (got: Option, want: Option)? {
    zip(other.options, options).first { $0 != $1 && $1.name != "epochs" }.map { (got: $0.0, want: $0.1) }
  }
}
