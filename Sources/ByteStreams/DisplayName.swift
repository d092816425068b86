// DisplayName.swift
// Names from outside, made safe to print: no name can forge a line, a terminal escape or a reading direction.

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
