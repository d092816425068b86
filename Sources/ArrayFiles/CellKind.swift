// CellKind.swift
// Classifies a cell as a number, a missing number, a damaged number, or text.

/// The kind of a cell.
enum CellKind: UInt8 {
  /// Digits with a sign or without.
  case integer
  /// Any other number, with a decimal point or an exponent.
  case decimal
  /// A number with a decimal comma.
  case commaDecimal
  /// An empty cell, NA, NaN and the like.
  case missing
  /// A text that is nearly a number: with a letter O for a zero, a typographic minus, a percent sign.
  case damaged
  case text

  /// - Precondition: a zero byte follows the cell.
  init(_ cell: ArraySlice<UInt8>) {
    let number = cell.withUnsafeBytes { bytes -> Float? in
      guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return nil }
      return NumberText.number(start, start + bytes.count)
    }
    if NumberText.isMissing(cell) {
      self = .missing
    } else if number != nil {
      let digits = cell.drop { $0 == 0x20 }.prefix { $0 != 0x20 }.drop { "+-".utf8.contains($0) }
      self = digits.allSatisfy(NumberText.isDigit) ? .integer : .decimal
    } else if NumberText.withPoint(cell) != nil {
      self = .commaDecimal
    } else {
      self = Self.isDamaged(String(decoding: cell.prefix(64), as: UTF8.self)) ? .damaged : .text
    }
  }

  /// Whether a repaired text is a number. "e1" and "O1" are names: a point must follow a leading letter.
  private static func isDamaged(_ text: String) -> Bool {
    guard text.unicodeScalars.contains(where: { $0.properties.numericType == .decimal }) else { return false }
    let scalars = Array(text.unicodeScalars.drop { $0 == " " })
    guard let first = scalars.first else { return false }
    if first.properties.isAlphabetic {
      guard scalars.count > 1, scalars[1] == "." || scalars[1] == "," else { return false }
    }
    return Double(NumberText.repaired(text)) != nil
  }

  var isNumber: Bool { self == .integer || self == .decimal || self == .commaDecimal }
}
