// Delimiter.swift
// The delimiters and quoting rules of text files.

/// A delimiter between cells.
package enum Delimiter: UInt8, CaseIterable, Sendable {
  case tab = 9
  /// One or more blanks or tabs.
  case space = 32
  case comma = 44
  case semicolon = 59

  package var name: String {
    switch self {
    case .tab: "tab"
    case .space: "space"
    case .comma: "comma"
    case .semicolon: "semicolon"
    }
  }

  /// The plural, for messages.
  var plural: String { "\(name)s" }
}

/// The rules for quoted cells.
package enum Quoting: Sendable {
  /// A quoted cell ends on its line. A quote that is not closed is text, because vocabularies contain lone quotes.
  case withinLines
  /// Quotes enclose delimiters and line breaks (RFC 4180). Text after a closing quote belongs to the cell.
  case acrossLines
  /// The same, but text after a closing quote is an error.
  case strictlyAcrossLines

  static func suiting(_ delimiter: Delimiter) -> Quoting {
    delimiter == .tab || delimiter == .space ? .withinLines : .acrossLines
  }
}
