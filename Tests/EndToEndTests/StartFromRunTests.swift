// StartFromRunTests.swift
// aelog train --start-from, as a process: what it takes from the other run, and what it refuses.

import Foundation
import TestSupport
import Testing

@Suite struct StartFromRunTests {
  private func record(_ run: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: try bytes("\(run)/run.json")) as? [String: Any])
  }

  @Test("the model is the other run's, whatever else differs; the start says whose weights they are") func starts()
    throws
  {
    try withTemporaryDirectory { directory in
      let first = try TrainTests.train(["--name", "first", "--code", "3", "--quiet"], in: directory)
      #expect(first.status == 0, "\(first)")
      try Data("data: bars\noptions: {filters: [[4, 2]], learning-rate: 0.0005, batch-size: 30}\n".utf8)
        .write(to: URL(fileURLWithPath: "\(directory)/run.yaml"))
      let options = ["train", "--config", "run.yaml", "--start-from", "runs/first", "--epochs", "1", "--seed", "4"]
      let second = try BuiltProgram.run(options + ["--name", "second"], in: directory)
      #expect(second.status == 0 && second.errors.isEmpty, "\(second)")
      #expect(second.lines.contains("  weights   runs/first, step 22: its last checkpoint"), "\(second)")
      let record = try record("\(directory)/runs/second")
      let configuration = try #require(record["configuration"] as? [String: Any])
      #expect(configuration["code"] as? Int == 3 && configuration["code_activation"] as? String == "linear")
      #expect(configuration["seed"] as? Int == 4 && configuration["batch_size"] as? Int == 30)
      let source = try #require(record["start_from"] as? [String: Any])
      #expect((source["run"] as? String)?.hasSuffix("/runs/first") == true && source["step"] as? Int == 22)
      let json = try BuiltProgram.run(options + ["--name", "third", "--json"], in: directory)
      let line = try #require(json.lines.first)
      let start = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(start["start_from_step"] as? Int == 22 && start["start_from"] as? String == source["run"] as? String)
      #expect(try BuiltProgram.run(["verify", "runs/second", "--quiet"], in: directory).status == 0)
    }
  }

  @Test("another model, other images and --resume are refused in one line, before anything is made") func refusals()
    throws
  {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "first", "--quiet"], in: directory)
      let names = filesBelow(directory)
      for (arguments, words, status) in [
        (["--data", "bars", "--filters", "4,3"], "filters: 4,2 there, 4,3 here; omit --filters", 64),
        (["--data", "bars", "--hidden-units", "4"], "model: convolutional there, fully-connected here", 64),
        (["--data", "bars", "--code", "2"], "code: 0 there, 2 here", 64),
        (["--data", "digits"], "images: 8×8×1 there, 28×28×1 here", 64),
        (["--resume", "runs/first"], "--start-from and --resume exclude each other", 64),
      ] as [([String], String, Int32)] {
        let run = try BuiltProgram.run(["train", "--start-from", "runs/first"] + arguments, in: directory)
        #expect(run.isRefusal(mentioning: words) && run.status == status, "\(run)")
      }
      let none = try BuiltProgram.run(["train", "--start-from", "runs/none"], in: directory)
      #expect(none.isRefusal(mentioning: "no directory \"runs/none\"") && none.status == 66, "\(none)")
      #expect(filesBelow(directory) == names)
    }
  }
}
