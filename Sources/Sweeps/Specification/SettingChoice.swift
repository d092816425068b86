// SettingChoice.swift
// A choice for a setting in a sweep: a value, or a range to draw values from.

package import Training

extension SettingValue {
  /// Reads a value for trials.
  /// - Throws: `SweepError.badValue`.
  package init(trialValue text: String, of setting: TrainingSetting) throws(SweepError) {
    guard let value = SettingValue(text, of: setting), value.isPossible else {
      throw .badValue(setting: setting, got: text)
    }
    self = value
  }

  /// Whether a whole number is none below 0, nor a seed that no consecutive ones could follow.
  private var isPossible: Bool {
    switch self {
    case .word, .flag, .sizes, .number: true
    case .integer(let number): number >= 0
    case .seed(let number): number <= UInt64(Int.max)
    }
  }
}

/// One value of a setting in a sweep, or a range of values.
package enum SettingChoice: Hashable, Sendable {
  case value(SettingValue), range(ValueRange)

  /// - Throws: `SweepError.badValue`, `.badRange`.
  package init(_ text: String, of setting: TrainingSetting) throws(SweepError) {
    if let range = try ValueRange(text, of: setting) {
      self = .range(range)
    } else {
      self = .value(try SettingValue(trialValue: text, of: setting))
    }
  }

  var text: String {
    switch self {
    case .value(let value): value.text
    case .range(let range): range.text
    }
  }
}
