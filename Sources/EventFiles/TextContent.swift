// TextContent.swift
// What the text dashboard shows: one Markdown text, or a table of them.

/// A text to log.
public enum TextContent: Equatable, Sendable {
  /// One text: a tensor of rank 0.
  case markdown(String)
  /// Rows of cells: a tensor of rank 2. Short rows are filled up with empty cells.
  case table([[String]])
}
