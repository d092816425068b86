// TrainingSetting.swift
// One hyperparameter of training: its name, its values, and where a configuration holds it.

package import Networks

/// A hyperparameter: a row of the table from which options, files, records, columns and messages derive. Each is one object, since large
/// sweeps have many values by setting.
package final class TrainingSetting: Sendable {
  /// The option's name without hyphens in front. Files and TensorBoard have underscores in it.
  package let name: String
  package let kind: Kind
  /// The only family of models that has the setting; nil if all have it.
  package let family: ModelFamily?
  package let section: Section
  /// Whether it changes how much work a step is, so that a benchmark needs it too.
  package let isOfStep: Bool
  /// Whether records of earlier versions lack it, and so mean its default.
  let isLater: Bool
  package let help: String
  /// The value's placeholder in help, or its unit.
  package let valueName: String
  let get: @Sendable (TrainingConfiguration) -> SettingValue
  let set: @Sendable (inout TrainingConfiguration, SettingValue) -> Void

  /// Where help lists it.
  package enum Section: Sendable { case model, learning }

  /// The kinds of values.
  package enum Kind: Hashable, Sendable {
    case word([String])
    /// Yes or no; no by default.
    case flag
    /// One word for all blocks of a convolutional model, or one for each.
    case words([String])
    /// Sizes of layers, from 1 to 65536.
    case sizes
    case integer(ClosedRange<Int>)
    case seed
    case number(NumberRange)

    package var isNumber: Bool {
      switch self {
      case .word, .words, .flag, .sizes: false
      case .integer, .seed, .number: true
      }
    }

    package var isWhole: Bool {
      switch self {
      case .word, .words, .flag, .sizes, .number: false
      case .integer, .seed: true
      }
    }

    /// Returns a number as a value.
    /// - Parameter number: a whole number from 0 to 10¹⁵ if the kind is whole.
    package func value(_ number: Double) -> SettingValue {
      switch self {
      case .integer: .integer(Int(number))
      case .seed: .seed(UInt64(number))
      case .word, .words, .flag, .sizes, .number: .number(number)
      }
    }

    /// Whether a value is a list.
    package var isList: Bool {
      switch self {
      case .words, .sizes: true
      case .word, .flag, .integer, .seed, .number: false
      }
    }

    /// The words to choose from; nil for numbers and sizes.
    package var choices: [String]? {
      switch self {
      case .word(let words), .words(let words): words
      case .flag: [SettingValue.yes, SettingValue.no]
      case .sizes, .integer, .seed, .number: nil
      }
    }

    /// The expected form, for messages about a text.
    package var want: String {
      switch self {
      case .word(let words): words.joined(separator: " or ")
      case .words(let words): words.joined(separator: " or ") + ", or one for each block with commas between"
      case .flag: "\(SettingValue.yes) or \(SettingValue.no)"
      case .sizes: "whole numbers from 1 to 65536 with commas between, as in 16,8,8"
      case .integer, .seed: "a whole number"
      case .number: "a number"
      }
    }
  }

  init(
    _ name: String, _ kind: Kind, family: ModelFamily? = nil, section: Section = .learning, isOfStep: Bool = false,
    isLater: Bool = false, valueName: String, help: String,
    get: @escaping @Sendable (TrainingConfiguration) -> SettingValue,
    set: @escaping @Sendable (inout TrainingConfiguration, SettingValue) -> Void
  ) {
    self.name = name
    self.kind = kind
    self.family = family
    self.section = section
    self.isOfStep = isOfStep
    self.isLater = isLater
    self.help = help
    self.valueName = valueName
    self.get = get
    self.set = set
  }

  /// The name in files and in TensorBoard.
  package var key: String { name.replacing("-", with: "_") }

  /// Whether models of a family have the setting.
  package func applies(to family: ModelFamily) -> Bool { self.family == nil || self.family == family }

  /// The text of the default.
  package var defaultText: String {
    self.get(TrainingConfiguration(architecture: Architecture(family ?? .convolutional))).text
  }
}

extension TrainingSetting: Hashable {
  package static func == (one: TrainingSetting, other: TrainingSetting) -> Bool { one === other }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// The numbers that a setting accepts.
package struct NumberRange: Hashable, Sendable {
  let lowest: Double
  /// Whether the lowest number itself is accepted.
  let includesLowest: Bool
  let highest: Double

  static func from(_ lowest: Double, to highest: Double) -> NumberRange {
    NumberRange(lowest: lowest, includesLowest: true, highest: highest)
  }

  static func above(_ lowest: Double, to highest: Double) -> NumberRange {
    NumberRange(lowest: lowest, includesLowest: false, highest: highest)
  }

  func contains(_ number: Double) -> Bool {
    (includesLowest ? number >= lowest : number > lowest) && number <= highest
  }
}
