// MovingLineTests.swift
// A moving line stays one row of its terminal, whatever its width becomes.

import Testing

@testable import AelogCommands

@Suite struct MovingLineTests {
  /// A stream, and the terminal that shows what it is given.
  private final class Screen {
    let output: TextStream
    private var terminal: ReflowingTerminal
    private var read = 0

    init(columns: Int) {
      output = TextStream(isTerminal: true, columns: columns)
      terminal = ReflowingTerminal(columns: columns)
    }

    var rows: [String] {
      let bytes = Array(output.captured.utf8)
      terminal.write(String(decoding: bytes[read...], as: UTF8.self))
      read = bytes.count
      return terminal.rows
    }

    func resize(columns: Int) {
      _ = rows
      output.resize(columns: columns)
      terminal.columns = columns
    }
  }

  private let progress = ProgressLine(
    epoch: 3, epochs: 10, step: 1369, totalSteps: 2140, loss: 0.18423, imagesPerSecond: 3412.2, secondsLeft: 58)

  @Test("a window that is made narrower and wider again keeps one row, and nothing stays") func resized() {
    let screen = Screen(columns: 120)
    let moving = MovingLine(screen.output)
    screen.output.line("begin")
    for columns in [120, 70, 33, 20, 19, 50, 120, 41, 9, 200] {
      screen.resize(columns: columns)
      moving.draw(progress.text(columns: screen.output.columns))
      let rows = screen.rows
      #expect(rows[0] == "begin" && rows.count <= 2, "\(columns): \(rows)")
    }
    screen.resize(columns: 60)
    moving.clear()
    screen.output.line("end")
    #expect(screen.rows == ["begin", "end", ""])
  }

  @Test("a line that is wider than the terminal is cut, its style closed", arguments: [4, 20, 39, 40, 41, 80])
  func cut(columns: Int) {
    let screen = Screen(columns: columns)
    let moving = MovingLine(screen.output)
    let text = "  measuring fully-connected: 12 % of all"
    for _ in 0..<5 { moving.draw(text) }
    #expect(screen.rows == [String(text.prefix(columns - 1)).trimmedEnd])
    moving.draw("\u{1B}[36m\(text)\u{1B}[0m")
    #expect(screen.rows == [String(text.prefix(columns - 1)).trimmedEnd])
    #expect(screen.output.captured.hasSuffix("\u{1B}[0m\r"))
    moving.clear()
    #expect(screen.rows == [""])
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
