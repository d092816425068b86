// TrialNaming.swift
// Names of trials that say what differs between them.

import ByteStreams
import Networks
import Runs
import Training

/// Names for configurations of one sweep: `convolutional-16-8-8_learning-rate-0.003_seed-1`.
struct TrialNaming {
  private let trials: [TrainingConfiguration]
  /// The options beside the model's in which any two differ.
  private let differing: [String]
  private let hasModels: Bool

  init(_ configurations: [TrainingConfiguration]) {
    trials = configurations
    let names = Self.names(ofDifferent: configurations)
      .subtracting(["model", "filters", "downsampling", "hidden-units"])
    differing = TrainingConfiguration.optionNames.filter(names.contains)
    hasModels = configurations.contains { $0.architecture != configurations[0].architecture }
  }

  /// The options in which any two differ; of two families, the sizes of both.
  static func differing(_ configurations: [TrainingConfiguration]) -> Set<String> {
    let names = names(ofDifferent: configurations)
    return names.contains("model") ? names.union(["filters", "hidden-units"]) : names
  }

  private static func names(ofDifferent all: [TrainingConfiguration]) -> Set<String> {
    guard let first = all.first else { return [] }
    var ofOtherFamily: TrainingConfiguration?
    return all.reduce(into: []) { names, trial in
      let differences = trial.differences(from: first)
      names.formUnion(differences)
      guard differences.contains("model") else { return }
      if let other = ofOtherFamily { names.formUnion(trial.differences(from: other)) } else { ofOtherFamily = trial }
    }
  }

  /// What the names of trials that differ in nothing but their seed have in common.
  /// - Parameter trials: at least one.
  static func common(_ trials: [Trial]) -> String {
    guard let first = trials.first, trials.count > 1 else { return trials.first?.name ?? "" }
    let names = trials.map { trial in
      trial.name.split(separator: "_", omittingEmptySubsequences: false).filter {
        $0 != "seed-\(trial.configuration.seed)"
      }
      .joined(separator: "_")
    }
    if Set(names).count > 1 { return "\(first.name) and \(trials.count - 1) more" }
    return names[0].isEmpty ? first.configuration.architecture.name : names[0]
  }

  /// - Parameter index: a configuration's place among them.
  func name(of index: Int) -> String {
    let trial = trials[index]
    let parts = differing.compactMap { name in trial.value(of: name).map { "\(name)-\($0)" } }
    let name = ((hasModels || parts.isEmpty ? [trial.architecture.name] : []) + parts).joined(separator: "_")
    if name.utf8.count <= RunPlacement.nameLimit { return name }
    return "trial-" + index.zeroPadded(to: String(trials.count).count)
  }
}
