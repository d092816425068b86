// SettingCondition.swift
// Settings that change nothing unless another setting has a certain value, so that giving them alone is a mistake.

import Networks

/// A condition under which a setting changes anything.
package struct SettingCondition: Sendable {
  /// The option, with its value, that makes the setting act.
  package let need: String
  private let isMet: @Sendable (TrainingConfiguration) -> Bool

  private init(_ need: String, _ isMet: @escaping @Sendable (TrainingConfiguration) -> Bool) {
    (self.need, self.isMet) = (need, isMet)
  }

  private static let all: [TrainingSetting: SettingCondition] = {
    let staircase = SettingCondition("--schedule staircase") { $0.schedule == .staircase }
    return [
      .beta: SettingCondition("--variational") { $0.architecture.isVariational },
      .learningRateDecay: staircase, .decaySteps: staircase,
      .noise: SettingCondition("a --noise-factor above 0") { $0.isDenoising },
    ]
  }()

  /// Returns the first given setting that changes nothing in any of some configurations though its value is not the default, and
  /// what it needs.
  package static func unmet(
    _ given: some Sequence<TrainingSetting>, in configurations: [TrainingConfiguration]
  ) -> (setting: TrainingSetting, need: String)? {
    for setting in given.sorted(by: { $0.name < $1.name }) {
      guard let condition = all[setting], !configurations.contains(where: condition.isMet),
        configurations.contains(where: { setting.get($0).text != setting.defaultText })
      else { continue }
      return (setting, condition.need)
    }
    return nil
  }
}
