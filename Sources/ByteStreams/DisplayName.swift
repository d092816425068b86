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

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
  }
}
