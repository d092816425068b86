// MovingBlock.swift
// Some lines of a terminal that are drawn again and again in the same place.

/// Draws nothing where the output is no terminal.
final class MovingBlock {
  private let output: TextStream
  private var height = 0

  init(_ output: TextStream) { self.output = output }

  /// Puts the lines in place of those before. The cursor stays at the start of the first one, so that what a terminal echoes makes no
  /// second block.
  /// - Precondition: no line is wider than the terminal, and not all of its rows are taken.
  func draw(_ lines: [String]) {
    guard output.isTerminal, !lines.isEmpty else { return }
    let up = lines.count > 1 ? "\u{1B}[\(lines.count - 1)A" : ""
    output.write("\r\u{1B}[J" + lines.joined(separator: "\n") + "\r" + up)
    height = lines.count
  }

  /// Takes the lines away.
  func clear() {
    guard height > 0 else { return }
    output.write("\r\u{1B}[J")
    height = 0
  }
}
