// NonFiniteTests.swift
// Training that fails with numbers that are not finite: the message, the files that remain, and the advice.

import Foundation
import TestSupport
import Testing

@Suite struct NonFiniteTests {
  /// A deep network that learns far too fast; the kernels that compute the same on every machine.
  private static func wild(rate: String) -> [String] {
    [
      "train", "--data", "bars", "--model", "fully-connected", "--hidden-units", "200,200,200,200,200,200", "--kernels",
      "reference", "--dropout", "0.7", "--batch-size", "5", "--epochs", "2", "--learning-rate", rate, "--name", "wild",
      "--quiet",
    ]
  }

  private func record(in directory: String) throws -> [String: Any] {
    let record = try JSONSerialization.jsonObject(with: try bytes("\(directory)/runs/wild/run.json"))
    return try #require(record as? [String: Any])
  }

  @Test("one line with step, layer and what to do; the last good checkpoint; and skipping leads to the end")
  func stopAndSkip() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let run = try BuiltProgram.run(Self.wild(rate: "2"), in: directory)
      let advice = "aelog train --resume runs/wild --on-nonfinite skip"
      #expect(run.isRefusal(mentioning: "a smaller --learning-rate", "whole up to its last checkpoint"), "\(run)")
      #expect(run.status == 1 && run.errors.hasSuffix("to skip such steps, \(advice)\n"), "\(run)")
      #expect(
        run.errors.firstMatch(of: /(en|de)coder\/\w+(\/kernel|\/bias)? became NaN.* at step \d+/) != nil, "\(run)")
      #expect(try record(in: directory)["status"] as? String == "failed")

      let checkpoint = "\(directory)/runs/wild/checkpoints/step-00000000.safetensors"
      let kept = try bytes(checkpoint)
      let picture = try BuiltProgram.run(["reconstruct", "--run", "runs/wild", "--out", "x.png"], in: directory)
      #expect(picture.status == 0, "\(picture)")
      #expect(try BuiltProgram.run(["verify", "runs", "--quiet"], in: directory).status == 0)

      let skipping = try BuiltProgram.run(
        advice.split(separator: " ").dropFirst().map(String.init) + ["--keep", "9"], in: directory)
      #expect(skipping.status == 0 && skipping.errors.isEmpty, "\(skipping)")
      #expect(skipping.output.contains("steps were skipped"), "\(skipping)")
      let results = try #require(try record(in: directory)["results"] as? [String: Any])
      #expect((results["skipped_steps"] as? Int).map { $0 > 0 } == true, "\(results)")
      #expect(try record(in: directory)["status"] as? String == "completed")
      #expect(try bytes(checkpoint) == kept)
      #expect(try BuiltProgram.run(["verify", "runs", "--quiet"], in: directory).status == 0)
    }
  }

  @Test("a run of which every step would be skipped ends, and says so")
  func hopeless() throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      let run = try BuiltProgram.run(Self.wild(rate: "10") + ["--on-nonfinite", "skip"], in: directory)
      #expect(run.isRefusal(mentioning: "every step of a whole epoch", "44", "last checkpoint"), "\(run)")
      #expect(run.status == 1 && !run.errors.contains("--on-nonfinite"))
      #expect(try record(in: directory)["status"] as? String == "failed")
    }
  }
}
