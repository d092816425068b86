// MovingLine.swift
// Lines at the bottom of a terminal that are redrawn in place.

/// One line that is redrawn in place. Draws nothing if the output is not a terminal.
final class MovingLine {
  private let output: TextStream
  /// The terminal's columns when the line was drawn; nil if no line is shown.
  private var drawnColumns: Int?

  init(_ output: TextStream) { self.output = output }

  /// Draws the line. The cursor returns to its start, so that an echoed ^C does not make a second line.
  /// - Parameter line: truncated to the terminal's width, since a wrapped row could not be erased.
  func draw(_ line: String) {
    guard output.isTerminal else { return }
    let columns = output.columns
    output.write(erasing(columns) + Self.fitted(line, columns - 1) + "\r")
    drawnColumns = columns
  }

  func clear() {
    guard drawnColumns != nil else { return }
    output.write(erasing(output.columns))
    drawnColumns = nil
  }

  /// Returns the escape that erases the line. A terminal that has become narrower has wrapped it onto the rows below.
  private func erasing(_ columns: Int) -> String {
    (drawnColumns.map { columns < $0 } ?? false) ? "\r\u{1B}[J" : "\r\u{1B}[K"
  }

  /// Truncates the line to `columns`; style escapes take no columns.
  private static func fitted(_ line: String, _ columns: Int) -> String {
    var result = String.UnicodeScalarView()
    var (width, isEscape, isStyled) = (0, false, false)
    for scalar in line.unicodeScalars {
      if isEscape {
        isEscape = scalar != "m"
      } else if scalar == "\u{1B}" {
        (isEscape, isStyled) = (true, true)
      } else {
        width += 1
        if width > columns { continue }
      }
      result.append(scalar)
    }
    return width > columns && isStyled ? String(result) + "\u{1B}[0m" : String(result)
  }
}

/// Several lines that are redrawn in place. Draws nothing if the output is not a terminal.
final class MovingBlock {
  private let output: TextStream
  private var height = 0

  init(_ output: TextStream) { self.output = output }

  /// Replaces the lines drawn before. The cursor stays at the start of the first line, so that an echoed ^C does not make a
  /// second block.
  /// - Precondition: no line is wider than the terminal, and not all of its rows are taken.
  func draw(_ lines: [String]) {
    guard output.isTerminal, !lines.isEmpty else { return }
    let up = lines.count > 1 ? "\u{1B}[\(lines.count - 1)A" : ""
    output.write("\r\u{1B}[J" + lines.joined(separator: "\n") + "\r" + up)
    height = lines.count
  }

  /// Erases the lines.
  func clear() {
    guard height > 0 else { return }
    output.write("\r\u{1B}[J")
    height = 0
  }
}
