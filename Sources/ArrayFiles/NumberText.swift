// NumberText.swift
// How the cell of a text file reads as a number, and what kind of text it is otherwise.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Parses the number in a cell.
enum NumberText {
  /// Lowercase texts that pandas, R and SQL write for a missing number, besides an empty cell.
  static let missingTexts: Set<String> = ["na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none"]

  /// Parses the number from `start` to `end`, with optional blanks around it; returns nil for other text.
  /// - Precondition: `end` points to a zero byte.
  @inline(__always)
  static func number(_ start: UnsafePointer<CChar>, _ end: UnsafePointer<CChar>) -> Float? {
    if start == end { return nil }
    return quickNumber(start, end) ?? parsed(start, end, by: strtof)
  }

  /// Parses the number from `start` to `end` as `number` does, in double precision.
  static func wideNumber(_ start: UnsafePointer<CChar>, _ end: UnsafePointer<CChar>) -> Double? {
    start == end ? nil : parsed(start, end, by: strtod)
  }

  private static func parsed<Number>(
    _ start: UnsafePointer<CChar>, _ end: UnsafePointer<CChar>,
    by parse: (UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Number
  ) -> Number? {
    var stop: UnsafeMutablePointer<CChar>?
    let value = parse(start, &stop)
    if stop.map({ UnsafePointer($0) }) == start { return nil }
    while let place = stop, UnsafePointer(place) < end, place.pointee == 32 { stop = place + 1 }
    return stop.map { UnsafePointer($0) } == end ? value : nil
  }

  private static let powersOfTen: [Double] = (0...22).map { Double("1e\($0)") ?? 1 }

  /// Parses the most common numbers faster than `strtof`, with the same result; returns nil for all other text.
  ///
  /// Integers below 2⁵³ and powers of ten up to 10²² are exact in Double, so their product or quotient is rounded once.
  /// Rounding that Double to Float gives the correctly rounded result unless the Double is halfway between two Floats.
  private static func quickNumber(_ start: UnsafePointer<CChar>, _ end: UnsafePointer<CChar>) -> Float? {
    var at = start
    func digit() -> UInt64? {
      let digit = UInt8(bitPattern: at.pointee) &- 0x30
      return digit < 10 ? UInt64(digit) : nil
    }
    let isNegative = at.pointee == 0x2D
    if isNegative { at += 1 }
    var (whole, exponent, count) = (UInt64(0), 0, 0)
    while let digit = digit() {
      whole = whole &* 10 &+ digit
      (at, count) = (at + 1, count + 1)
    }
    if at.pointee == 0x2E {
      at += 1
      while let digit = digit() {
        whole = whole &* 10 &+ digit
        (at, count, exponent) = (at + 1, count + 1, exponent - 1)
      }
    }
    guard count > 0, count <= 19, whole < 1 << 53 else { return nil }
    if at.pointee | 0x20 == 0x65 {
      at += 1
      let isBelow = at.pointee == 0x2D
      if isBelow || at.pointee == 0x2B { at += 1 }
      guard let first = digit() else { return nil }
      at += 1
      let second = digit()
      if second != nil { at += 1 }
      let power = Int(second.map { first * 10 + $0 } ?? first)
      exponent += isBelow ? -power : power
    }
    guard at == end, abs(exponent) <= 22 else { return nil }
    let size = exponent < 0 ? Double(whole) / powersOfTen[-exponent] : Double(whole) * powersOfTen[exponent]
    guard size.bitPattern & 0x1FFF_FFFF != 0x1000_0000 else { return nil }
    return isNegative ? -Float(size) : Float(size)
  }

  /// Whether a cell stands for a missing number.
  static func isMissing(_ cell: some Collection<UInt8>) -> Bool {
    let trimmed = cell.drop { $0 == 0x20 }
    if trimmed.isEmpty { return true }
    guard trimmed.count <= 16 else { return false }
    let text = String(decoding: trimmed, as: UTF8.self)
    return missingTexts.contains(String(text.reversed().drop { $0 == " " }.reversed()).lowercased())
  }

  /// Replaces the decimal comma of a number such as "-0,5" or "1,2e3" by a point; returns nil for other text.
  static func withPoint(_ cell: some Collection<UInt8>) -> [UInt8]? {
    guard let comma = cell.firstIndex(of: UInt8(ascii: ",")) else { return nil }
    let (front, back) = (cell[..<comma].drop { $0 == 0x20 }, cell[cell.index(after: comma)...])
    let digits = front.drop { "+-".utf8.contains($0) }
    guard front.count - digits.count <= 1, digits.allSatisfy(isDigit), back.first.map(isDigit) == true,
      back.allSatisfy({ isDigit($0) || "eE+- ".utf8.contains($0) })
    else { return nil }
    return Array(front) + [UInt8(ascii: ".")] + Array(back)
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// Replaces look-alikes of digits, signs and points, as in "O.5", "−1", "1 234,5" and "10 %".
  static func repaired(_ text: String) -> String {
    var repaired = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{2010}"..."\u{2015}", "\u{2212}", "\u{FF0D}", "\u{FE63}": repaired += "-"
      case "O", "o": repaired += "0"
      case "l", "I": repaired += "1"
      case ",", "\u{FF0E}", "\u{FF0C}", "\u{66B}": repaired += "."
      case " ", "_", "'", "\u{2019}", "\u{A0}", "\u{202F}", "\u{2009}", "%", "$", "€", "\u{FEFF}": break
      default:
        if let digit = scalar.properties.numericType == .decimal ? scalar.properties.numericValue : nil {
          repaired += "\(Int(digit))"
        } else {
          repaired.unicodeScalars.append(scalar)
        }
      }
    }
    // Several points separate thousands.
    let parts = repaired.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 2 ? parts.dropLast().joined() + "." + (parts.last ?? "") : repaired
  }
}

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
