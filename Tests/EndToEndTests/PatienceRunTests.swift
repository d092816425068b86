// PatienceRunTests.swift
// --patience as processes: what train, its JSON, its resumption and a sweep say of a run that stopped early.

import Foundation
import TestSupport
import Testing

@Suite struct PatienceRunTests {
  /// The rate is so high that the best epoch comes early.
  private static let options = [
    "--data", "bars", "--hidden-units", "8,4", "--batch-size", "20", "--learning-rate", "0.5", "--epochs", "40",
    "--patience", "2",
  ]

  private func results(_ run: String) throws -> [String: Any] {
    let record = try #require(JSONSerialization.jsonObject(with: try bytes("\(run)/run.json")) as? [String: Any])
    #expect(record["status"] as? String == "completed")
    return try #require(record["results"] as? [String: Any])
  }

  @Test("a run says where it stopped and which epoch is the best, and is complete after that") func train() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let run = try BuiltProgram.run(["train", "--name", "one"] + Self.options, in: directory)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
      let results = try results("\(directory)/runs/one")
      let best = try #require(results["best_epoch"] as? Int)
      #expect(results["epochs"] as? Int == best + 2 && results["stopped_early"] as? Bool == true && best + 2 < 40)
      #expect(
        run.lines.contains("  stopped   after epoch \(best + 2) of 40: no better validation loss for 2 epochs"),
        "\(run)")
      #expect(run.lines.contains { $0.hasPrefix("  best      epoch \(best), validation loss ") }, "\(run)")
      let json = try BuiltProgram.run(["train", "--name", "two", "--json"] + Self.options, in: directory)
      let line = try #require(json.lines.last { !$0.isEmpty })
      let end = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(end["stopped_early"] as? Bool == true && end["best_epoch"] as? Int == best, "\(line)")
      #expect(end["epochs"] as? Int == best + 2 && end["interrupted"] as? Bool == false, "\(line)")
      #expect(end["test_loss"] as? Double == results["test_loss"] as? Double, "\(line)")
      // More epochs change nothing; more patience does.
      let before = try bytes("\(directory)/runs/one/run.json")
      let more = try BuiltProgram.run(["train", "--resume", "runs/one", "--epochs", "90"], in: directory)
      let reason =
        "it stopped after epoch \(best + 2) of 40: no better validation loss for 2 epochs; give a larger --patience"
      #expect(more.status == 0 && more.errors.contains(reason) && more.output.isEmpty, "\(more)")
      #expect(try bytes("\(directory)/runs/one/run.json") == before)
      let less = try BuiltProgram.run(["train", "--resume", "runs/one", "--patience", "1"], in: directory)
      #expect(less.isRefusal(mentioning: "--patience: got 1, but the run was begun with 2") && less.status == 64)
      let patient = try BuiltProgram.run(
        ["train", "--resume", "runs/one", "--patience", "4", "--quiet"], in: directory)
      #expect(patient.status == 0 && patient.errors.isEmpty, "\(patient)")
      #expect(try #require(try self.results("\(directory)/runs/one")["epochs"] as? Int) >= best + 4)
    }
  }

  @Test("a sweep counts trials that stopped early as completed, also with halving, and has nothing left to train")
  func sweep() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      for (name, halving) in [("plain", []), ("halved", ["--halving", "--rungs", "10,20"])] {
        let run = try BuiltProgram.run(
          ["sweep", "--name", name, "--seed", "0", "--seed", "1", "--dropout", "0", "--dropout", "0.1"] + Self.options
            + halving,
          in: directory)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        #expect(run.output.contains("; stopped after epoch "), "\(run)")
        let data = try bytes("\(directory)/runs/\(name)/results.json")
        let rows = try #require(JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        let early = rows.filter { ($0["epochs_trained"] as? Int ?? 0) < 10 }
        #expect(!early.isEmpty && early.allSatisfy { $0["state"] as? String == "completed" }, "\(rows)")
        #expect(rows.allSatisfy { $0["patience"] as? Int == 2 && $0["test_loss"] is Double })
        let again = try BuiltProgram.run(["sweep", "--resume", "runs/\(name)", "--quiet"], in: directory)
        #expect(again.status == 0 && again.errors.isEmpty, "\(again)")
        #expect(try bytes("\(directory)/runs/\(name)/results.json") == data)
      }
    }
  }
}
