// SettingValue.swift
// A value of a hyperparameter, as text, in JSON, and in range or not.

/// A value of a setting.
package enum SettingValue: Hashable, Sendable {
  /// A word, or several with commas between.
  case word(String)
  case flag(Bool), sizes([Int]), integer(Int), seed(UInt64), number(Double)

  /// Reads a value of a setting; nil for another form. Whether it is in range is a question for `refusal`.
  package init?(_ text: String, of setting: TrainingSetting) {
    let found: SettingValue? =
      switch setting.kind {
      case .word(let words): words.contains(text) ? .word(text) : nil
      case .words(let words): Self.words(in: text, among: words).map { .word($0.joined(separator: ",")) }
      case .flag: text == Self.yes ? .flag(true) : text == Self.no ? .flag(false) : nil
      case .sizes: Self.sizes(in: text).map { .sizes($0) }
      case .integer: Int(text).map { .integer($0) }
      case .seed: UInt64(text).map { .seed($0) }
      case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
      }
    guard let found else { return nil }
    self = found
  }

  /// The value as written on the command line.
  package var text: String {
    switch self {
    case .word(let word): word
    case .flag(let isSet): isSet ? Self.yes : Self.no
    case .sizes(let sizes): sizes.map(String.init).joined(separator: ",")
    case .integer(let number): "\(number)"
    case .seed(let number): "\(number)"
    case .number(let number): "\(number)"
    }
  }

  /// The texts of a flag's values.
  static let (yes, no) = ("true", "false")

  /// The words of a list.
  var words: [String] { text.split(separator: ",").map(String.init) }

  package var sizes: [Int]? { if case .sizes(let sizes) = self { sizes } else { nil } }

  /// The number; nil for words and sizes.
  package var number: Double? {
    switch self {
    case .word, .flag, .sizes: nil
    case .integer(let number): Double(number)
    case .seed(let number): Double(number)
    case .number(let number): number
    }
  }

  /// Returns the range that a setting accepts, for a message; nil if the value is in it. Sizes are the model's to check.
  func refusal(by setting: TrainingSetting) -> String? {
    switch (setting.kind, self) {
    case (.integer(let range), .integer(let number)):
      if range.contains(number) { return nil }
      return range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
    case (.number(let range), .number(let number)):
      if range.contains(number) { return nil }
      let (low, high) = (Self.short(range.lowest), Self.short(range.highest))
      return range.includesLowest ? "\(low) to \(high)" : "above \(low), at most \(high)"
    default: return nil
    }
  }

  /// Returns a number's text, for whole numbers without a decimal point.
  static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }

  /// Reads words between commas; blanks around them are ignored.
  static func words(in text: String, among words: [String]) -> [String]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmingBlanks) }
    return parts.count <= 64 && parts.allSatisfy(words.contains) ? parts : nil
  }

  /// Reads whole numbers from 1 to 65536 between commas; blanks around them are ignored.
  private static func sizes(in text: String) -> [Int]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    return parts.count <= 64 && wrongSize(in: text) == nil ? parts.compactMap { Int($0.trimmingBlanks) } : nil
  }

  /// Returns the first part of a list that is no size; nil if all are.
  private static func wrongSize(in text: String) -> String? {
    text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingBlanks).first { part in
      Int(part).map { !(1...65_536).contains($0) } ?? true
    }.map(String.init)
  }

  /// Returns the reason why a text is no value of a setting, for people.
  package static func refusal(of text: String, for setting: TrainingSetting) -> String {
    let part = setting.kind == .sizes ? wrongSize(in: text) : nil
    return (part.map { $0 == text ? "" : "got '\($0)', " } ?? "") + "want \(setting.kind.want)"
  }
}

extension Substring {
  fileprivate var trimmingBlanks: Substring {
    var rest = drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}

/// Values of some settings.
package typealias SettingValues = [TrainingSetting: SettingValue]
