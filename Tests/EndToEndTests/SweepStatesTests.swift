// SweepStatesTests.swift
// A sweep is driven into every state of docs/sweep-states.md and out again, to the results of one that was left in peace.

import Foundation
import TestSupport
import Testing

@Suite struct SweepStatesTests {
  private static let options = options(epochs: 9) + ["--halving"]
  private static func options(epochs: Int) -> [String] {
    [
      "--data", "bars", "--batch-size", "20", "--filters", "4,2", "--filters", "3", "--hidden-units", "9", "--epochs",
      "\(epochs)",
    ]
  }

  private static let trials = ["convolutional-4-2", "convolutional-3", "fully-connected-9"]
  private static let resume = ["sweep", "--resume", "runs/s"]

  /// A directory with images and a sweep that was left in peace, `runs/whole`.
  private func withSweep(_ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let whole = try BuiltProgram.run(["sweep"] + Self.options + ["--name", "whole", "--quiet"], in: directory)
      #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole)")
      try body(directory)
    }
  }

  private func sweep(_ arguments: [String] = [], in directory: String, shell: String? = nil) throws -> Ending {
    try BuiltProgram.run(["sweep"] + Self.options + ["--name", "s"] + arguments, in: directory, shell: shell)
  }

  private func resume(_ arguments: [String] = [], in directory: String) throws -> Ending {
    try BuiltProgram.run(Self.resume + arguments, in: directory)
  }

  private func rows(_ directory: String, _ name: String = "s") throws -> [[String: Any]] {
    let json = try JSONSerialization.jsonObject(with: try bytes("\(directory)/runs/\(name)/results.json"))
    return try #require(json as? [[String: Any]])
  }

  private func states(_ directory: String) throws -> [String] {
    try rows(directory).map { $0["state"] as? String ?? "" }
  }

  /// The results of each trial, except times, with its last checkpoint.
  private func ends(_ directory: String, _ name: String, hasChecksums: Bool = true) throws -> [String] {
    try rows(directory, name).map { row in
      let folder = "\(directory)/runs/\(name)/\(row["trial"] ?? "")/checkpoints"
      let last = try #require(filesBelow(folder).max())
      let values = ["trial", "state", "epochs_trained", "validation_loss", "test_loss", "rmse", "neighbour_accuracy"]
      let end = hasChecksums ? [last, "\(try checksum("\(folder)/\(last)"))"] : [last]
      return (values.map { "\(row[$0] ?? "")" } + end).joined(separator: " ")
    }
  }

  private func decisions(_ directory: String, _ name: String) throws -> String {
    String(decoding: try bytes("\(directory)/runs/\(name)/halving.json"), as: UTF8.self)
  }

  /// The promoted trials; a loss that was read from a log has fewer digits.
  private func kept(_ directory: String, _ name: String) throws -> [String] {
    try decisions(directory, name).matches(of: /"kept":\[[0-9,]*\]/).map { String($0.output) }
  }

  private func expectAsWhole(_ directory: String, _ what: String = "") throws {
    #expect(try ends(directory, "s") == ends(directory, "whole"), "\(what)")
    #expect(try decisions(directory, "s") == decisions(directory, "whole"), "\(what)")
    let verified = try BuiltProgram.run(["verify", "runs/s", "--quiet"], in: directory)
    #expect(verified.status == 0, "\(what): \(verified)")
    let names = try ["s", "whole"].map { name in
      try FileManager.default.contentsOfDirectory(atPath: "\(directory)/runs/\(name)").filter { !$0.hasPrefix(".") }
        .sorted()
    }
    #expect(names[0] == names[1])
  }

  @Test(
    "an outage of the images stops the sweep before it compares; it resumes where they are back, or where they are now")
  func outage() throws {
    try withSweep { directory in
      let files = FileManager.default
      try sweepPrepared(in: directory)
      // One trial of the first rung is there, and then the images are gone.
      let first = try BuiltProgram.run(["sweep-trial", "runs/s", "0"], in: directory)
      #expect(first.status == 0, "\(first)")
      try files.moveItem(atPath: "\(directory)/bars", toPath: "\(directory)/elsewhere")
      for arguments in [[], ["--retry"]] as [[String]] {
        let stopped = try resume(arguments, in: directory)
        #expect(
          stopped.isRefusal(
            mentioning: "could not read: no directory", "/bars", "aelog sweep --resume runs/s, and add --data PATH")
            && stopped.status == 66, "\(stopped)")
        #expect(try states(directory) == ["paused", "waiting", "waiting"])
        #expect(!exists("\(directory)/runs/s/halving.json"))
      }
      // Other images are refused, the same ones are taken wherever they are.
      _ = try SmallCollection(side: 9).write(to: "\(directory)/others")
      let others = try resume(["--data", "others"], in: directory)
      #expect(
        others.isRefusal(mentioning: "others\" are not those that", Self.trials[0]) && others.status == 66, "\(others)")
      let moved = try resume(["--data", "elsewhere"], in: directory)
      #expect(moved.status == 0 && moved.errors.isEmpty, "\(moved)")
      // A checkpoint names the place of its images.
      #expect(try ends(directory, "s", hasChecksums: false) == ends(directory, "whole", hasChecksums: false))
      #expect(try decisions(directory, "s") == decisions(directory, "whole"))
    }
  }

  @Test("images that were replaced stop the sweep too, before a trial is trained on them")
  func replaced() throws {
    try withSweep { directory in
      try sweepPrepared(in: directory)
      #expect(try BuiltProgram.run(["sweep-trial", "runs/s", "1"], in: directory).status == 0)
      try FileManager.default.moveItem(atPath: "\(directory)/bars", toPath: "\(directory)/elsewhere")
      _ = try SmallCollection(training: 260).write(to: "\(directory)/bars")
      let stopped = try resume(in: directory)
      #expect(stopped.isRefusal(mentioning: "are not those that", Self.trials[1]) && stopped.status == 66, "\(stopped)")
      #expect(try states(directory) == ["waiting", "paused", "waiting"])
      try FileManager.default.removeItem(atPath: "\(directory)/bars")
      try FileManager.default.moveItem(atPath: "\(directory)/elsewhere", toPath: "\(directory)/bars")
      #expect(try resume(in: directory).status == 0)
      try expectAsWhole(directory)
    }
  }

  private func sweepPrepared(in directory: String) throws {
    let made = try sweep(["--prepare"], in: directory)
    #expect(made.status == 0, "\(made)")
  }

  @Test("a trial that is killed in a rung is resumed before the comparison, by the same sweep")
  func killed() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      // Long enough to be hit.
      let arguments = ["sweep"] + Self.options(epochs: 45) + ["--halving", "--jobs", "1", "--quiet"]
      #expect(try BuiltProgram.run(arguments + ["--name", "whole"], in: directory).status == 0)
      let program = try BuiltProgram(arguments + ["--name", "s"], in: directory)
      for trial in 0..<3 {
        let run = "\(directory)/runs/s/\(Self.trials[trial])"
        try program.wait { !filesBelow("\(run)/checkpoints").isEmpty }
        try SweepTests.kill(holderOf: "\(directory)/runs/s/.trials/\(trial)")
      }
      let ending = try program.wait()
      #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending)")
      try expectAsWhole(directory)
    }
  }

  @Test("a trial that failed before a comparison is trained by --retry after it, and promoted if it is good enough")
  func retried() throws {
    try withSweep { directory in
      try sweepPrepared(in: directory)
      let best = try #require(Self.trials.firstIndex(of: bestTrial(directory)))
      // A file in its way makes the best trial fail.
      let path = "\(directory)/runs/s/\(Self.trials[best])"
      try Data("no run".utf8).write(to: URL(fileURLWithPath: path))
      let failed = try resume(in: directory)
      #expect(failed.isRefusal(mentioning: "1 trial failed", "--resume runs/s --retry"), "\(failed)")
      #expect(failed.output.contains("is no directory; move it away, and train the trial with --retry"), "\(failed)")
      #expect(try states(directory)[best] == "FAILURE" && states(directory).contains("completed"))
      let again = try resume(["--retry"], in: directory)
      #expect(again.isRefusal(mentioning: "1 trial failed"), "\(again)")
      try FileManager.default.removeItem(atPath: path)
      let retried = try resume(["--retry"], in: directory)
      #expect(retried.status == 0 && retried.errors.isEmpty, "\(retried)")
      let (got, want) = (try ends(directory, "s")[best], try ends(directory, "whole")[best])
      #expect(got == want)
      #expect(try !states(directory).contains("FAILURE"))
    }
  }

  /// The trial of the sweep left in peace that came to the end.
  private func bestTrial(_ directory: String) throws -> String {
    try #require(rows(directory, "whole").first { $0["state"] as? String == "completed" }?["trial"] as? String)
  }

  @Test("trials whose directories were removed are trained again, as far as the comparisons let them")
  func removed() throws {
    try withSweep { directory in
      #expect(try sweep(["--quiet"], in: directory).status == 0)
      for trial in Self.trials {
        try FileManager.default.removeItem(atPath: "\(directory)/runs/s/\(trial)")
        let resumed = try resume(["--quiet"], in: directory)
        #expect(resumed.status == 0 && resumed.errors.isEmpty, "\(resumed)")
        try expectAsWhole(directory, trial)
      }
      // Without the record they are compared anew, by the same losses.
      try FileManager.default.removeItem(atPath: "\(directory)/runs/s/halving.json")
      let compared = try resume(["--quiet"], in: directory)
      #expect(compared.status == 0 && compared.errors.isEmpty, "\(compared)")
      #expect(try ends(directory, "s") == ends(directory, "whole"))
      #expect(try kept(directory, "s") == kept(directory, "whole"))
    }
  }

  @Test(
    "a paused trial that was trained further by hand is compared by its loss at the rung; one trained otherwise is named"
  )
  func byHand() throws {
    try withSweep { directory in
      try sweepPrepared(in: directory)
      for trial in 0..<3 {
        #expect(try BuiltProgram.run(["sweep-trial", "runs/s", "\(trial)"], in: directory).status == 0)
      }
      // Its own options, to its end.
      let best = try bestTrial(directory)
      let further = try BuiltProgram.run(["train", "--resume", "runs/s/\(best)", "--quiet"], in: directory)
      #expect(further.status == 0, "\(further)")
      let resumed = try resume(in: directory)
      #expect(resumed.status == 0 && resumed.errors.isEmpty, "\(resumed)")
      #expect(try ends(directory, "s") == ends(directory, "whole") && kept(directory, "s") == kept(directory, "whole"))
      // More epochs than the sweep has.
      let more = try BuiltProgram.run(
        ["train", "--resume", "runs/s/\(best)", "--epochs", "12", "--quiet"], in: directory)
      #expect(more.status == 0, "\(more)")
      for arguments in [[], ["--retry"]] as [[String]] {
        let changed = try resume(arguments, in: directory)
        #expect(
          changed.isRefusal(
            mentioning: "was trained to epoch 12, and the sweep ends at epoch 9", "move runs/s/\(best) away")
            && changed.status == 1, "\(changed)")
        #expect(changed.output.contains("changed: 1 trial\n    \(best): trained to epoch 12"), "\(changed)")
      }
      let row = try #require(rows(directory).first { $0["trial"] as? String == best })
      #expect(row["state"] as? String == "changed" && row["epochs"] as? Int == 12)
      let one = try BuiltProgram.run(
        ["sweep-trial", "runs/s", "\(Self.trials.firstIndex(of: best) ?? 0)", "--retry"], in: directory)
      #expect(one.isRefusal(mentioning: "trained to epoch 12") && one.status == 65, "\(one)")
      try FileManager.default.moveItem(atPath: "\(directory)/runs/s/\(best)", toPath: "\(directory)/away")
      #expect(try resume(in: directory).status == 0)
      #expect(try ends(directory, "s") == ends(directory, "whole"))
      // A sweep.yaml that was edited.
      let file = "\(directory)/runs/s/sweep.yaml"
      let text = String(decoding: try bytes(file), as: UTF8.self)
      try Data(text.replacing("batch-size: [20]", with: "batch-size: [24]").utf8).write(to: URL(fileURLWithPath: file))
      let edited = try resume(in: directory)
      #expect(
        edited.isRefusal(mentioning: "--batch-size 20, and the sweep has 24", "so were 2 more", "sweep.yaml"),
        "\(edited)")
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      #expect(try resume(in: directory).status == 0)
      #expect(try ends(directory, "s") == ends(directory, "whole"))
    }
  }

  @Test("a follower that died leaves trials that run on: they count for the jobs of the next, which waits for them")
  func orphans() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let arguments = ["sweep"] + Self.options(epochs: 45) + ["--halving", "--jobs", "1", "--quiet"]
      #expect(try BuiltProgram.run(arguments + ["--name", "whole"], in: directory).status == 0)
      let program = try BuiltProgram(arguments + ["--name", "s"], in: directory)
      try program.wait { exists("\(directory)/runs/s/\(Self.trials[0])/run.json") }
      program.send(SIGKILL)
      _ = try program.wait()
      let second = try BuiltProgram(Self.resume + ["--jobs", "1", "--quiet"], in: directory)
      var most = 0
      try second.wait {
        let held = (0..<3).count { exists("\(directory)/runs/s/.trials/\($0)/.aelog.lock") }
        most = max(most, held)
        return exists("\(directory)/runs/s/halving.json")
      }
      #expect(try second.wait().status == 0 && most == 1)
      try expectAsWhole(directory)
    }
  }

  @Test("a device that is full stops the sweep before it compares, and is no failure of a trial")
  func full() throws {
    try withSweep { directory in
      let arguments = ["--jobs", "1"]
      let full = try sweep(arguments, in: directory, shell: "trap '' XFSZ; ulimit -f 4; exec \"$@\"")
      #expect(
        full.isRefusal(mentioning: "could not write", "aelog sweep --resume runs/s") && full.status == 74, "\(full)")
      #expect(!exists("\(directory)/runs/s/halving.json"))
      #expect(try !states(directory).contains("FAILURE"))
      #expect(try resume(in: directory).status == 0)
      try expectAsWhole(directory)
    }
  }

  @Test("a run whose record is lost before its first checkpoint is named with what leads out, which works")
  func unreadable() throws {
    try withSweep { directory in
      try sweepPrepared(in: directory)
      let run = "\(directory)/runs/s/\(Self.trials[2])"
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
      try Data("{".utf8).write(to: URL(fileURLWithPath: "\(run)/run.json"))
      let failed = try resume(in: directory)
      #expect(failed.isRefusal(mentioning: "1 trial failed"), "\(failed)")
      #expect(failed.output.contains("away, and train the trial anew with --retry"), "\(failed)")
      try FileManager.default.removeItem(atPath: run)
      #expect(try resume(["--retry"], in: directory).status == 0)
      #expect(try Set(ends(directory, "whole")).subtracting(ends(directory, "s")).count <= 1)
    }
  }

  @Test("edited to more epochs, a sweep trains its trials further")
  func moreEpochs() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      for (name, epochs) in [("whole", 4), ("s", 2)] {
        let run = try BuiltProgram.run(
          ["sweep"] + Self.options(epochs: epochs) + ["--quiet", "--name", name], in: directory)
        #expect(run.status == 0, "\(run)")
      }
      let file = "\(directory)/runs/s/sweep.yaml"
      let text = String(decoding: try bytes(file), as: UTF8.self)
      try Data(text.replacing("epochs: [2]", with: "epochs: [4]").utf8).write(to: URL(fileURLWithPath: file))
      let resumed = try resume(["--quiet"], in: directory)
      #expect(resumed.status == 0 && resumed.errors.isEmpty, "\(resumed)")
      #expect(try ends(directory, "s") == ends(directory, "whole"))
    }
  }
}
