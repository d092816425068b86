// TrainingConfiguration+JSON.swift
// A configuration as JSON: a key for each setting of its family.

import Networks

extension TrainingConfiguration: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ setting: TrainingSetting) { stringValue = setting.key }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (setting, value) in values {
      let key = Key(setting)
      switch value {
      case .word(let word): try container.encode(word, forKey: key)
      case .flag(let isSet): try container.encode(isSet, forKey: key)
      case .sizes(let sizes): try container.encode(sizes, forKey: key)
      case .integer(let number): try container.encode(number, forKey: key)
      case .seed(let number): try container.encode(number, forKey: key)
      case .number(let number): try container.encode(number, forKey: key)
      }
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init([:])
    for setting in TrainingSetting.all where setting.applies(to: architecture.family) {
      let key = Key(setting)
      if setting.isLater, !container.contains(key) { continue }
      let value: SettingValue =
        switch setting.kind {
        case .word, .words: .word(try container.decode(String.self, forKey: key))
        case .flag: .flag(try container.decode(Bool.self, forKey: key))
        case .sizes: .sizes(try container.decode([Int].self, forKey: key))
        case .integer: .integer(try container.decode(Int.self, forKey: key))
        case .seed: .seed(try container.decode(UInt64.self, forKey: key))
        case .number: .number(try container.decode(Double.self, forKey: key))
        }
      if setting.kind.choices != nil, SettingValue(value.text, of: setting) == nil {
        throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: value.text)
      }
      setting.set(&self, value)
    }
  }
}
