// ConfigurationFileTests.swift
// aelog train --config: the options of a run in a file.

import Foundation
import TestSupport
import Testing

@Suite struct ConfigurationFileTests {
  private func configuration(_ directory: String, _ run: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/runs/\(run)/run.json"))
    let record = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(record["configuration"] as? [String: Any])
  }

  @Test("a file's options are those of the command line, which replaces them") func options() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let text = """
        data: bars
        keep: 1
        trials:
          - {name: small, hidden-units: [5, 3], code: 2, epochs: 2, batch-size: 20, learning-rate: 0.002}
        """
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/run.yaml"))
      let file = try BuiltProgram.run(["train", "--config", "run.yaml", "--epochs", "1", "--quiet"], in: directory)
      #expect(file.status == 0 && file.errors.isEmpty, "\(file)")
      let options = [
        "train", "--data", "bars", "--hidden-units", "5,3", "--code", "2", "--epochs", "1", "--batch-size", "20",
        "--learning-rate", "0.002", "--name", "told", "--quiet",
      ]
      #expect(try BuiltProgram.run(options, in: directory).status == 0)
      let (read, told) = (try configuration(directory, "small"), try configuration(directory, "told"))
      #expect(NSDictionary(dictionary: read) == NSDictionary(dictionary: told))
      let checkpoints = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/runs/small/checkpoints")
      #expect(checkpoints.count <= 2, "keep: 1, and the best")
    }
  }

  @Test("several trials, a wrong key, a missing file, and a run to resume are refused") func refusals() throws {
    try withTemporaryDirectory { directory in
      for (name, text) in [("two", "options: {epochs: [1, 2]}\n"), ("key", "options: {epoch: 1}\n")] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name).yaml"))
      }
      for (arguments, reason) in [
        (["two.yaml"], "it has 2 trials, and a run is one; give it to aelog sweep --spec"),
        (["key.yaml"], "line 1: unknown key \"epoch\""), (["none.yaml"], "none.yaml"),
        (["two.yaml", "--resume", "runs/x"], "--config and --resume exclude each other"),
      ] {
        let run = try BuiltProgram.run(["train", "--config"] + arguments, in: directory)
        #expect(run.isRefusal(mentioning: reason), "\(run)")
      }
      #expect(filesBelow(directory).count == 2)
    }
  }
}
