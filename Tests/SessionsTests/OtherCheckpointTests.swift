// OtherCheckpointTests.swift
// A checkpoint of another run, and what is no file, are not taken for a run's own.

import ArrayFiles
import ByteStreams
import Datasets
import Foundation
import Networks
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct OtherCheckpointTests {
  private static let newest = Checkpoint.fileName(step: 18)

  /// A run of `tinyConfiguration`, and another with one choice changed; `body` gets the first's directory, in which the newest
  /// checkpoint is the other's.
  private func withOther(
    _ collection: TinyCollection = TinyCollection(), _ change: (inout TrainingConfiguration) -> Void,
    _ body: (_ run: String, _ path: String) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      let run = try trained(tinyConfiguration(), in: "\(directory)").runPath
      var other = tinyConfiguration()
      change(&other)
      try Directory.create("\(directory)/other")
      let otherRun = try trained(other, on: collection, in: "\(directory)/other")
      let path = "\(run)/checkpoints/\(Self.newest)"
      let theirs = try #require(try CheckpointFolder(ofRun: otherRun.runPath).steps().first)
      let bytes = try FileContents.read(CheckpointFolder(ofRun: otherRun.runPath).path(ofStep: theirs))
      try AtomicFile.replace(path, bytes: bytes)
      try body(run, path)
    }
  }

  private func expectRefusal(
    _ run: String, _ path: String, _ what: String, _ got: String, _ source: String, _ want: String
  )
    throws
  {
    let refusal = RunError.otherCheckpoint(path: path, what: what, got: got, source: source, want: want)
    #expect(throws: refusal) { try InterruptedRun(run) }
    #expect(throws: refusal) { try TrainedModel.load(runDirectory: run, threads: 1) }
    #expect("\(refusal)".contains("its \(what) is \(got), \(source) says \(want)"))
    // The advice works.
    try FileContents.remove(path)
    #expect(try InterruptedRun(run).checkpoint?.step == 12)
    #expect(try TrainedModel.load(runDirectory: run, threads: 1).step == 12)
  }

  @Test func ofAnotherSeed() throws {
    try withOther {
      $0.seed = 4
    } _: {
      try expectRefusal($0, $1, "seed", "4", "run.json", "3")
    }
  }

  @Test func ofAnotherModel() throws {
    try withOther {
      $0.architecture = .fullyConnected(hiddenUnits: [8, 3])
    } _: {
      try expectRefusal($0, $1, "hidden-units", "8,3", "run.json", "8,4")
    }
  }

  @Test func ofAnotherFamily() throws {
    try withOther {
      $0.architecture = ResumeTests.convolutional
    } _: {
      try expectRefusal($0, $1, "model", "convolutional", "run.json", "fully-connected")
    }
  }

  @Test func ofOtherImages() throws {
    try withOther(TinyCollection(classes: 3)) { _ in
    } _: { run, path in
      let (got, want) = (try Checkpoint(path: path).data.fingerprint, try RunRecord.read(from: run).data.fingerprint)
      #expect(got != want)
      try expectRefusal(run, path, "data_fingerprint", got, "run.json", want)
    }
    try withOther(TinyCollection(height: 7)) { _ in
    } _: {
      try expectRefusal($0, $1, "image_shape", "[7, 5, 1]", "run.json", "[6, 5, 1]")
    }
  }

  @Test("the same run's checkpoint of another step") func ofAnotherStep() throws {
    try withTemporaryDirectory { directory in
      let run = try trained(tinyConfiguration(), in: directory).runPath
      let folder = CheckpointFolder(ofRun: run)
      try AtomicFile.replace(folder.path(ofStep: 18), bytes: FileContents.read(folder.path(ofStep: 6)))
      try expectRefusal(run, folder.path(ofStep: 18), "step", "6", "its name", "18")
      // Without a record the name alone tells.
      try AtomicFile.replace(folder.path(ofStep: 18), bytes: FileContents.read(folder.path(ofStep: 6)))
      try FileContents.remove("\(run)/run.json")
      try expectRefusal(run, folder.path(ofStep: 18), "step", "6", "its name", "18")
    }
  }

  @Test("a run that goes on for more epochs keeps its checkpoints") func moreEpochs() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      var record = try RunRecord.read(from: outcome.runPath)
      record.configuration.epochs = 5
      try record.write(to: outcome.runPath)
      #expect(try InterruptedRun(outcome.runPath).checkpoint?.step == 18)
    }
  }

  @Test("a record with a bad value is not made anew, nor ignored") func badRecord() throws {
    try withTemporaryDirectory { directory in
      let run = try trained(tinyConfiguration(), in: directory).runPath
      let text = String(decoding: try FileContents.read("\(run)/run.json"), as: UTF8.self)
      let changed = text.replacing("{\n", with: "{\n  \"embed_every\" : 0,\n", maxReplacements: 1)
      try AtomicFile.replace("\(run)/run.json", bytes: Array(changed.utf8))
      for read in [
        { _ = try InterruptedRun(run) }, { _ = try TrainedModel.load(runDirectory: run, threads: 1) },
      ] {
        let error = #expect(throws: RunError.self) { try read() }
        #expect(error.map { "\($0)" }?.contains("embed_every: got 0, want 1") == true)
      }
      #expect(try FileContents.read("\(run)/run.json") == Array(changed.utf8))
    }
  }

  @Test(
    "what is no file is refused before anything is changed",
    arguments: [
      "run.json", "checkpoints/step-00000018.safetensors", "frames/epoch-0001.png", "embedding/tensors.tsv",
      "embedding.png",
      "filmstrip.png", "projector_config.pbtxt", "eval/x.tfevents", "x.tfevents", "epoch_0001/embedding/tensors.bytes",
    ])
  func intruders(name: String) throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection().write(to: directory)
      let data = try source.load(seed: 0, threads: 1)
      let options = tinyOptions(tinyConfiguration(), source, logdir: "\(directory)/runs")
      let run = try TrainingSession(options, data: data).run().runPath
      let before = try RunContents(run).values
      let path = "\(run)/\(name)"
      try Directory.create(Directory.parent(of: path))
      for isPipe in [true, false] {
        try? FileContents.remove(path)
        if isPipe { #expect(mkfifo(path, 0o600) == 0) } else { try Directory.createOne(path) }
        let error = #expect(throws: FileError.self) {
          try resumeRun(run, data: data) { $0.configuration.epochs = 4 }
        }
        let got = isPipe ? "a named pipe" : "a directory"
        #expect(error == .notAFile(path: path, got: got, want: "a regular file", operation: .read))
        if !isPipe { try Directory.removeEmpty(path) }
      }
      if name.hasPrefix("frames") || name == "filmstrip.png" {
        try resumeRun(run, data: data) { $0.configuration.epochs = 4 }
        #expect(try RunContents(run).values != before)
      }
    }
  }

  @Test("weights that are NaN are exported nowhere, and a run resumes from the checkpoint before") func notANumber()
    throws
  {
    try withTemporaryDirectory { directory in
      let run = try trained(tinyConfiguration(), in: directory).runPath
      let path = "\(run)/checkpoints/\(Self.newest)"
      var file = try SafetensorsFile(path: path)
      let tensor = file.tensors[0]
      file.tensors[0] = .init(
        name: tensor.name, shape: tensor.shape, values: [.nan] + tensor.values.dropFirst())
      file.metadata["checksum"] = file.checksum
      try file.write(to: path)
      let refusal = CheckpointError.badTensor(
        path: path, name: tensor.name, reason: "has numbers that are NaN or infinite")
      #expect(throws: refusal) { try TrainedModel.load(runDirectory: run, threads: 1) }
      let interrupted = try InterruptedRun(run)
      #expect(interrupted.checkpoint?.step == 12 && interrupted.warnings.map(\.text) == ["\(refusal)"])
    }
  }
}
