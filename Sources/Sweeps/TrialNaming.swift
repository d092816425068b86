// TrialNaming.swift
// Names of trials that say what differs between them.

import Experiments
import Networks
import Training

/// Names for configurations of one sweep: `convolutional-16-8-8_learning-rate-0.003_seed-1`.
struct TrialNaming {
  /// The options beside the model's in which any two differ.
  private let differing: [String]
  private let hasModels: Bool
  private let digits: Int

  init(_ configurations: [TrainingConfiguration]) {
    let model: Set = ["model", "filters", "downsampling", "hidden-units"]
    var values: [String: Set<String>] = [:]
    var order: [String] = []
    for option in configurations.flatMap(\.options) where !model.contains(option.name) {
      if values[option.name] == nil { order.append(option.name) }
      values[option.name, default: []].insert(option.value)
    }
    differing = order.filter { values[$0].map { $0.count > 1 } ?? false }
    hasModels = Set(configurations.map(\.architecture)).count > 1
    digits = String(configurations.count).count
  }

  /// The options in which any two differ; of two families, the sizes of both.
  static func differing(_ configurations: [TrainingConfiguration]) -> Set<String> {
    var values: [String: Set<String>] = [:]
    for option in configurations.flatMap(\.options) { values[option.name, default: []].insert(option.value) }
    let areMixed = (values["model"]?.count ?? 0) > 1
    return Set(values.filter { $0.value.count > 1 }.keys).union(areMixed ? ["filters", "hidden-units"] : [])
  }

  func name(of configuration: TrainingConfiguration, index: Int) -> String {
    let values = Dictionary(configuration.options.map { ($0.name, $0.value) }) { first, _ in first }
    let parts = differing.map { "\($0)-\(values[$0] ?? "")" }
    let name = ((hasModels || parts.isEmpty ? [configuration.architecture.name] : []) + parts).joined(separator: "_")
    if name.utf8.count <= RunPlacement.nameLimit { return name }
    let number = String(index)
    return "trial-" + String(repeating: "0", count: max(0, digits - number.count)) + number
  }
}
