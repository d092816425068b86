// LatentSnapshotsTests.swift
// Latent snapshots hold the codes of their epochs, and each trajectory joins the codes of one image.

import ByteStreams
import Datasets
import Embeddings
import EventFiles
import Networks
import ProjectorFiles
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import ProjectorExport
@testable import Runs
@testable import Sessions

@Suite struct LatentSnapshotsTests {
  static func trainedRun(
    _ configuration: TrainingConfiguration = tinyConfiguration(), every: Int, in directory: String,
    collection: TinyCollection = TinyCollection()
  ) throws -> (outcome: TrainingOutcome, data: DatasetSplits) {
    let source = try collection.write(to: directory)
    var options = tinyOptions(configuration, source, logdir: "\(directory)/runs")
    (options.embedEvery, options.keep) = (every, 99)
    let data = try source.load(seed: 0, threads: 1)
    return (try TrainingSession(options, data: data).run(), data)
  }

  private static func rows(_ path: String) throws -> [[String]] {
    String(decoding: try FileContents.read(path), as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: "\t").map(String.init) }
  }

  private static func floats(_ path: String) throws -> [Float] {
    let bytes = try FileContents.read(path)
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
  }

  @Test("every K epochs and after the last, each a run that TensorBoard can show", arguments: [1, 2, 3, 4])
  func snapshots(every: Int) throws {
    try withTemporaryDirectory { directory in
      let (outcome, data) = try Self.trainedRun(every: every, in: directory)
      let run = outcome.runPath
      let want = [0, 1, 2, 3].filter { $0 % every == 0 || $0 == 3 }
      let names = try Directory.list(run).filter { $0.hasPrefix("epoch_") }
      #expect(names == want.map { "epoch_000\($0)" } && outcome.warnings == [])
      for epoch in want {
        let model = try TrainedModel.load(runDirectory: run, step: epoch * 6, threads: 1)
        let folder = "\(run)/epoch_000\(epoch)"
        let numbers = try Self.rows("\(folder)/embedding/metadata.tsv").dropFirst().map { Int($0[1]) ?? -1 }
        #expect(Set(numbers) == Set(0..<23))
        let codes = model.autoencoder.codes(of: data.test.gathered(numbers)).values
        #expect(try Self.floats("\(folder)/embedding/tensors.bytes") == codes)
        #expect(try LoggedRun(folder).events.count == 2)
        #expect(try FileStatus.of("\(folder)/\(ProjectorConfig.fileName)") != nil)
      }
      #expect(try problems(in: "\(directory)/runs") == [])
      #expect(try RunRecord.read(from: run).embed_every == every)
    }
  }

  @Test(
    "a path leads from an image's code to the code of the same image after the next epoch, and ends with -1",
    arguments: [2, 4])
  func trajectories(units: Int) throws {
    try withTemporaryDirectory { directory in
      let (outcome, data) = try Self.trainedRun(
        tinyConfiguration(.fullyConnected(hiddenUnits: [8, units])), every: 2, in: directory)
      let folder = "\(outcome.runPath)/embedding"
      let rows = try Self.rows("\(folder)/trajectories-metadata.tsv")
      #expect(rows[0] == ["label", "index", "epoch", "__seq_next__"])
      let points = Array(rows.dropFirst())
      #expect(points.count == 3 * 23)
      let values = try Self.floats("\(folder)/trajectories.bytes")
      let width = max(3, units)
      var starts = Set(points.indices)
      for (number, row) in points.enumerated() {
        let (index, epoch, next) = (Int(row[1]) ?? -1, Int(row[2]) ?? -1, Int(row[3]) ?? -9)
        #expect(row[0] == "\(data.test.labels[index])")
        if next >= 0 {
          #expect(points[next][1] == row[1] && points[next][2] == "\(epoch == 0 ? 2 : 3)")
          starts.remove(next)
        } else {
          #expect(next == -1 && epoch == 3)
        }
        let model = try TrainedModel.load(runDirectory: outcome.runPath, step: epoch * 6, threads: 1)
        let code = model.autoencoder.codes(of: data.test.gathered([index])).values
        // A zero may have become -0, which is equal to it.
        #expect(Array(values[number * width..<number * width + units]) == code)
      }
      #expect(starts.count == 23 && starts.allSatisfy { points[$0][2] == "0" })
    }
  }

  @Test("trajectories show a few images, with at most as many points as the page's t-SNE takes") func limits() throws {
    try withTemporaryDirectory { directory in
      let (outcome, data) = try Self.trainedRun(every: 1, in: directory, collection: TinyCollection(test: 230))
      let snapshots = LatentSnapshots(directory: RunDirectory(outcome.runPath), every: 1)
      let made = try snapshots.trajectories(data.test, dimensions: 4, last: 3, threads: 2)
      #expect(made.embedding?.table.points == 4 * 200 && made.missing == [])
      let labels = made.embedding?.metadata?.columns.first { $0.name == "label" }?.cells.prefix(200) ?? []
      #expect((0..<4).map { label in labels.count { $0 == "\(label)" } } == [50, 50, 50, 50])
      #expect(try snapshots.trajectories(data.test, dimensions: 4, last: 5, threads: 2).missing == [4, 5])
      #expect(try snapshots.trajectories(data.test, dimensions: 4, last: 0, threads: 2).embedding == nil)
      // A snapshot of another model.
      #expect(try snapshots.trajectories(data.test, dimensions: 5, last: 3, threads: 2).missing == [0, 1, 2, 3])
    }
  }

  @Test("an export keeps the trajectories, and without snapshots there are none") func exported() throws {
    try withTemporaryDirectory { directory in
      let (outcome, data) = try Self.trainedRun(every: 2, in: directory)
      let folder = "\(outcome.runPath)/embedding"
      let before = try ["trajectories.bytes", "trajectories-metadata.tsv", "trajectories-sprite.png"]
        .map { try FileContents.read("\(folder)/\($0)") }
      let model = try TrainedModel.load(runDirectory: outcome.runPath, threads: 1)
      _ = try EmbeddingExport.write(model, ShownImages(data), into: outcome.runPath)
      let after = try ["trajectories.bytes", "trajectories-metadata.tsv", "trajectories-sprite.png"]
        .map { try FileContents.read("\(folder)/\($0)") }
      #expect(before == after)
      for name in try Directory.list(outcome.runPath) where name.hasPrefix("epoch_") {
        try FileContents.remove("\(outcome.runPath)/\(name)/embedding/tensors.bytes")
      }
      _ = try EmbeddingExport.write(model, ShownImages(data), into: outcome.runPath)
      #expect(try Directory.list(folder) == ["bookmarks.json", "metadata.tsv", "sprite.png", "tensors.tsv"])
    }
  }

  @Test("a snapshot whose event file is empty, or that is gone, does not stop a run") func damaged() throws {
    try withTemporaryDirectory { directory in
      let (path, data) = try interruptedRun(in: directory, after: 14) { $0.embedEvery = 1 }
      try FileContents.remove("\(path)/epoch_0001/embedding/tensors.bytes")
      // A killed process may leave the next snapshot like this.
      try Directory.createOne("\(path)/epoch_0003")
      try AtomicFile.replace("\(path)/epoch_0003/events.out.tfevents.1795645236.vm.1.0", bytes: [])
      try AtomicFile.replace("\(path)/epoch_0003/.aelog-1-1-abc.tmp", bytes: [1])
      let outcome = try resumeRun(path, data: data)
      #expect(outcome.warnings == ["not in the trajectories: epochs 1, which have no snapshot"])
      #expect(try LoggedRun("\(path)/epoch_0003").events.count == 2)
      #expect(try Directory.list("\(path)/epoch_0003").contains { $0.hasSuffix(".tmp") } == false)
    }
  }
}
