// OptionValue.swift
// One value of an option, and a range that values are drawn from.

import Foundation

/// A value as it is given to aelog train.
package enum OptionValue: Hashable, Sendable {
  case word(String), sizes([Int]), integer(Int), number(Double)

  /// Reads a value of that kind.
  /// - Throws: `SweepError.badValue`.
  package init(_ text: String, of option: SweepOption) throws(SweepError) {
    let found: OptionValue? =
      switch option.kind {
      case .word(let words): words.contains(text) ? .word(text) : nil
      case .sizes: Self.sizes(in: text)
      case .integer: Int(text).flatMap { $0 >= 0 ? .integer($0) : nil }
      case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
      }
    guard let found else { throw .badValue(option: option, got: text) }
    self = found
  }

  /// As on the command line.
  package var text: String {
    switch self {
    case .word(let word): word
    case .sizes(let sizes): sizes.map(String.init).joined(separator: ",")
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    }
  }

  var sizes: [Int]? { if case .sizes(let sizes) = self { sizes } else { nil } }
  var integer: Int? { if case .integer(let number) = self { number } else { nil } }
  var number: Double? { if case .number(let number) = self { number } else { nil } }

  /// Whole numbers from 1 to 65536 between commas; blanks around them are fine.
  private static func sizes(in text: String) -> OptionValue? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 64 else { return nil }
    let sizes = parts.compactMap { part in Int(part.filter { $0 != " " }) }
    guard sizes.count == parts.count, sizes.allSatisfy((1...65_536).contains) else { return nil }
    return .sizes(sizes)
  }
}

/// `A..B`, or `log:A..B` where every factor between them is as likely as another.
package struct ValueRange: Hashable, Sendable {
  let first: Double
  let last: Double
  let isLogarithmic: Bool
  let isWhole: Bool

  /// Reads a range of numbers; nil where there are no two dots.
  /// - Throws: `SweepError.badRange`.
  init?(_ text: String, of option: SweepOption) throws(SweepError) {
    let isLogarithmic = text.hasPrefix("log:")
    let ends = text.dropFirst(isLogarithmic ? 4 : 0)
    guard let dots = ends.firstRange(of: "..") else {
      if isLogarithmic { throw .badRange(option: option, got: text) }
      return nil
    }
    guard option.kind == .integer || option.kind == .number, let first = Double(ends[..<dots.lowerBound]),
      let last = Double(ends[dots.upperBound...]), first.isFinite, last.isFinite, first < last,
      !isLogarithmic || first > 0,
      option.kind == .number || first >= 0 && last < 1e15 && first == first.rounded() && last == last.rounded()
    else { throw .badRange(option: option, got: text) }
    (self.first, self.last) = (first, last)
    self.isLogarithmic = isLogarithmic
    isWhole = option.kind == .integer
  }

  var text: String {
    func end(_ number: Double) -> String { isWhole ? "\(Int(number))" : "\(number)" }
    return (isLogarithmic ? "log:" : "") + "\(end(first))..\(end(last))"
  }

  /// The value at a place from 0 to 1, in as few digits as tell the draws apart: four, and more in a narrow range.
  /// - Parameter draws: how many values are drawn from the range.
  func value(at place: Double, draws: Int) -> OptionValue {
    if isWhole {
      let low = first, high = last + 1
      let number = isLogarithmic ? low * pow(high / low, place) : low + (high - low) * place
      return .integer(Int(min(last, number.rounded(.down))))
    }
    let number = isLogarithmic ? first * pow(last / first, place) : first + (last - first) * place
    // Digits that all values of a narrow range have in common tell nothing apart.
    let common = max(0, log10(max(abs(first), abs(last)) / (last - first)).rounded(.down))
    let telling = max(4, log10(Double(max(1, draws)) * 10).rounded(.up))
    let digits = Int(min(17, common + telling))
    // By way of text, so that the number has a short one.
    return .number(min(last, max(first, Double(String(format: "%.\(digits - 1)e", number)) ?? number)))
  }
}

/// One of the values that an option takes in a sweep, or all of a range.
package enum OptionChoice: Hashable, Sendable {
  case value(OptionValue), range(ValueRange)

  /// - Throws: `SweepError.badValue`, `.badRange`.
  package init(_ text: String, of option: SweepOption) throws(SweepError) {
    if let range = try ValueRange(text, of: option) {
      self = .range(range)
    } else {
      self = .value(try OptionValue(text, of: option))
    }
  }

  var text: String {
    switch self {
    case .value(let value): value.text
    case .range(let range): range.text
    }
  }
}
