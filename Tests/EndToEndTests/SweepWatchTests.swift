// SweepWatchTests.swift
// A sweep as it is watched, on a terminal and by a program; and what it does when the system refuses.

import Foundation
import TestSupport
import Testing

@Suite struct SweepWatchTests {
  private static let options = [
    "--data", "bars", "--batch-size", "20", "--filters", "4,2", "--filters", "3", "--hidden-units", "9", "--name", "s",
  ]

  private func inDirectory(_ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      try body(directory)
    }
  }

  @Test("on a terminal the table moves in one place, and makes way for the ranking", arguments: [40, 100])
  func terminal(columns: Int) throws {
    try inDirectory { directory in
      let terminal = try PseudoTerminal(columns: columns)
      let program = try BuiltProgram(
        ["sweep"] + Self.options + ["--epochs", "60"], in: directory, environment: ["TERM": "xterm"],
        output: terminal.programEnd)
      var printed = ""
      try program.wait {
        printed += terminal.read()
        return printed.contains("--logdir")
      }
      let ending = try program.wait()
      #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending)")
      printed = (printed + terminal.read()).replacingOccurrences(of: "\r\n", with: "\n")
      let blocks = printed.components(separatedBy: "\r\u{1B}[J").dropFirst()
      #expect(blocks.count >= 4, "\(printed)")
      for lines in blocks.dropLast().map(lines) {
        #expect(lines.count == 5 && lines.allSatisfy { $0.unicodeScalars.count < columns }, "\(lines)")
        #expect(lines.last?.hasPrefix("  ") == true && lines.last?.contains("/3 completed") == true, "\(lines)")
      }
      #expect(blocks.flatMap(lines).contains { $0.contains("running") && $0.contains("/60") }, "\(printed)")
      #expect(blocks.last?.contains("test loss") == true && blocks.last?.contains("━") == false)
    }
  }

  /// A drawing without colors.
  private func lines(_ block: String) -> [String] {
    let text = block.components(separatedBy: "\r").first ?? ""
    return text.replacing(/\u{1B}.\d+m/, with: "").components(separatedBy: "\n")
  }

  @Test("a JSON line for every event") func json() throws {
    try inDirectory { directory in
      let run = try BuiltProgram.run(
        ["sweep"] + Self.options + ["--epochs", "4", "--halving", "--json"], in: directory)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
      let events = try run.output.split(separator: "\n").map { line in
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      }
      let names = events.map { $0["event"] as? String ?? "" }
      #expect(names.first == "start" && names.last == "end")
      // Three come to the comparison; one of them is promoted, and the others are measured.
      #expect(names.filter { $0 == "begun" }.count == 6, "\(names)")
      let ended = events.filter { $0["event"] as? String == "ended" }
      let states = ended.compactMap { $0["state"] as? String }.sorted()
      #expect(states == ["completed", "paused", "paused", "paused", "stopped", "stopped"])
      #expect(ended.filter { $0["test_loss"] is Double }.count == 3)
      #expect(events.first { $0["event"] as? String == "compared" }?["compared"] as? [Int] == [0, 1, 2])
      #expect(events.last?["completed"] as? Int == 1 && events.last?["stopped"] as? Int == 2)
      let both = try BuiltProgram.run(["sweep"] + Self.options + ["--json", "--quiet"], in: directory)
      #expect(both.isRefusal(mentioning: "--quiet and --json") && both.status == 64)
    }
  }

  @Test("a device that refuses stops new trials and keeps what is finished; no trial failed by that")
  func fullDevice() throws {
    try inDirectory { directory in
      let whole = try BuiltProgram.run(["sweep"] + Self.options + ["--epochs", "2", "--quiet"], in: directory)
      #expect(whole.status == 0, "\(whole)")
      let first = try sizes("\(directory)/runs/s/convolutional-4-2").max() ?? 0
      #expect(first > 30_000)
      // The fully connected model's checkpoint is the largest file: it does not fit.
      let wide = Self.options.map { $0 == "9" ? "4000" : $0 == "s" ? "full" : $0 } + ["--jobs", "1", "--epochs", "2"]
      let run = try BuiltProgram.run(
        ["sweep"] + wide, in: directory, shell: "ulimit -f \(first / 1024 + 200); exec \"$@\"")
      #expect(
        run.isRefusal(
          mentioning: "no more trials are begun", "\"fully-connected-4000\"", "File too large", "--resume runs/full")
          && run.status == 74, "\(run)")
      #expect(run.output.contains("2/3  convolutional-3  test loss"))
      let resumed = try BuiltProgram.run(["sweep", "--resume", "runs/full"], in: directory)
      #expect(resumed.status == 0 && resumed.errors.isEmpty && resumed.output.contains("3/3  "), "\(resumed)")
      #expect(try BuiltProgram.run(["verify", "runs/full", "--quiet"], in: directory).status == 0)
    }
  }

  private func sizes(_ directory: String) throws -> [Int] {
    try filesBelow(directory).map { try bytes("\(directory)/\($0)").count }
  }

  @Test("a trial that dies before it begins is a failure that TensorBoard shows too")
  func neverBegun() throws {
    try inDirectory { directory in
      let made = try BuiltProgram.run(["sweep"] + Self.options + ["--prepare"], in: directory)
      #expect(made.status == 0, "\(made)")
      // A pipe without a writer blocks the process that opens it.
      let labels = "\(directory)/bars/t10k-labels-idx1-ubyte"
      try FileManager.default.moveItem(atPath: labels, toPath: labels + "-away")
      #expect(mkfifo(labels, 0o600) == 0)
      for arguments in [[], ["--retry"]] as [[String]] {
        let program = try BuiltProgram(["sweep", "--resume", "runs/s", "--jobs", "1"] + arguments, in: directory)
        var killed: Set<Int32> = []
        try program.wait {
          let children = "/proc/\(program.processNumber)/task/\(program.processNumber)/children"
          let text = (try? String(contentsOfFile: children, encoding: .utf8)) ?? ""
          for child in text.split(separator: " ").compactMap({ Int32($0) }) where kill(child, SIGKILL) == 0 {
            killed.insert(child)
          }
          return killed.count == 3
        }
        let run = try program.wait()
        #expect(run.isRefusal(mentioning: "3 trials failed") && run.output.contains("failed: 3 trials"), "\(run)")
        for name in ["convolutional-4-2", "convolutional-3", "fully-connected-9"] {
          let shown = try BuiltProgram.run(["inspect", "runs/s/\(name)"], in: directory)
          #expect(shown.output.contains("failure") && shown.output.contains("_hparams_/session_start_info"), "\(shown)")
        }
        #expect(try BuiltProgram.run(["verify", "runs/s", "--quiet"], in: directory).status == 0)
      }
      try FileManager.default.removeItem(atPath: labels)
      try FileManager.default.moveItem(atPath: labels + "-away", toPath: labels)
      let again = try BuiltProgram.run(["sweep", "--resume", "runs/s", "--retry", "--quiet"], in: directory)
      #expect(again.status == 0 && again.errors.isEmpty, "\(again)")
      #expect(try BuiltProgram.run(["verify", "runs/s", "--quiet"], in: directory).status == 0)
    }
  }

  @Test("a sweep that another machine's process has touched is in use; one that is silent is said to be dead")
  func elsewhere() throws {
    try inDirectory { directory in
      let made = try BuiltProgram.run(["sweep"] + Self.options + ["--prepare"], in: directory)
      #expect(made.status == 0, "\(made)")
      let lock = "\(directory)/runs/s/.aelog.lock"
      try Data("77 far.away\n".utf8).write(to: URL(fileURLWithPath: lock))
      let refused = try BuiltProgram.run(["sweep", "--resume", "runs/s"], in: directory)
      #expect(refused.isRefusal(mentioning: "process 77 on \"far.away\"") && refused.status == 75, "\(refused)")
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: lock)
      let taken = try BuiltProgram.run(["sweep", "--resume", "runs/s", "--quiet"], in: directory)
      #expect(taken.status == 0 && taken.output.isEmpty, "\(taken)")
      #expect(
        taken.errors.hasPrefix("note: process 77 on \"far.away\"") && taken.errors.contains("2 h 00 min"), "\(taken)")
    }
  }

  @Test("SIGTERM too stops it cleanly; what was given with --resume must be what it was begun with")
  func terminated() throws {
    try inDirectory { directory in
      let program = try BuiltProgram(["sweep"] + Self.options + ["--epochs", "100000"], in: directory)
      try program.wait { exists("\(directory)/runs/s/convolutional-4-2/run.json") }
      program.send(SIGTERM)
      let ending = try program.wait()
      #expect(
        ending.status == 143 && ending.errors == "interrupted; resume with aelog sweep --resume runs/s\n", "\(ending)")
      let table = String(decoding: try bytes("\(directory)/runs/s/results.csv"), as: UTF8.self)
      #expect(table.contains(",interrupted,") && table.contains(",waiting,"))
      let other = try BuiltProgram.run(
        ["sweep", "--resume", "runs/s"] + Self.options.dropLast(2) + ["--epochs", "7"], in: directory)
      #expect(other.isRefusal(mentioning: "epochs: [100000]", "epochs: [7]") && other.status == 64, "\(other)")
    }
  }
}
