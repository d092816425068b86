// SweepSettings.swift
// Options of aelog train that all trials of a sweep have alike: they say what a run leaves, not what it learns.

import ByteStreams
import Experiments
package import Training

/// What every trial's run is told beside its configuration; nil where it is as usual.
package struct SweepSettings: Hashable, Sendable {
  package var keep: Int?
  package var checkpointEvery: Int?
  package var embedEvery: Int?
  package var onNonFinite: NonFiniteRule?

  package init() {}

  /// Under their names on the command line.
  static let names = ["keep", "checkpoint-every", "embed-every", "on-nonfinite"]

  /// Sets the one with this name.
  /// - Throws: `SweepError.badSetting`.
  package mutating func set(_ name: String, _ text: String) throws(SweepError) {
    func count() throws(SweepError) -> Int {
      guard let count = Int(text), (1...1_000_000_000).contains(count) else {
        throw .badSetting(name: name, got: text, want: "a whole number from 1 on")
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

  /// The same with defaults in place of nil, where there is a default.
  var complete: SweepSettings {
    var complete = self
    complete.keep = keep ?? TrainingOptions.defaultKeep
    complete.onNonFinite = onNonFinite ?? TrainingOptions.defaultNonFiniteRule
    return complete
  }

  /// Those that are given, as in a file.
  var lines: [String] {
    let texts = [
      keep.map(String.init), checkpointEvery.map(String.init), embedEvery.map(String.init), onNonFinite?.rawValue,
    ]
    return zip(Self.names, texts).compactMap { name, text in text.map { "\(name): \($0)" } }
  }

  /// Puts them among a run's options.
  func apply(to options: inout TrainingOptions) {
    options.keep = keep ?? options.keep
    options.checkpointEvery = checkpointEvery ?? options.checkpointEvery
    options.embedEvery = embedEvery ?? options.embedEvery
    options.onNonFinite = onNonFinite ?? options.onNonFinite
  }
}
