// TerminalTests.swift
// The moving line, on a terminal.

import Foundation
import TestSupport
import Testing

@Suite struct TerminalTests {
  /// Trains on a terminal of a given width, and returns the output with its line ends.
  private func train(
    columns: Int, environment: [String: String] = [:], in directory: String,
    during: (BuiltProgram) throws -> Void = { _ in }
  ) throws -> (printed: String, ending: Ending) {
    _ = try SmallCollection().write(to: "\(directory)/bars")
    let terminal = try PseudoTerminal(columns: columns)
    let program = try BuiltProgram(
      ["train", "--data", "bars", "--logdir", "runs"] + TrainTests.quick, in: directory,
      environment: ["TERM": "xterm"].merging(environment) { $1 }, output: terminal.programEnd)
    var printed = ""
    try program.wait {
      printed += terminal.read()
      return printed.contains("#timeseries")
    }
    let ending = try program.wait()
    return ((printed + terminal.read()).replacingOccurrences(of: "\r\n", with: "\n"), ending)
  }

  /// Returns the texts of the progress line, one per drawing, without colors.
  private func drawings(_ printed: String) -> [String] {
    printed.components(separatedBy: "\r\u{1B}[K").dropFirst().map { part in
      (part.components(separatedBy: "\r").first ?? "").replacing(/\u{1B}\[\d+m/, with: "")
    }.filter { $0.hasPrefix("  epoch") }
  }

  @Test("epoch, loss, speed and time left, never wider than the terminal", arguments: [20, 40, 60, 90, 200])
  func widths(columns: Int) throws {
    try withTemporaryDirectory { directory in
      let (printed, ending) = try train(columns: columns, in: directory)
      #expect(ending.status == 0 && ending.errors.isEmpty)
      let drawn = drawings(printed)
      #expect(!drawn.isEmpty, "\(printed)")
      for line in drawn {
        #expect(line.unicodeScalars.count < columns)
        #expect(line.hasPrefix("  epoch 1/2") || line.hasPrefix("  epoch 2/2"))
        if columns >= 90 {
          #expect(["loss 0.", " images/s", " left"].allSatisfy(line.contains), "\(line)")
        }
      }
      #expect(drawn.last?.contains("100 %") == true)
    }
  }

  @Test("nothing of the moving line stays, and the cursor is never hidden")
  func clean() throws {
    try withTemporaryDirectory { directory in
      let (printed, _) = try train(columns: 100, in: directory)
      let shown = printed.components(separatedBy: "\n").map { $0.components(separatedBy: "\u{1B}[K").last ?? "" }
      #expect(!shown.contains { $0.contains("━") || $0.contains("…") }, "\(printed)")
      #expect(!printed.contains("\u{1B}[?25l"))
      #expect(printed.hasSuffix("tensorboard --logdir runs\u{1B}[0m\n    http://localhost:6006/#timeseries\n\n"))
    }
  }

  @Test("no colors where NO_COLOR says so; no redrawing on a terminal that cannot")
  func environment() throws {
    try withTemporaryDirectory { directory in
      let (printed, _) = try train(columns: 80, environment: ["NO_COLOR": "1"], in: directory)
      #expect(printed.contains("\u{1B}[K") && printed.firstMatch(of: /\u{1B}\[\d*m/) == nil)
      let (colored, _) = try train(columns: 80, environment: ["NO_COLOR": ""], in: directory)
      #expect(colored.contains("\u{1B}[36m"))
      let (dumb, _) = try train(columns: 80, environment: ["TERM": "dumb"], in: directory)
      #expect(!dumb.contains("\u{1B}") && !dumb.contains("\r") && dumb.contains("  2/2  "))
    }
  }
}
