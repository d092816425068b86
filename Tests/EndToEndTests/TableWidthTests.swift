// TableWidthTests.swift
// The output of the commands on terminals of several widths: no line of a table is wrapped.

import Foundation
import TestSupport
import Testing

@Suite struct TableWidthTests {
  /// The lines that a command prints on a terminal, without styles; of a line that is drawn again, the last text.
  private func lines(_ arguments: [String], columns: Int, in directory: String) throws -> [String] {
    let terminal = try PseudoTerminal(columns: columns)
    let program = try BuiltProgram(
      arguments, in: directory, environment: ["TERM": "xterm"], output: terminal.programEnd,
      shell: #""$@"; echo "status $?""#)
    var printed = ""
    try program.wait {
      printed += terminal.read()
      return printed.contains("\nstatus ")
    }
    let ending = try program.wait()
    printed += terminal.read()
    #expect(printed.contains("\nstatus 0"), "\(ending) \(printed)")
    return printed.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let drawn = line.replacing(/\u{1B}\[[0-9]*[A-Zm]/, with: "").split(separator: "\r")
      return String(drawn.last ?? "")
    }
  }

  @Test("epochs, layers, tags, rankings, speeds and confusions fit", arguments: [60, 80, 100])
  func widths(columns: Int) throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let options = ["--data", "bars", "--batch-size", "20", "--epochs", "2"]
      let filters = ["--filters", "4,2", "--filters", "3"]
      let longName = "a-name-that-is-longer-than-a-table-has-room-for-on-a-narrow-terminal"
      let commands: [(words: [String], says: String)] = [
        (["train"] + options + ["--filters", "4,2", "--name", longName], "validation"),
        (["inspect", "runs"], "last value"),
        (["data", "preview", "--data", "bars", "--out", "x.png", "--rows", "2"], "training images"),
        (["bench", "--filters", "4,2", "--image", "8x8", "--batch-size", "20", "--seconds", "0.02"], "backward"),
        (
          ["sweep"] + options + filters + ["--learning-rate", "0.001", "--learning-rate", "0.0003", "--dry-run"],
          "weights"
        ),
        (
          ["sweep"] + options + filters
            + ["--learning-rate", "0.001", "--learning-rate", "0.0003", "--repeats", "2", "--name", "s"], "test loss"
        ),
        (["sweep", "--resume", "runs/s", "--report"], "test loss"),
        (["export", "--run", "runs/\(longName)", "--measures"], "look at it"),
      ]
      for (words, says) in commands {
        let lines = try lines(words, columns: columns, in: directory)
        #expect(lines.contains { $0.contains(says) }, "\(words): \(lines)")
        // Paths and commands stay whole, so that they can be copied.
        for line in lines where !line.contains(longName) {
          #expect(line.unicodeScalars.count <= columns, "\(words): \(line)")
        }
      }
    }
  }
}
