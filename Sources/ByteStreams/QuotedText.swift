// QuotedText.swift
// Text that other programs parse: strings of JSON, cells of CSV, words of a shell, and numbers of a fixed width.

package enum JSONText {
  /// Returns the text between double quotes (RFC 8259, section 7).
  /// - Parameter asciiOnly: escapes everything outside printable ASCII too, not only control characters.
  package static func quoted(_ text: String, asciiOnly: Bool = false) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20 || asciiOnly && scalar.value > 0x7E:
        for unit in UTF16.encode(scalar) ?? .init() { result += "\\u" + unit.zeroPadded(to: 4, radix: 16) }
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

package enum CSVText {
  /// Returns the cell, quoted if it has a comma, a quotation mark or a line end (RFC 4180). The test looks at bytes, not
  /// characters, because readers end a cell at a comma even if a combining mark follows.
  package static func cell(_ text: String) -> String {
    guard text.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { result += "\"" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }
}

/// Quoting for POSIX shells.
package enum ShellWord {
  /// Returns `word` unchanged if no shell would alter it, else between single quotes. Control characters are written in the
  /// $'…' form of bash, zsh and POSIX 2024, so that no name can forge a line or a terminal escape.
  package static func quoted(_ word: String) -> String {
    if !word.isEmpty && word.utf8.allSatisfy(isPlain) { return word }
    if !word.unicodeScalars.contains(where: isHidden) {
      return "'" + word.unicodeScalars.map { $0 == "'" ? #"'\''"# : String($0) }.joined() + "'"
    }
    return "$'" + word.unicodeScalars.map(escaped).joined() + "'"
  }

  /// Returns the command line of these words.
  package static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-_./,:+@%".utf8.contains(byte)
    }
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    if scalar == "'" || scalar == "\\" { return "\\" + String(scalar) }
    guard isHidden(scalar) else { return String(scalar) }
    return String(scalar).utf8.map { "\\" + $0.zeroPadded(to: 3, radix: 8) }.joined()
  }
}

extension BinaryInteger {
  /// Returns the digits, with zeros before them if there are fewer than `width`, after the sign.
  package func zeroPadded(to width: Int, radix: Int = 10, uppercase: Bool = false) -> String {
    let digits = String(magnitude, radix: radix, uppercase: uppercase)
    return (self < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
