// MovingLine.swift
// One line of a terminal that is drawn again and again in the same place.

/// Draws nothing where the output is no terminal.
final class MovingLine {
  private let output: TextStream
  /// The terminal's columns when the line was drawn; nil where there is none.
  private var drawnColumns: Int?

  init(_ output: TextStream) { self.output = output }

  /// The cursor goes back to the line's start, so that what a terminal echoes (^C) makes no second line.
  /// - Parameter line: what is wider than the terminal is cut off, since a wrapped row would stay.
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

  /// A terminal that has become narrower wraps the line: then the rows below are parts of it.
  private func erasing(_ columns: Int) -> String {
    (drawnColumns.map { columns < $0 } ?? false) ? "\r\u{1B}[J" : "\r\u{1B}[K"
  }

  /// The line in so many columns; escapes of its style take none.
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
