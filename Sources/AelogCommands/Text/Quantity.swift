// Quantity.swift
// Formats numbers for people: grouped digits, fixed decimals, durations.

import ByteStreams

/// Formats numbers in the same way in every locale.
package enum Quantity {
  /// 222,384
  package static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// "1 image", "1,200 images".
  package static func counted(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  /// A size of files: "512 bytes", "9.9 MB".
  package static func bytes(_ number: Int) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")]
    guard let (size, unit) = units.first(where: { number >= $0.0 }) else { return counted(number, "byte") }
    return fixed(Double(number) / Double(size), decimals: 1) + " \(unit)"
  }

  /// Returns `number` with a fixed count of decimals, rounded to nearest; "–" if it is not finite.
  /// - Precondition: `decimals` in 0 ... 9.
  package static func fixed(_ number: Double, decimals: Int) -> String {
    precondition((0...9).contains(decimals), "decimals must be in 0 ... 9")
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (number * scale).rounded()
    guard abs(scaled) < 9e15 else { return number.isFinite ? "\(number)" : "–" }
    let padded = Int(scaled.magnitude).zeroPadded(to: decimals + 1)
    let whole = padded.dropLast(decimals)
    return (scaled < 0 ? "-" : "") + whole + (decimals == 0 ? "" : "." + padded.suffix(decimals))
  }

  /// About five significant digits: "0.071234", "12,345", "1.2346e-09"; "nan", "inf".
  package static func significant(_ number: Double) -> String {
    guard number.isFinite else { return "\(number)" }
    let magnitude = number.magnitude
    if number == number.rounded(), magnitude < 1e9 { return grouped(Int(number)) }
    switch magnitude {
    case 1e5..<1e9: return grouped(Int(number.rounded()))
    case 1e-4..<1e5:
      let decimals = min(9, max(0, 5 - wholeDigits(magnitude)))
      var text = fixed(number, decimals: decimals)
      while text.contains("."), text.last == "0" || text.last == "." { text.removeLast() }
      return text
    default: return exponential(number)
    }
  }

  /// Returns the number of digits before the decimal point; 0 or less for numbers below 1.
  private static func wholeDigits(_ magnitude: Double) -> Int {
    var (digits, scale) = (0, magnitude)
    while scale >= 1 {
      scale /= 10
      digits += 1
    }
    while scale < 0.1 {
      scale *= 10
      digits -= 1
    }
    return digits
  }

  private static func exponential(_ number: Double) -> String {
    let text = "\(number)"
    guard let mark = text.firstIndex(of: "e") else {
      return number.magnitude < 1 ? text : "\(Float(number))"
    }
    return String(text[..<mark].prefix(number < 0 ? 7 : 6)) + text[mark...]
  }

  /// A fraction of 0 … 1 as "97.3 %".
  package static func percent(_ fraction: Double) -> String { fixed(100 * fraction, decimals: 1) + " %" }

  /// A loss or an RMSE.
  package static func loss(_ number: Double) -> String { fixed(number, decimals: 4) }

  /// Images per second; a whole number from ten upwards.
  package static func rate(_ number: Double) -> String {
    guard number.isFinite, number >= 0, number < 1e15 else { return "–" }
    return number < 10 ? fixed(number, decimals: 1) : grouped(Int(number.rounded()))
  }

  /// "80 ms", "0.4 s", "42 s", "3 min 07 s", "2 h 05 min".
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
    if seconds < 0.0995 { return "\(Int((seconds * 1000).rounded())) ms" }
    return seconds < 9.95 ? fixed(seconds, decimals: 1) + " s" : wholeDuration(seconds)
  }

  /// "4 s", "42 s", "3 min 07 s", "2 h 05 min".
  package static func wholeDuration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \((whole % 60).zeroPadded(to: 2)) s" }
    return "\(grouped(whole / 3600)) h \((whole % 3600 / 60).zeroPadded(to: 2)) min"
  }

  /// "28×28×16"
  package static func shape(_ extents: [Int]) -> String { extents.map(String.init).joined(separator: "×") }
}
