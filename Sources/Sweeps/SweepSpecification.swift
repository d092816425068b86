// SweepSpecification.swift
// What a sweep was asked for: values for each option, and how they become trials.

import ByteStreams
package import Datasets
package import Training

/// A sweep as its user gave it. Equal specifications have the same trials in the same order.
package struct SweepSpecification: Equatable, Sendable {
  /// A trial with a name of its own.
  package struct NamedTrial: Equatable, Sendable {
    var name: String
    var values: OptionValues

    /// The family of its model, by its own options; nil where they say nothing of it.
    /// - Throws: `SweepError.optionOfOtherFamily`.
    func family() throws(SweepError) -> SweepFamily? {
      let given = values.keys.filter { $0.family != nil }.sorted { $0.rawValue < $1.rawValue }
      let model = values[.model].flatMap { SweepFamily(rawValue: $0.text) } ?? given.first?.family
      for option in given where option.family != model {
        let cause = values[.model].map { "--model \($0.text)" } ?? given.first.map { "--\($0.rawValue)" } ?? ""
        throw .optionOfOtherFamily(trial: name, option: option, other: cause)
      }
      return model
    }
  }

  /// Drawing trials instead of taking all combinations.
  package struct Draw: Equatable, Sendable {
    package var trials: Int
    package var seed: UInt64

    package init(trials: Int, seed: UInt64) {
      self.trials = trials
      self.seed = seed
    }
  }

  package var data: DataSource = .digits
  /// Chooses the drawn digits; of no account for files.
  package var dataSeed: UInt64 = 0
  /// The values of each option that has any; one, where all trials have the same.
  package var choices: [SweepOption: [OptionChoice]] = [:]
  /// Nil for all combinations.
  package var draw: Draw?
  /// How often each trial is trained, each time with the next seed.
  package var repeats = 1
  package var trials: [NamedTrial] = []
  /// Nil where every trial is trained to its end.
  package var halving: Halving?
  package var settings = SweepSettings()

  static let repeatLimit = 1...1000
  static let trialLimit = 100_000

  package init() {}
}

/// One run of a sweep.
package struct Trial: Equatable, Sendable {
  /// Its place in the sweep, from 0.
  package let index: Int
  /// Its directory's name in the sweep's.
  package let name: String
  package let configuration: TrainingConfiguration
}
