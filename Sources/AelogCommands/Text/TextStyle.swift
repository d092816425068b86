// TextStyle.swift
// Emphasis on terminals that show it.

/// Either marks words with the terminal's escapes or leaves them as they are.
package enum TextStyle: Sendable {
  case plain
  case ansi

  package func strong(_ text: String) -> String { marked(text, "1") }
  package func faint(_ text: String) -> String { marked(text, "2") }
  /// The part of a progress bar that is behind us.
  package func done(_ text: String) -> String { marked(text, "36") }

  private func marked(_ text: String, _ code: String) -> String {
    self == .plain || text.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}
