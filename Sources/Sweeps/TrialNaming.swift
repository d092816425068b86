// TrialNaming.swift
// Names of trials that say what differs between them.

import Experiments
import Networks
import Training

/// Names for configurations of one sweep: `convolutional-16-8-8_learning-rate-0.003_seed-1`.
struct TrialNaming {
  private let trials: [(architecture: Architecture, options: [TrainingConfiguration.Option])]
  /// The options beside the model's in which any two differ.
  private let differing: Set<String>
  private let hasModels: Bool

  init(_ configurations: [TrainingConfiguration]) {
    let trials = configurations.map { (architecture: $0.architecture, options: $0.options) }
    self.trials = trials
    differing = Self.names(ofDifferent: trials.lazy.map(\.options))
      .subtracting(["model", "filters", "downsampling", "hidden-units"])
    hasModels = trials.contains { $0.architecture != trials[0].architecture }
  }

  /// The options in which any two differ; of two families, the sizes of both.
  static func differing(_ configurations: [TrainingConfiguration]) -> Set<String> {
    let names = names(ofDifferent: configurations.lazy.map(\.options))
    return names.contains("model") ? names.union(["filters", "hidden-units"]) : names
  }

  private static func names(ofDifferent all: some Sequence<[TrainingConfiguration.Option]>) -> Set<String> {
    var first: [String: String] = [:]
    var names: Set<String> = []
    for option in all.joined() where !names.contains(option.name) {
      if let value = first[option.name] {
        if value != option.value { names.insert(option.name) }
      } else {
        first[option.name] = option.value
      }
    }
    return names
  }

  /// - Parameter index: a configuration's place among them.
  func name(of index: Int) -> String {
    let (architecture, options) = trials[index]
    let parts = options.filter { differing.contains($0.name) }.map { "\($0.name)-\($0.value)" }
    let name = ((hasModels || parts.isEmpty ? [architecture.name] : []) + parts).joined(separator: "_")
    if name.utf8.count <= RunPlacement.nameLimit { return name }
    let number = String(index)
    return "trial-" + String(repeating: "0", count: max(0, String(trials.count).count - number.count)) + number
  }
}
