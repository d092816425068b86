// SettingOptions.swift
// Command-line options for hyperparameters, made from their table.

import ArgumentParser
import Networks
package import Training

/// The rows of the table that a command takes as one group of options.
package protocol SettingRows: Sendable {
  static var rows: [TrainingSetting] { get }
}

/// The model to train.
package enum ModelRows: SettingRows {
  package static var rows: [TrainingSetting] { TrainingSetting.all.filter { $0.section == .model } }
}

/// How long and how it is trained.
package enum LearningRows: SettingRows {
  package static var rows: [TrainingSetting] { TrainingSetting.all.filter { $0.section == .learning } }
}

/// The settings that decide how much work a step is.
package enum StepRows: SettingRows {
  package static var rows: [TrainingSetting] { LearningRows.rows.filter(\.isOfStep) }
}

/// One option for each row. An option that is not given has its default, or the resumed run's value.
///
/// The parser finds the options of a type by reflection, so the mirror declares them; decoding asks for each by the same key.
package struct SettingOptions<Rows: SettingRows>: ParsableArguments, CustomReflectable {
  /// The given values.
  package private(set) var given: SettingValues = [:]

  package init() {}

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingKey.self)
    for setting in Rows.rows {
      given[setting] =
        setting.kind == .flag
        ? try container.decode(Flag<Bool?>.self, forKey: SettingKey(setting)).wrappedValue.map { .flag($0) }
        : try container.decode(Option<SettingValue?>.self, forKey: SettingKey(setting)).wrappedValue
    }
  }

  package var customMirror: Mirror {
    Mirror(
      self,
      children: Rows.rows.map { row in
        let value: Any = row.kind == .flag ? Self.flag(row) : Self.option(row)
        return (label: SettingKey(row).stringValue, value: value)
      })
  }

  private static func flag(_ setting: TrainingSetting) -> Flag<Bool?> {
    Flag(name: .customLong(setting.name), inversion: .prefixedNo, help: ArgumentHelp(setting.help))
  }

  private static func option(_ setting: TrainingSetting) -> Option<SettingValue?> {
    Option(
      wrappedValue: nil, name: .customLong(setting.name), parsing: .unconditional,
      help: ArgumentHelp(
        "\(setting.help) (default: \(setting.defaultText))\(setting.valuesText)", valueName: setting.valueName),
      completion: setting.words.map { .list($0) },
      transform: { text in
        guard let value = SettingValue(text, of: setting) else {
          throw ValidationError(SettingValue.refusal(of: text, for: setting))
        }
        return value
      })
  }

  package func validate() throws {
    if given[.model] == nil, let option = given.keys.first(where: { $0.family == .convolutional }).map(\.name),
      given.keys.contains(where: { $0.family == .fullyConnected })
    {
      throw ValidationError(
        "--\(option) belongs to --model convolutional, --hidden-units to --model fully-connected; leave one of them out, or "
          + "train both with aelog sweep")
    }
    let values = values
    let family = values[.model].flatMap { ModelFamily(rawValue: $0.text) } ?? .convolutional
    for setting in Rows.rows {
      if let owner = setting.family, owner != family, given[setting] != nil {
        throw ValidationError(
          "--\(setting.name) belongs to --model \(owner.rawValue); leave it out or choose that model")
      }
    }
    do { try TrainingConfiguration(values).validate() } catch { throw ValidationError("\(error)") }
  }

  /// The given values; an option of one family alone selects that family.
  package var values: SettingValues {
    let family = given.keys.compactMap(\.family).first
    return given.merging(family.map { [.model: .word($0.rawValue)] } ?? [:]) { given, _ in given }
  }
}

/// The key of a row's option in the parser.
struct SettingKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ setting: TrainingSetting) { stringValue = setting.name }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension TrainingSetting {
  /// The words to choose from; nil for numbers and sizes.
  fileprivate var words: [String]? { kind.choices }
  /// The words for help, after a blank; empty for numbers and sizes.
  fileprivate var valuesText: String { words.map { " (values: \($0.joined(separator: ", ")))" } ?? "" }
}

/// The options of a sweep for hyperparameters: several values or ranges of each.
package struct SettingChoiceOptions: ParsableArguments, CustomReflectable {
  /// The given texts of each row, in the order of the table.
  package private(set) var texts: [(setting: TrainingSetting, texts: [String])] = []

  package init() {}

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingKey.self)
    for setting in TrainingSetting.all {
      let texts = try container.decode(Option<[String]>.self, forKey: SettingKey(setting)).wrappedValue
      if !texts.isEmpty { self.texts.append((setting, texts)) }
    }
  }

  package var customMirror: Mirror {
    Mirror(
      self,
      children: TrainingSetting.all.map { setting in
        let option = Option(
          wrappedValue: [String](), name: .customLong(setting.name), parsing: .unconditionalSingleValue,
          help: ArgumentHelp(setting.help + setting.valuesText, valueName: setting.valueName),
          completion: setting.words.map { .list($0) })
        return (label: SettingKey(setting).stringValue, value: option)
      })
  }
}
