// SweepTests.swift
// aelog sweep, as processes: trials beside each other, failing, killed, and resumed.

import Foundation
import TestSupport
import Testing

@Suite struct SweepTests {
  private static let options = [
    "--data", "bars", "--batch-size", "20", "--filters", "4,2", "--filters", "3", "--hidden-units", "9",
  ]

  private func sweep(_ arguments: [String], in directory: String) throws -> Ending {
    _ = try SmallCollection().write(to: "\(directory)/bars")
    return try BuiltProgram.run(["sweep"] + arguments, in: directory)
  }

  /// The results' rows, by trial.
  private func results(_ path: String) throws -> [String: [String: Any]] {
    let rows = try JSONSerialization.jsonObject(with: try bytes("\(path)/results.json")) as? [[String: Any]]
    return Dictionary(try #require(rows).map { ($0["trial"] as? String ?? "", $0) }) { first, _ in first }
  }

  /// The last checkpoint of each trial, and what it came to.
  private func ends(_ path: String) throws -> [String: [String]] {
    try results(path).mapValues { row in
      let folder = "\(path)/\(row["trial"] ?? "")/checkpoints"
      let last = try #require(filesBelow(folder).max())
      return [last, "\(try checksum("\(folder)/\(last)"))", "\(row["test_loss"] ?? "")"]
    }
  }

  @Test("every combination is trained, in the results, and ranked")
  func complete() throws {
    try withTemporaryDirectory { directory in
      let run = try sweep(Self.options + ["--epochs", "2", "--repeats", "2", "--name", "s"], in: directory)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
      #expect(run.output.contains("6/6  ") && run.output.contains(" ± ") && run.output.contains("--logdir runs/s"))
      let rows = try results("\(directory)/runs/s")
      #expect(rows.count == 6 && rows.values.allSatisfy { $0["state"] as? String == "completed" })
      let row = try #require(rows["convolutional-4-2_seed-1"])
      #expect(row["filters"] as? String == "4,2" && row["seed"] as? Int == 1 && row["hidden_units"] is NSNull)
      #expect((row["test_loss"] as? Double).map { $0 < 0.8 } == true && row["path"] as? String != nil)
      let table = String(decoding: try bytes("\(directory)/runs/s/results.csv"), as: UTF8.self)
      #expect(table.split(separator: "\n").count == 7 && table.contains(",\"4,2\",3,2,pool,"))
      #expect(try BuiltProgram.run(["verify", "runs/s", "--quiet"], in: directory).status == 0)

      let before = try ends("\(directory)/runs/s")
      let again = try BuiltProgram.run(["sweep", "--resume", "runs/s"], in: directory)
      #expect(again.status == 0 && !again.output.contains("6/6"), "\(again)")
      #expect(try ends("\(directory)/runs/s") == before)
      for file in ["pareto.png", "summary"] { #expect(exists("\(directory)/runs/s/\(file)")) }
      let report = try BuiltProgram.run(["sweep", "--resume", "runs/s", "--report"], in: directory)
      #expect(report.status == 0 && report.output.contains("fully-connected-9 "), "\(report)")
    }
  }

  @Test("killed at any moment with all its trials, a sweep resumes to the same end")
  func killed() throws {
    try withTemporaryDirectory { directory in
      let whole = try sweep(Self.options + ["--epochs", "30", "--name", "whole", "--quiet"], in: directory)
      #expect(whole.status == 0 && whole.output.isEmpty, "\(whole)")
      let name = "\(directory)/runs/cut"
      var program = try BuiltProgram(
        ["sweep"] + Self.options + ["--epochs", "30", "--name", "cut", "--quiet"], in: directory)
      for milliseconds in [60, 150, 250] as [UInt32] {
        try program.wait { exists("\(name)/sweep.yaml") }
        usleep(milliseconds * 1000)
        program.send(SIGKILL)
        _ = try program.wait()
        for trial in 0..<3 { try Self.kill(holderOf: "\(name)/.trials/\(trial)") }
        program = try BuiltProgram(["sweep", "--resume", "runs/cut", "--quiet", "--retry"], in: directory)
      }
      let ending = try program.wait()
      #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending)")
      #expect(try ends(name) == ends("\(directory)/runs/whole"))
      #expect(try BuiltProgram.run(["verify", "runs/cut", "--quiet"], in: directory).status == 0)
    }
  }

  /// Ends the process that says it has a directory, if there is one.
  static func kill(holderOf directory: String) throws {
    let file = "\(directory)/.aelog.lock"
    guard let text = try? bytes(file) else { return }
    let words = String(decoding: text, as: UTF8.self).split(separator: " ")
    if let number = words.first.flatMap({ Int32($0) }) { Foundation.kill(number, SIGKILL) }
  }

  @Test(
    "a trial that is killed or fails is recorded as failed; the others end well; it is trained again only if asked for")
  func failures() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let program = try BuiltProgram(
        ["sweep"] + Self.options + ["--epochs", "60", "--jobs", "1", "--name", "s"], in: directory)
      let lock = "\(directory)/runs/s/.trials/1/.aelog.lock"
      try program.wait { exists(lock) && exists("\(directory)/runs/s/convolutional-3/run.json") }
      try Self.kill(holderOf: "\(directory)/runs/s/.trials/1")
      let ending = try program.wait()
      #expect(ending.isRefusal(mentioning: "1 trial failed", "aelog sweep --resume runs/s --retry"), "\(ending)")
      #expect(ending.output.contains("convolutional-3  failed: ended by signal 9"))
      let states = try results("\(directory)/runs/s").mapValues { $0["state"] as? String }
      #expect(
        states == ["convolutional-4-2": "completed", "convolutional-3": "FAILURE", "fully-connected-9": "completed"])
      let verified = try BuiltProgram.run(["verify", "runs/s", "--quiet"], in: directory)
      #expect(verified.status == 0, "\(verified)")
      let one = try BuiltProgram.run(["sweep-trial", "runs/s", "1"], in: directory)
      #expect(one.isRefusal(mentioning: "ended by signal 9", "--retry") && one.status == 1, "\(one)")
      #expect(try BuiltProgram.run(["sweep", "--resume", "runs/s"], in: directory).status == 1)
      let retried = try BuiltProgram.run(["sweep", "--resume", "runs/s", "--retry"], in: directory)
      #expect(retried.status == 0 && retried.errors.isEmpty, "\(retried)")
    }
  }

  @Test("Ctrl-C stops the trials too and says how to resume; a second sweep of the directory is refused")
  func interrupted() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let program = try BuiltProgram(
        ["sweep"] + Self.options + ["--epochs", "100000", "--name", "s"], in: directory)
      try program.wait { exists("\(directory)/runs/s/convolutional-4-2/run.json") }
      let second = try BuiltProgram.run(["sweep", "--resume", "runs/s"], in: directory)
      #expect(second.isRefusal(mentioning: "in use by process \(program.processNumber)") && second.status == 75)
      program.send(SIGINT)
      let ending = try program.wait()
      #expect(
        ending.status == 130 && ending.errors == "interrupted; resume with aelog sweep --resume runs/s\n", "\(ending)")
      #expect(!exists("\(directory)/runs/s/.trials/0/.aelog.lock"))
      #expect(try results("\(directory)/runs/s")["convolutional-4-2"]?["state"] as? String == "interrupted")
    }
  }

  @Test("what can't be trained is refused before anything is made")
  func refused() throws {
    try withTemporaryDirectory { directory in
      try Data("options:\n  epochs: 3\n  fliters: 8\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/s.yaml"))
      for (arguments, words, status) in [
        (["--learning-rate", "20", "--learning-rate", "0.1"], ["learning-rate-20.0", "at most 10"], 64),
        (["--learning-rate", "-1", "--learning-rate", "0.1"], ["learning-rate--1.0", "above 0"], 64),
        (["--batch-size", "5000", "--seed", "1"], ["5000", "220 training images"], 64),
        (["--spec", "s.yaml"], ["s.yaml", "line 3", "unknown key \"fliters\""], 65),
        (["--spec", "t.yaml"], ["t.yaml"], 66), (["--learning-rate", "0..1"], ["--random"], 64),
        (["--filters", "x"], ["--filters", "got \"x\""], 64),
        (["--hidden-units", "70000"], ["--hidden-units", "got \"70000\""], 64),
      ] {
        let run = try sweep(Self.options.prefix(2) + arguments + ["--name", "s"], in: directory)
        #expect(
          run.isRefusal(mentioning: words[0]) && run.status == status && words.allSatisfy(run.errors.contains), "\(run)"
        )
        #expect(!exists("\(directory)/runs") && run.output.isEmpty)
      }
    }
  }

  @Test("what --print-spec prints gives the same trials; --dry-run trains nothing")
  func printed() throws {
    try withTemporaryDirectory { directory in
      let spec = try sweep(Self.options + ["--repeats", "2", "--print-spec"], in: directory)
      try Data(spec.output.utf8).write(to: URL(fileURLWithPath: "\(directory)/s.yaml"))
      let again = try sweep(["--spec", "s.yaml", "--print-spec"], in: directory)
      #expect(spec.status == 0 && again.output == spec.output && spec.output.contains("repeats: 2"), "\(spec)")
      let dry = try sweep(["--spec", "s.yaml", "--dry-run"], in: directory)
      #expect(dry.status == 0 && dry.output.contains("convolutional-4-2_seed-1") && dry.output.contains("6 trials"))
      #expect(dry.output.firstMatch(of: /4 +fully-connected-9_seed-0 +1,225 +9 +\d/) != nil, "\(dry)")
      #expect(!exists("\(directory)/runs"))
    }
  }

  /// A shell line that limits the file descriptors. It closes those that other tests have open, which may lie above the limit.
  private static func descriptors(_ limit: Int) -> String {
    "for f in /proc/self/fd/*; do n=${f##*/}; [ $n -gt 2 ] && eval \"exec $n>&-\"; done; ulimit -n \(limit); exec \"$@\""
  }

  @Test("few file descriptors mean fewer trials at a time, and none of them is lost; too few for one are a line")
  func descriptors() throws {
    try withTemporaryDirectory { directory in
      let arguments = ["--data", "bars", "--batch-size", "20", "--hidden-units", "2", "--epochs", "1", "--name", "s"]
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let none = try BuiltProgram.run(
        ["sweep"] + arguments, in: directory, shell: Self.descriptors(30))
      #expect(
        none.isRefusal(mentioning: "Too many open files", "aelog sweep --resume runs/s") && none.status == 74, "\(none)"
      )
      let few = try BuiltProgram.run(
        ["sweep"] + arguments.dropLast() + ["many", "--repeats", "24", "--jobs", "24", "--threads", "1"], in: directory,
        shell: Self.descriptors(64))
      #expect(few.status == 0 && few.errors.isEmpty && few.output.contains("24/24"), "\(few)")
      #expect(try BuiltProgram.run(["sweep", "--resume", "runs/s", "--quiet"], in: directory).status == 0)
    }
  }

  @Test("a descriptor that the parent opened above the limit hinders no trial, and keeps its lock")
  func inheritedDescriptor() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let shell = #"exec 900>lock; flock 900; ulimit -n 256; exec "$@""#
      let program = try BuiltProgram(
        ["sweep", "--data", "bars", "--batch-size", "20", "--hidden-units", "2", "--epochs", "100000", "--name", "s"],
        in: directory, shell: shell)
      try program.wait { exists("\(directory)/runs/s/fully-connected-2/run.json") }
      #expect(try BuiltProgram.run([], in: directory, shell: "flock -n lock true").status == 1)
      program.send(SIGTERM)
      let ending = try program.wait()
      #expect(ending.status == 143 && ending.errors.hasPrefix("interrupted"), "\(ending)")
    }
  }

  @Test(
    "a sweep is resumed with the options that it was begun with, also where its batch size was made smaller",
    arguments: [true, false])
  func sameOptions(isTrained: Bool) throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let options = ["--data", "bars", "--filters", "3", "--filters", "2", "--epochs", "2"]
      let made = try BuiltProgram.run(
        ["sweep", "--name", "s"] + options + (isTrained ? [] : ["--prepare"]), in: directory)
      #expect(made.status == 0 && made.output.contains("--batch-size"), "\(made)")
      let yaml = String(decoding: try bytes("\(directory)/runs/s/sweep.yaml"), as: UTF8.self)
      let fitted = try #require(yaml.firstMatch(of: #/batch-size: \[(\d+)\]/#)?.1)
      func resume(_ others: [String] = []) throws -> Ending {
        try BuiltProgram.run(["sweep", "--resume", "runs/s", "--report"] + options + others, in: directory)
      }
      // The defaults may be given too.
      let same = ["--batch-size \(fitted)", "--seed 0 --keep 3 --on-nonfinite stop --repeats 1", "--downsampling pool"]
      for others in [""] + same {
        let run = try resume(others.split(separator: " ").map(String.init))
        #expect(run.status == 0 && run.errors.isEmpty, "\(others): \(run)")
      }
      for (others, word) in [
        ("--batch-size 20", "batch-size: [\(fitted)]"), ("--keep 2", "keep: 2"), ("--seed 1", "seed: [1]"),
        ("--data-seed 3", "data-seed: 0"), ("--filters 4", "filters: [[3], [2]]"), ("--halving", "halving"),
      ] {
        let run = try resume(others.split(separator: " ").map(String.init))
        #expect(run.isRefusal(mentioning: "was begun with", word) && run.status == 64, "\(others): \(run)")
      }
    }
  }

  @Test("models whose codes are all equal are said to be, rank last, and are never the best")
  func collapsed() throws {
    try withTemporaryDirectory { directory in
      let rates = ["--learning-rate", "10", "--learning-rate", "0.001", "--hidden-units", "9,3", "--epochs", "2"]
      let run = try sweep(["--data", "bars", "--batch-size", "20", "--name", "s"] + rates, in: directory)
      #expect(run.status == 0 && run.output.contains("collapsed: 1 trial; all codes are equal"), "\(run)")
      #expect(
        run.output.contains("; all codes are equal\n")
          && run.output.firstMatch(of: #/2 +learning-rate-10.0 .* collapsed /#) != nil)
      let rows = try results("\(directory)/runs/s")
      let equal = try #require(rows["learning-rate-10.0"])
      #expect(equal["distinct_codes"] as? Int == 1 && equal["dead_units"] as? Int == 3)
      #expect(equal["neighbour_accuracy"] as? String == "collapsed")
      #expect(rows["learning-rate-0.001"]?["dead_units"] is Int)
      let table = String(decoding: try bytes("\(directory)/runs/s/results.csv"), as: UTF8.self)
      #expect(
        table.contains(",neighbour_accuracy,distinct_codes,dead_units,weights,") && table.contains(",collapsed,1,3,"))
      let json = try BuiltProgram.run(["sweep", "--resume", "runs/s", "--json"], in: directory)
      #expect(json.output.contains("\"collapsed\":1,\"best\":\"learning-rate-0.001\",\"runs\":1"), "\(json)")
      // The same with a few different codes, which are too few to tell neighbors apart.
      let path = "\(directory)/runs/s/learning-rate-10.0/run.json"
      let record = String(decoding: try bytes(path), as: UTF8.self)
      let changed = record.replacing(#/"distinct" *: *1,/#, with: "\"distinct\": 3,")
        .replacing(#/"dead_units" *: *3,/#, with: "\"dead_units\": 2,")
      try Data(changed.utf8).write(to: URL(filePath: path))
      let report = try BuiltProgram.run(["sweep", "--resume", "runs/s", "--report"], in: directory)
      #expect(
        report.output.contains("few codes: 1 trial; a smaller --learning-rate may help")
          && report.output.firstMatch(of: #/learning-rate-10.0: only 3 of [0-9]+ codes are distinct/#) != nil
          && report.output.firstMatch(of: #/[12] +learning-rate-10.0 .* few codes /#) != nil, "\(report)")
      #expect(
        report.output.contains("dead code units: ") && report.output.contains("; try --code-activation linear")
          && report.output.contains("    learning-rate-10.0: 2 of 3 code units are dead\n")
          && report.output.firstMatch(of: #/[12] +learning-rate-10.0 .* few codes, 2 dead\n/#) != nil, "\(report)")
    }
  }
}
