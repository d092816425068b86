// SweepSpecification.swift
// The values of each option that a user gives a sweep, and the settings that all its trials have in common.

import ByteStreams
package import Datasets
import Networks
package import Runs
package import Training

/// A sweep as its user specified it. Equal specifications have the same trials in the same order.
package struct SweepSpecification: Equatable, Sendable {
  /// A trial with a name of its own.
  package struct NamedTrial: Equatable, Sendable {
    var name: String
    package var values: SettingValues

    /// Returns the family of the trial's model by its own options; nil if they leave it open.
    /// - Throws: `SweepError.optionOfOtherFamily`.
    func family() throws(SweepError) -> ModelFamily? {
      let given = values.keys.filter { $0.family != nil }.sorted { $0.name < $1.name }
      let model = values[.model].flatMap { ModelFamily(rawValue: $0.text) } ?? given.first?.family
      for option in given where option.family != model {
        let cause = values[.model].map { "--model \($0.text)" } ?? given.first.map { "--\($0.name)" } ?? ""
        throw .optionOfOtherFamily(trial: name, setting: option, other: cause)
      }
      return model
    }
  }

  package var data: DataSource = .digits
  /// The seed of the drawn digits; ignored for files.
  package var dataSeed: UInt64 = 0
  /// The values of each given option; a single one if all trials have the same.
  package var choices: [TrainingSetting: [SettingChoice]] = [:]
  /// The random draw; nil for all combinations.
  package var draw: Draw?
  /// The number of times that each trial is trained, with consecutive seeds.
  package var repeats = 1
  package var trials: [NamedTrial] = []
  /// Successive halving; nil if every trial is trained to its end.
  package var halving: Halving?
  package var settings = SweepSettings()

  static let repeatLimit = 1...1000
  static let trialLimit = 100_000

  package init() {}

  /// The settings that have values, for all trials or for some.
  package var givenSettings: Set<TrainingSetting> {
    trials.reduce(into: Set(choices.keys)) { $0.formUnion($1.values.keys) }
  }

  /// Whether trials have names of their own.
  package var hasNames: Bool { !trials.isEmpty }
}

/// One trial of a sweep, which becomes one run.
package struct Trial: Equatable, Sendable {
  /// The trial's place in the sweep, from 0.
  package let index: Int
  /// The name of its run's directory in the sweep's directory.
  package let name: String
  package let configuration: TrainingConfiguration
}

/// Options of aelog train that all trials have in common: they affect what a run leaves on disk, not what it learns. Nil is the
/// default.
package struct SweepSettings: Hashable, Sendable {
  package var keep: Int?
  package var checkpointEvery: Int?
  package var embedEvery: Int?
  package var onNonFinite: NonFiniteRule?

  package init() {}

  /// The names on the command line.
  static let names = ["keep", "checkpoint-every", "embed-every", "on-nonfinite"]

  /// Sets the setting with this name.
  /// - Throws: `SweepError.badSetting`.
  package mutating func set(_ name: String, _ text: String) throws(SweepError) {
    func count() throws(SweepError) -> Int {
      guard let count = Int(text), (1...1_000_000_000).contains(count) else {
        throw .badSetting(name: name, got: text, want: "a whole number from 1")
      }
      return count
    }
    switch name {
    case "keep": keep = try count()
    case "checkpoint-every": checkpointEvery = try count()
    case "embed-every": embedEvery = try count()
    default:
      guard let rule = NonFiniteRule(rawValue: text) else {
        throw .badSetting(
          name: name, got: text, want: NonFiniteRule.allCases.map(\.rawValue).joined(separator: " or "))
      }
      onNonFinite = rule
    }
  }

  /// The same settings with defaults in place of nil, where there is a default.
  var complete: SweepSettings {
    var complete = self
    complete.keep = keep ?? TrainingOptions.defaultKeep
    complete.onNonFinite = onNonFinite ?? TrainingOptions.defaultNonFiniteRule
    return complete
  }

  /// The given settings as lines of a specification file.
  var lines: [String] {
    let texts = [
      keep.map(String.init), checkpointEvery.map(String.init), embedEvery.map(String.init), onNonFinite?.rawValue,
    ]
    return zip(Self.names, texts).compactMap { name, text in text.map { "\(name): \($0)" } }
  }

  /// Applies the settings to a run's options.
  package func apply(to options: inout TrainingOptions) {
    options.keep = keep ?? options.keep
    options.checkpointEvery = checkpointEvery ?? options.checkpointEvery
    options.embedEvery = embedEvery ?? options.embedEvery
    options.onNonFinite = onNonFinite ?? options.onNonFinite
  }
}

extension SweepSpecification {
  /// Reduces the batch size for few training images, if no batch size is given.
  /// - Returns: one line that reports the change, if there is one.
  package mutating func fitBatch(to images: Int) throws(SweepError) -> String? {
    guard choices[.batchSize] == nil, let size = TrainingConfiguration.fittedBatch(images) else { return nil }
    choices[.batchSize] = [try SettingChoice("\(size)", of: .batchSize)]
    return TrainingConfiguration.fittedBatchNote(images, size)
  }
}
