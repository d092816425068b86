// DisplayName.swift
// Names and messages for people: control characters are escaped, lines have a maximum length.

/// How names of files, labels and the like appear in messages.
package enum DisplayName {
  /// The text with each control, invisible or direction-changing character as `\u{…}`, each backslash doubled, each
  /// double quote preceded by a backslash; all else as it is.
  /// - Complexity: O(length).
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case _ where isVisible(scalar): result.unicodeScalars.append(scalar)
      default: result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      }
    }
    return result
  }

  /// The escaped text between double quotes.
  package static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// Text as above; each byte that is not UTF-8 as `\xNN`.
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

  /// The escaped bytes between double quotes.
  package static func quoted(bytes: some Sequence<UInt8>) -> String { "\"\(escaped(bytes: bytes))\"" }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
  }
}

extension DisplayName {
  /// The maximum length of a printed error line in bytes.
  package static let lineLimit = 8192

  /// A message that may contain quoted names: each control, invisible or direction-changing character as `\u{…}`, all else as it
  /// is. `escaped` would put a backslash before each quote a second time.
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

  /// Shortens a text to at most `limit` bytes: a note of how many bytes are left out replaces its middle. The failure stays at the
  /// beginning, and advice at the end.
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

  /// A number and its noun: "1 image", "2 images".
  /// - Parameter many: the plural; the noun and an s, if nil.
  package static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    count == 1 ? "1 \(one)" : "\(count) \(many ?? one + "s")"
  }
}
