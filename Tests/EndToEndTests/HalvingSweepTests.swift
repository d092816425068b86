// HalvingSweepTests.swift
// aelog sweep --halving, as processes: compared, stopped, killed, and resumed.

import Foundation
import TestSupport
import Testing

@Suite struct HalvingSweepTests {
  private static let options = [
    "--data", "bars", "--batch-size", "20", "--filters", "4,2", "--filters", "3", "--hidden-units", "9", "--dropout",
    "0", "--dropout", "0.1",
    "--epochs", "9", "--halving",
  ]

  private func rows(_ path: String) throws -> [[String: Any]] {
    try #require(JSONSerialization.jsonObject(with: try bytes("\(path)/results.json")) as? [[String: Any]])
  }

  /// The results of each trial, except times.
  private func ends(_ path: String) throws -> [String] {
    try rows(path).map { row in
      let folder = "\(path)/\(row["trial"] ?? "")/checkpoints"
      let last = try #require(filesBelow(folder).max())
      let values = ["trial", "state", "epochs_trained", "validation_loss", "test_loss"].map { "\(row[$0] ?? "")" }
      return (values + [last, "\(try checksum("\(folder)/\(last)"))"]).joined(separator: " ")
    }
  }

  @Test("few trials are trained to the end, from where they were; the table says which were stopped, and what it cost")
  func halving() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let run = try BuiltProgram.run(["sweep"] + Self.options + ["--name", "s"], in: directory)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
      for text in [
        "Halving: 6 to epoch 1, 2 to epoch 3, 1 to epoch 9", "16 epochs instead of 54",
        "epoch 1: 2 of 6 trials promoted: ",
        "epoch 3: 1 of 2 trials promoted: ", "stopped: 5 trials", "epoch 3 of 9, validation loss ",
      ] { #expect(run.output.contains(text), "\(text): \(run)") }
      let rows = try rows("\(directory)/runs/s")
      #expect(rows.compactMap { $0["epochs_trained"] as? Int }.sorted() == [1, 1, 1, 1, 3, 9])
      let stopped = rows.filter { $0["state"] as? String == "stopped" }
      #expect(stopped.count == 5 && stopped.allSatisfy { ($0["test_loss"] as? Double)?.isFinite == true })
      for row in stopped {
        let run = "\(directory)/runs/s/\(row["trial"] ?? "")"
        #expect(exists("\(run)/projector_config.pbtxt") && exists("\(run)/embedding.png"))
      }
      let losses = rows.map { ($0["epochs_trained"] as? Int ?? 0, $0["validation_loss"] as? Double ?? .nan) }
      #expect(losses.allSatisfy { $0.1.isFinite })
      // The one that was trained to the end is bit by bit the run that was never compared.
      let best = try #require(rows.first { $0["state"] as? String == "completed" })
      let alone = try BuiltProgram.run(
        ["sweep"] + Self.options.filter { $0 != "--halving" } + ["--name", "whole", "--quiet"], in: directory)
      #expect(alone.status == 0, "\(alone)")
      let name = "\(best["trial"] ?? "")"
      let whole = try #require(ends("\(directory)/runs/whole").first { $0.hasPrefix(name + " ") })
      #expect(try ends("\(directory)/runs/s").contains(whole))
      #expect(try BuiltProgram.run(["verify", "runs/s", "--quiet"], in: directory).status == 0)
      let one = try BuiltProgram.run(
        ["sweep-trial", "runs/s", "\(rows.firstIndex { $0["epochs_trained"] as? Int == 1 } ?? 0)"], in: directory)
      #expect(one.status == 0 && one.output.isEmpty && one.errors.isEmpty, "\(one)")
    }
  }

  @Test("killed at any moment, a sweep with halving resumes and promotes the same trials")
  func killed() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let whole = try BuiltProgram.run(["sweep"] + Self.options + ["--name", "whole", "--quiet"], in: directory)
      #expect(whole.status == 0, "\(whole)")
      let name = "\(directory)/runs/cut"
      var program = try BuiltProgram(["sweep"] + Self.options + ["--name", "cut", "--quiet"], in: directory)
      for milliseconds in [40, 90, 300, 200, 400] as [UInt32] {
        try program.wait { exists("\(name)/sweep.yaml") }
        usleep(milliseconds * 1000)
        program.send(SIGKILL)
        _ = try program.wait()
        for trial in 0..<6 { try SweepTests.kill(holderOf: "\(name)/.trials/\(trial)") }
        program = try BuiltProgram(["sweep", "--resume", "runs/cut", "--quiet", "--retry"], in: directory)
      }
      let ending = try program.wait()
      #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending)")
      #expect(try ends(name) == ends("\(directory)/runs/whole"))
      #expect(try bytes("\(name)/halving.json") == bytes("\(directory)/runs/whole/halving.json"))
      #expect(try BuiltProgram.run(["verify", "runs/cut", "--quiet"], in: directory).status == 0)
    }
  }

  @Test("an array of tasks climbs a rung each time that all of it has run")
  func array() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let made = try BuiltProgram.run(["sweep"] + Self.options + ["--name", "s", "--prepare"], in: directory)
      #expect(made.status == 0 && made.output.contains("3 times"), "\(made)")
      for _ in 0..<3 {
        for trial in 0..<6 {
          let run = try BuiltProgram.run(["sweep-trial", "runs/s", "\(trial)", "--threads", "1"], in: directory)
          #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        }
      }
      let report = try BuiltProgram.run(["sweep", "--resume", "runs/s", "--report"], in: directory)
      #expect(report.status == 0 && report.output.contains("stopped: 5 trials"), "\(report)")
    }
  }

  @Test("rungs that can't be are refused before anything is made")
  func refused() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      for (arguments, word) in [
        (["--rungs", "3,9"], "--rungs: got 3,9, want epochs from 1 to 8"), (["--rungs", "x"], "got \"x\""),
        (["--factor", "1"], "--factor: got 1"), (["--epochs", "3"], "--epochs 9 and 3"),
      ] {
        let run = try BuiltProgram.run(["sweep"] + Self.options + arguments + ["--name", "s"], in: directory)
        #expect(run.isRefusal(mentioning: word) && run.status == 64 && !exists("\(directory)/runs"), "\(run)")
      }
    }
  }
}
