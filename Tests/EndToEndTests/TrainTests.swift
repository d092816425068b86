// TrainTests.swift
// aelog train, as a process: what it prints and what it leaves.

import EventFiles
import Foundation
import TestSupport
import Testing

@Suite struct TrainTests {
  static let quick = ["--batch-size", "20", "--epochs", "2", "--filters", "4,2"]

  /// Trains in `directory` on a small collection that is made there.
  static func train(_ arguments: [String], in directory: String, shell: String? = nil) throws -> Ending {
    _ = try SmallCollection().write(to: "\(directory)/bars")
    return try BuiltProgram.run(["train", "--data", "bars"] + quick + arguments, in: directory, shell: shell)
  }

  @Test("the lines of a run, where the output is no terminal")
  func lines() throws {
    try withTemporaryDirectory { directory in
      let run = try Self.train(["--logdir", "my runs", "--threads", "1"], in: directory)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
      #expect(!run.output.contains("\u{1B}") && !run.output.contains("\r"))
      #expect(run.output.contains("\n  layer "))
      #expect(run.output.contains("\n  total "))
      #expect(run.lines.contains("  images    bars, 8×8×1: 220 training, 20 validation, 60 test images"))
      #expect(run.output.firstMatch(of: /\n  kernels   (avx512|avx2|vectors), 1 thread\n/) != nil)
      #expect(run.lines.contains("  run       'my runs/convolutional-4-2'"))
      #expect(run.output.firstMatch(of: /\n +0\/2 +– +0\.\d{4} +0\.\d{4} +– +[\d.]+ m?s\n/) != nil)
      for epoch in 1...2 {
        let pattern = try Regex(#"\n +\#(epoch)/2 +0\.\d{4} +0\.\d{4} +0\.\d{4} +[\d,]+ +[\d.]+ m?s\n"#)
        #expect(run.output.firstMatch(of: pattern) != nil, "\(run)")
      }
      #expect(run.output.firstMatch(of: /\n  test      loss 0\.\d{4}, RMSE 0\.\d{4}\n/) != nil)
      #expect(run.output.hasSuffix("    tensorboard --logdir 'my runs'\n    http://localhost:6006/#timeseries\n\n"))
    }
  }

  @Test("the files of a run, and every record of its event files")
  func files() throws {
    try withTemporaryDirectory { directory in
      let run = try Self.train(["--name", "first", "--quiet"], in: directory)
      #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty, "\(run)")
      let names = filesBelow("\(directory)/runs").map { name in
        name.replacing(/(events\.out\.tfevents)\..*/) { "\($0.1)" }
      }
      #expect(
        names == [
          "first/checkpoints/step-00000000.safetensors", "first/checkpoints/step-00000011.safetensors",
          "first/checkpoints/step-00000022.safetensors", "first/embedding.png", "first/embedding/bookmarks.json",
          "first/embedding/metadata.tsv", "first/embedding/sprite.png", "first/embedding/tensors.tsv",
          "first/eval/events.out.tfevents", "first/events.out.tfevents", "first/filmstrip.png",
          "first/frames/epoch-0000.png", "first/frames/epoch-0001.png", "first/frames/epoch-0002.png",
          "first/projector_config.pbtxt", "first/reconstructions.png", "first/run.json",
        ])
      for name in filesBelow("\(directory)/runs") where name.contains("tfevents") {
        var reader = try EventFileReader(path: "\(directory)/runs/\(name)")
        #expect(try reader.rest().count > 3)
        #expect(reader.unfinishedBytes == 0)
      }
      let record = try JSONSerialization.jsonObject(with: try bytes("\(directory)/runs/first/run.json"))
      #expect((record as? [String: Any])?["status"] as? String == "completed")
    }
  }

  @Test("a taken name is numbered, the earlier run stays as it was")
  func numbered() throws {
    try withTemporaryDirectory { directory in
      _ = try Self.train(["--name", "x", "--quiet"], in: directory)
      let before = try filesBelow("\(directory)/runs/x").map { try bytes("\(directory)/runs/x/\($0)") }
      let second = try Self.train(["--name", "x"], in: directory)
      #expect(second.lines.contains("  run       runs/x-2"))
      #expect(try filesBelow("\(directory)/runs/x").map { try bytes("\(directory)/runs/x/\($0)") } == before)
    }
  }

  @Test(
    "any number of threads gives the same bits",
    arguments: [
      ["--dropout", "0.1", "--noise-factor", "0.2"], ["--downsampling", "stride"],
      ["--model", "fully-connected", "--hidden-units", "16,5"],
    ])
  func threads(options: [String]) throws {
    try withTemporaryDirectory { directory in
      _ = try SmallCollection().write(to: "\(directory)/bars")
      func checkpoint(threads: Int, seed: Int) throws -> Data {
        let name = "run-\(threads)-\(seed)"
        let run = try BuiltProgram.run(
          ["train", "--data", "bars", "--batch-size", "37", "--epochs", "2", "--quiet", "--name", name]
            + ["--threads", "\(threads)", "--seed", "\(seed)"] + options, in: directory)
        #expect(run.status == 0, "\(run)")
        return try bytes("\(directory)/runs/\(name)/checkpoints/step-00000010.safetensors")
      }
      let one = try checkpoint(threads: 1, seed: 5)
      for threads in [2, 3, 7] { #expect(try checkpoint(threads: threads, seed: 5) == one) }
      #expect(try checkpoint(threads: 1, seed: 6) != one)
    }
  }

  @Test("JSON lines for programs")
  func json() throws {
    try withTemporaryDirectory { directory in
      let run = try Self.train(["--json"], in: directory)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
      let events = try run.output.split(separator: "\n").map { line in
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      }
      #expect(events.map { $0["event"] as? String } == ["start", "epoch", "epoch", "epoch", "end"])
      #expect(events[0]["run"] as? String == "runs/convolutional-4-2")
      #expect((events[4]["test_loss"] as? Double).map { (0.01...0.7).contains($0) } == true)
    }
  }

  @Test("a reader that goes away does not end the run, nor make it fail")
  func head() throws {
    try withTemporaryDirectory { directory in
      let run = try Self.train([], in: directory, shell: #""$@" | head -n 1; exit ${PIPESTATUS[0]}"#)
      #expect(run.status == 0 && run.errors.isEmpty && run.output == "\n", "\(run)")
      let record = try bytes("\(directory)/runs/convolutional-4-2/run.json")
      #expect(String(decoding: record, as: UTF8.self).contains("completed"))
    }
  }

  @Test("output that is refused makes a run fail that is otherwise complete")
  func fullOutput() throws {
    try withTemporaryDirectory { directory in
      let run = try Self.train([], in: directory, shell: #"exec "$@" > /dev/full"#)
      #expect(run.isRefusal(mentioning: "standard output", "No space left") && run.status == 74, "\(run)")
      #expect(exists("\(directory)/runs/convolutional-4-2/projector_config.pbtxt"))
    }
  }

  @Test("nothing that is printed gets into a file of the run", arguments: [">&-", "2>&-", "<&- >&- 2>&-"])
  func closedStreams(redirection: String) throws {
    try withTemporaryDirectory { directory in
      let run = try Self.train(["--name", "x"], in: directory, shell: #"exec "$@" "# + redirection)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
      for name in filesBelow("\(directory)/runs") where name.contains("tfevents") {
        var reader = try EventFileReader(path: "\(directory)/runs/\(name)")
        #expect(try reader.rest().count > 3)
        #expect(reader.unfinishedBytes == 0)
      }
    }
  }
}
