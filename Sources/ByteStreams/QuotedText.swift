// QuotedText.swift
// Quotes text for its readers: people, JSON, CSV and shells.

/// Names of files, labels and the like as messages show them.
package enum DisplayName {
  /// Returns the text with hidden characters (control, invisible, direction-changing) as `\u{…}`, and with a backslash before
  /// each backslash and double quote.
  /// - Complexity: O(length).
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case _ where scalar.isHidden: result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Returns the escaped text between double quotes.
  package static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// Returns the bytes as escaped text, with each byte that is not UTF-8 as `\xNN`.
  /// - Complexity: O(length).
  package static func escaped(bytes: some Sequence<UInt8>) -> String {
    var result = ""
    var parser = Unicode.UTF8.ForwardParser()
    var (unread, rest) = (Array(bytes)[...], Array(bytes).makeIterator())
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let character):
        result += escaped(String(Unicode.UTF8.decode(character)))
        unread = unread.dropFirst(character.count)
      case .error(let length):
        for byte in unread.prefix(length) {
          result += "\\x" + byte.zeroPadded(to: 2, radix: 16, uppercase: true)
        }
        unread = unread.dropFirst(length)
      case .emptyInput: return result
      }
    }
  }

  /// Returns the escaped bytes between double quotes.
  package static func quoted(bytes: some Sequence<UInt8>) -> String { "\"\(escaped(bytes: bytes))\"" }
}

extension DisplayName {
  /// The maximum length of a printed error line in bytes.
  package static let lineLimit = 8192

  /// Returns a message, which may contain quoted names, with hidden characters as `\u{…}`. `escaped` would put a backslash before
  /// each quote a second time.
  /// - Complexity: O(length).
  package static func safe(_ message: String) -> String {
    var result = ""
    for scalar in message.unicodeScalars {
      if (0x20..<0x7F).contains(scalar.value) {
        result.unicodeScalars.append(scalar)
      } else {
        result += escaped(String(scalar))
      }
    }
    return result
  }

  /// Shortens a text to at most `limit` bytes by leaving out its middle: the failure is at the beginning, and advice at the end.
  /// - Precondition: `limit` is 256 or more.
  package static func bounded(_ text: String, limit: Int = lineLimit) -> String {
    let bytes = text.utf8
    guard bytes.count > limit else { return text }
    func boundary(_ offset: Int) -> String.Index {
      var offset = offset
      while offset > 0 {
        let index = bytes.index(bytes.startIndex, offsetBy: offset)
        if let place = index.samePosition(in: text.unicodeScalars) { return place }
        offset -= 1
      }
      return text.startIndex
    }
    let (front, back) = (boundary(limit - limit / 4 - 64), boundary(bytes.count - limit / 4))
    let missing = bytes.distance(from: front, to: back)
    return "\(text[..<front]) … (\(missing) bytes left out) … \(text[back...])"
  }

  /// Returns a number and its noun: "1 image", "2 images".
  /// - Parameter many: the plural; the noun and an s, if nil.
  package static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    count == 1 ? "1 \(one)" : "\(count) \(many ?? one + "s")"
  }
}

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
    if !word.unicodeScalars.contains(where: \.isHidden) {
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

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    if scalar == "'" || scalar == "\\" { return "\\" + String(scalar) }
    guard scalar.isHidden else { return String(scalar) }
    return String(scalar).utf8.map { "\\" + $0.zeroPadded(to: 3, radix: 8) }.joined()
  }
}

extension Unicode.Scalar {
  /// Whether the character is a control character, is invisible, or changes the direction of text.
  fileprivate var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }
}

extension BinaryInteger {
  /// Returns the digits, with zeros before them if there are fewer than `width`, after the sign.
  package func zeroPadded(to width: Int, radix: Int = 10, uppercase: Bool = false) -> String {
    let digits = String(magnitude, radix: radix, uppercase: uppercase)
    return (self < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
