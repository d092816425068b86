// OtherRunTests.swift
// Another run's checkpoint in the place of one's own, and a run.json with values that no run has.

import Foundation
import TestSupport
import Testing

@Suite struct OtherRunTests {
  private static let newest = "checkpoints/step-00000022.safetensors"
  private static let commands = [
    ["train", "--resume", "runs/a", "--epochs", "3"], ["export", "--run", "runs/a"],
    ["export", "--run", "runs/a", "--onnx", "m.onnx"], ["reconstruct", "--run", "runs/a", "--out", "o.png"],
  ]

  /// The contents of a directory, with checksums.
  private func contents(_ directory: String) throws -> [String: UInt64] {
    Dictionary(uniqueKeysWithValues: try filesBelow(directory).map { ($0, try checksum("\(directory)/\($0)")) })
  }

  @Test("a checkpoint of another run is refused, with what differs, and nothing is changed")
  func otherCheckpoint() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let others = [
        (["--seed", "7"], "its seed is 7, run.json says 0"),
        (["--filters", "4,3"], "its filters is 4,3, run.json says 4,2"),
        (["--learning-rate", "0.002"], "its learning-rate is 0.002, run.json says 0.001"),
      ]
      for (options, words) in others {
        try? FileManager.default.removeItem(atPath: "\(directory)/runs/b")
        _ = try TrainTests.train(["--name", "b", "--quiet"] + options, in: directory)
        let path = "\(directory)/runs/a/\(Self.newest)"
        let own = try bytes(path)
        try bytes("\(directory)/runs/b/\(Self.newest)").write(to: URL(fileURLWithPath: path))
        let before = try contents(directory)
        for command in Self.commands {
          let run = try BuiltProgram.run(command, in: directory)
          #expect(run.isRefusal(mentioning: Self.newest, "is no checkpoint of this run", words), "\(command): \(run)")
          #expect(run.status == 65 && run.output.isEmpty)
        }
        #expect(try contents(directory) == before)
        try own.write(to: URL(fileURLWithPath: path))
      }
      // In a sweep the trial fails for that reason.
      let run = try BuiltProgram.run(Self.commands[1], in: directory)
      #expect(run.status == 0, "\(run)")
    }
  }

  @Test(
    "a value in run.json that no run has",
    arguments: [
      "\"embed_every\" : 0", "\"embed_every\" : -3", "\"embed_every\" : 1e40", "\"embed_every\" : 9223372036854775807",
      "\"embed_every\" : \"x\"", "\"embed_every\" : -9223372036854775808",
    ])
  func record(value: String) throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--name", "a", "--quiet"], in: directory)
      let path = "\(directory)/runs/a/run.json"
      let text = String(decoding: try bytes(path), as: UTF8.self)
      try Data(text.replacing("{\n", with: "{\n  \(value),\n", maxReplacements: 1).utf8).write(
        to: URL(fileURLWithPath: path))
      let before = try contents(directory)
      for command in Self.commands {
        let run = try BuiltProgram.run(command, in: directory)
        #expect(run.isRefusal(mentioning: "run.json", "embed_every", "put it back"), "\(command): \(run)")
        #expect(run.status == 65)
      }
      #expect(try contents(directory) == before)
      // The advice works.
      try FileManager.default.removeItem(atPath: path)
      #expect(try BuiltProgram.run(Self.commands[0], in: directory).status == 0)
    }
  }
}
