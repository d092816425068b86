// GoingOnTests.swift
// aelog train --resume, as a process: what may differ from the run's beginning, and what is refused by name.

import Foundation
import TestSupport
import Testing

@Suite struct GoingOnTests {
  private static let run = "runs/convolutional-4-2"

  @Test("an option that would change the results is refused by name, and the run stays as it was")
  func otherOptions() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--quiet"], in: directory)
      func files() throws -> [Data] { try filesBelow(directory).map { try bytes("\(directory)/\($0)") } }
      let before = try files()
      let others = [
        ("filters", "4,3", "4,2"), ("downsampling", "stride", "pool"), ("model", "fully-connected", "convolutional"),
        ("batch-size", "10", "20"), ("learning-rate", "0.1", "0.001"), ("learning-rate-decay", "0.5", "0.96"),
        ("decay-steps", "5", "1000"), ("weight-decay", "0.1", "1e-05"), ("dropout", "0.5", "0.0"),
        ("noise-factor", "0.5", "0.0"), ("seed", "5", "0"), ("kernels", "direct", "auto"), ("data-seed", "3", "0"),
        ("epochs", "1", "2"),
      ]
      for (name, got, want) in others {
        let resumed = try BuiltProgram.run(
          ["train", "--resume", Self.run, "--epochs", "3", "--\(name)", got], in: directory)
        #expect(resumed.isRefusal(mentioning: "--\(name): got \(got)", want) && resumed.status == 64, "\(resumed)")
      }
      let images = try BuiltProgram.run(
        ["train", "--resume", Self.run, "--epochs", "3", "--data", "digits"], in: directory)
      #expect(images.isRefusal(mentioning: "digits", "28×28×1", "8×8×1") && images.status == 65, "\(images)")
      #expect(try files() == before)
    }
  }

  @Test("more epochs, other threads, and a log directory and images that have moved are fine")
  func moved() throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--quiet"], in: directory)
      for (old, new) in [("runs", "moved"), ("bars", "images")] {
        try FileManager.default.moveItem(atPath: "\(directory)/\(old)", toPath: "\(directory)/\(new)")
      }
      let resumed = try BuiltProgram.run(
        ["train", "--resume", "moved/convolutional-4-2", "--data", "images", "--epochs", "4", "--threads", "3"],
        in: directory)
      #expect(resumed.status == 0, "\(resumed)")
      _ = try BuiltProgram.run(
        ["train", "--data", "images", "--name", "whole", "--quiet"] + TrainTests.quick + ["--epochs", "4"],
        in: directory)
      func end(_ run: String) throws -> Data {
        try bytes("\(directory)/\(run)/checkpoints/step-00000044.safetensors")
      }
      // The whole but for where the images were: the header ends with the tensors' own bytes.
      #expect(try end("moved/convolutional-4-2").suffix(4000) == end("runs/whole").suffix(4000))
    }
  }

  @Test("files have the user's umask, and nobody else may write to any", arguments: ["000", "022", "077"])
  func umask(mask: String) throws {
    try withTemporaryDirectory { directory in
      _ = try TrainTests.train(["--quiet"], in: directory, shell: "umask \(mask); exec \"$@\"")
      let picture = try BuiltProgram.run(
        ["reconstruct", "--run", Self.run, "--out", "runs/x.png"], in: directory,
        shell: "umask \(mask); exec \"$@\"")
      #expect(picture.status == 0, "\(picture)")
      let denied = try 0o002 | #require(Int(mask, radix: 8))
      for name in try FileManager.default.subpathsOfDirectory(atPath: "\(directory)/runs") {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/runs/\(name)")
        let mode = try #require(attributes[.posixPermissions] as? Int)
        #expect(mode & denied == 0 && mode & 0o600 == 0o600, "\(name): \(String(mode, radix: 8))")
      }
    }
  }
}
