// MovingLine.swift
// One line of a terminal that is drawn again and again in the same place.

/// Draws nothing where the output is no terminal.
final class MovingLine {
  private let output: TextStream
  private var isDrawn = false

  init(_ output: TextStream) { self.output = output }

  /// The cursor goes back to the line's start, so that what a terminal echoes (^C) makes no second line.
  func draw(_ line: String) {
    guard output.isTerminal else { return }
    output.write("\r\u{1B}[K\(line)\r")
    isDrawn = true
  }

  func clear() {
    guard isDrawn else { return }
    output.write("\r\u{1B}[K")
    isDrawn = false
  }
}
