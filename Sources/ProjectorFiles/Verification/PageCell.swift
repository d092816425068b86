// PageCell.swift
// Finds cells of a metadata file that TensorBoard's page takes for numbers and rounds.

/// Reads a cell as JavaScript's `Number` does. The page replaces each cell that it can read by the number, whatever stands in
/// the other cells of the column.
///
/// Source: TensorBoard, vz_projector/data-provider.ts, "analyzeMetadata".
enum PageCell {
  /// The number that the page shows in place of a whole number which its floats of 64 bits do not hold, or that is infinite to it;
  /// nil for any other cell. Fractions are quantities, so their last digits are not looked at; zeros in front change no number.
  static func rounded(_ cell: ArraySlice<UInt8>) -> String? {
    // Most cells are words or small numbers.
    guard let first = cell.first, first < 0x41 || first >= 0x80, cell.contains(where: { isDigit($0) }) else {
      return nil
    }
    if cell.count < 16, cell.allSatisfy(isDigit) { return nil }
    let scalars = String(decoding: cell, as: UTF8.self).unicodeScalars
    let trimmed = scalars.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    guard trimmed.allSatisfy(\.isASCII) else { return nil }
    let text = trimmed.map { UInt8($0.value) }
    if text.first == UInt8(ascii: "0"), text.count > 2, let radix = radix(text[1]) { return prefixed(text, radix) }
    return decimal(text)
  }

  /// The number that the page makes of a cell; nil for a text that stays.
  static func number(_ cell: String) -> Double? {
    // Most cells are words.
    guard let first = cell.utf8.first, first < 0x41 || first == UInt8(ascii: "I") || first >= 0x80 else { return nil }
    let scalars = cell.unicodeScalars.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    guard !scalars.isEmpty, scalars.allSatisfy(\.isASCII) else { return nil }
    let text = scalars.map { UInt8($0.value) }
    if text.count > 2, text[0] == UInt8(ascii: "0"), let radix = radix(text[1]) {
      let digits = text.dropFirst(2).map { Character(Unicode.Scalar($0)).hexDigitValue ?? 16 }
      return digits.allSatisfy { $0 < radix } ? digits.reduce(0) { $0 * Double(radix) + Double($1) } : nil
    }
    let unsigned = text.first == 0x2B || text.first == 0x2D ? text.dropFirst() : text[...]
    let sign = text.first == 0x2D ? -1.0 : 1
    if unsigned.elementsEqual("Infinity".utf8) { return sign * .infinity }
    let whole = unsigned.prefix(while: isDigit)
    var rest = unsigned.dropFirst(whole.count)
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix(while: isDigit)
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    if let letter = rest.first {
      let digits =
        rest.dropFirst().first.map { $0 == 0x2B || $0 == 0x2D } ?? false ? rest.dropFirst(2) : rest.dropFirst()
      guard letter | 0x20 == UInt8(ascii: "e"), !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
    }
    let plain = "0" + String(decoding: whole, as: UTF8.self) + "." + String(decoding: fraction, as: UTF8.self) + "0"
    return Double(plain + String(decoding: rest, as: UTF8.self)).map { $0 * sign }
  }

  /// Whether JavaScript's `trim` removes a character.
  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: true
    default: (0x09...0x0D).contains(scalar.value) || scalar == "\u{FEFF}"
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func radix(_ letter: UInt8) -> Int? {
    switch letter | 0x20 {
    case UInt8(ascii: "x"): 16
    case UInt8(ascii: "o"): 8
    case UInt8(ascii: "b"): 2
    default: nil
    }
  }

  private static func prefixed(_ text: [UInt8], _ radix: Int) -> String? {
    var value = 0.0
    for byte in text.dropFirst(2) {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix else { return nil }
      value = value * Double(radix) + Double(digit)
    }
    guard let whole = UInt64(String(decoding: text.dropFirst(2), as: UTF8.self), radix: radix) else {
      return shown(value)
    }
    return UInt64(exactly: Double(whole)) == whole ? nil : shown(Double(whole))
  }

  private static func decimal(_ text: [UInt8]) -> String? {
    let unsigned = text.first == 0x2B || text.first == 0x2D ? text.dropFirst() : text[...]
    guard unsigned.allSatisfy({ isDigit($0) || ".+-eE".utf8.contains($0) }), unsigned.first.map({ $0 < 0x41 }) ?? false,
      let value = Double(String(decoding: text.last == UInt8(ascii: ".") ? text.dropLast() : text, as: UTF8.self))
    else { return nil }
    if value.isInfinite { return shown(value) }
    let whole = unsigned.prefix(while: isDigit)
    let rest = unsigned.dropFirst(whole.count)
    let isWhole = rest.first.map { $0 == UInt8(ascii: ".") } ?? true && rest.dropFirst().allSatisfy { $0 == 0x30 }
    let digits = whole.drop { $0 == 0x30 }
    if isWhole, !digits.isEmpty, digits.count > 15 {
      let kept = significant(value)
      if kept.exponent != digits.count || kept.digits != Array(digits.reversed().drop { $0 == 0x30 }.reversed()) {
        return shown(value)
      }
    }
    return nil
  }

  /// The fewest digits that tell a number apart, and the places in front of its point.
  private static func significant(_ value: Double) -> (digits: [UInt8], exponent: Int) {
    let parts = value.magnitude.description.split(separator: "e")
    let mantissa = Array((parts.first ?? "").utf8)
    let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.count
    let all = mantissa.filter(isDigit)
    let digits = all.drop { $0 == 0x30 }
    let places = point - (all.count - digits.count) + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    return (Array(digits.reversed().drop { $0 == 0x30 }.reversed()), places)
  }

  /// A number as JavaScript writes it.
  static func shown(_ value: Double) -> String {
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    if value == 0 { return "0" }
    let (digits, places) = significant(value)
    let text = String(decoding: digits, as: UTF8.self)
    let unsigned =
      switch places {
      case digits.count...21: text + String(repeating: "0", count: places - digits.count)
      case 1..<digits.count: "\(text.prefix(places)).\(text.dropFirst(places))"
      case -5...0: "0." + String(repeating: "0", count: -places) + text
      default:
        "\(text.prefix(1))\(digits.count > 1 ? ".\(text.dropFirst())" : "")e\(places > 0 ? "+" : "")\(places - 1)"
      }
    return (value < 0 ? "-" : "") + unsigned
  }
}
