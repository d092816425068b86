// ResumeTests.swift
// An interrupted run that resumes ends with the same results as an uninterrupted one.

import ByteStreams
import Datasets
import EventFiles
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct ResumeTests {
  static let convolutional = Architecture.convolutional(filters: [4, 3], downsampling: .pool)

  @Test(
    "killed after any step or epoch, a run ends as if it had not been",
    arguments: [convolutional, .fullyConnected(hiddenUnits: [8, 4])], [0, 0.2])
  func anywhere(architecture: Architecture, perturbed: Double) throws {
    try withTemporaryDirectory { directory in
      var configuration = tinyConfiguration(architecture)
      (configuration.noiseFactor, configuration.dropout) = (perturbed, perturbed)
      // Six steps an epoch, and enough validation images to measure their codes.
      configuration.batchSize = 22
      let source = try TinyCollection(learning: 144).write(to: directory)
      let data = try source.load(seed: 0, threads: 1)
      var options = tinyOptions(configuration, source, logdir: "\(directory)/whole")
      options.checkpointEvery = 4
      options.embedEvery = 2
      let session = try TrainingSession(options, data: data)
      var moments = 0
      let outcome = try session.run { _ in
        moments += 1
        try copyRun(session.runPath, "\(directory)/\(moments)/run")
      }
      let whole = try RunContents(outcome.runPath)
      #expect(moments == 26 && whole.checkpoint?.step == 18)
      #expect(whole.values.count >= 35 && whole.codes.allSatisfy { $0 != nil } && whole.files.count == 30)
      for moment in 1...moments {
        let run = "\(directory)/\(moment)/run"
        try resumeRun(run, data: data, threads: 1 + moment % 3)
        let resumed = try RunContents(run)
        #expect(resumed.values == whole.values, "moment \(moment)")
        #expect(resumed.checkpoint == whole.checkpoint && resumed.test == whole.test && resumed.files == whole.files)
        #expect(resumed.codes == whole.codes, "moment \(moment)")
        #expect(try problems(in: "\(directory)/\(moment)") == [], "moment \(moment)")
      }
    }
  }

  @Test("a complete run that is resumed for more epochs equals a run that began with them") func moreEpochs() throws {
    try withTemporaryDirectory { directory in
      var configuration = tinyConfiguration(Self.convolutional)
      let short = try trained(configuration, in: directory)
      let data = try DataSource.files("\(directory)/tiny").load(seed: 0, threads: 1)
      #expect(try InterruptedRun(short.runPath).isComplete(epochs: 3))
      #expect(try !InterruptedRun(short.runPath).isComplete(epochs: 5))
      try resumeRun(short.runPath, data: data) { $0.configuration.epochs = 5 }
      configuration.epochs = 5
      let long = try trained(configuration, in: directory)
      let (a, b) = (try RunContents(short.runPath), try RunContents(long.runPath))
      #expect(a.checkpoint?.tensors == b.checkpoint?.tensors && a.checkpoint?.step == 30)
      #expect(a.values["eval/loss/reconstruction"] == b.values["eval/loss/reconstruction"] && a.test == b.test)
      #expect(a.values["eval/test/loss"]?.map(\.step) == [18, 30])
      #expect(a.values["eval/reconstructions/filmstrip"]?.map(\.step) == [0, 18, 30] && a.files == b.files)
      for tag in ["eval/reconstructions/filmstrip", "eval/reconstructions/animation", "eval/test/votes"] {
        #expect(a.values[tag]?.last == b.values[tag]?.last && b.values[tag]?.isEmpty == false, "\(tag)")
      }
      #expect(try RunRecord.read(from: short.runPath).resumptions?.map(\.step) == [18])
    }
  }

  @Test("a damaged checkpoint is skipped for the one before it, and reported") func damagedCheckpoints() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let data = try DataSource.files("\(directory)/tiny").load(seed: 0, threads: 1)
      let whole = try RunContents(outcome.runPath)
      let last = "\(outcome.runPath)/checkpoints/step-00000018.safetensors"
      let bytes = try FileContents.read(last)
      var flipped = bytes
      flipped[bytes.count - 7] ^= 1
      for (number, damage) in [[], Array(bytes[..<99]), [UInt8](repeating: 0, count: bytes.count), flipped].enumerated()
      {
        let run = "\(directory)/damaged/\(number)"
        try copyRun(outcome.runPath, run)
        try AtomicFile.replace("\(run)/checkpoints/step-00000018.safetensors", bytes: damage)
        let again = try resumeRun(run, data: data)
        #expect(again.warnings.count == 1 && again.warnings[0].contains("step-00000018"), "\(again.warnings)")
        let resumed = try RunContents(run)
        #expect(resumed.values == whole.values && resumed.checkpoint == whole.checkpoint)
      }
    }
  }

  @Test("a run without a sound checkpoint is refused and not changed") func noCheckpoint() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let folder = CheckpointFolder(ofRun: outcome.runPath)
      for step in try folder.steps() { try AtomicFile.replace(folder.path(ofStep: step), bytes: [1, 2, 3]) }
      #expect(throws: RunError.self) { try InterruptedRun(outcome.runPath) }
      for step in try folder.steps() { try FileContents.remove(folder.path(ofStep: step)) }
      let gone = #expect(throws: RunError.self) { try InterruptedRun(outcome.runPath) }
      #expect("\(try #require(gone))".contains("step-00000018.safetensors is not there"))
      try FileContents.remove("\(outcome.runPath)/run.json")
      #expect(throws: FileError.self) { try InterruptedRun(outcome.runPath) }
      #expect(throws: RunError.noRun(directory: "\(directory)/no")) { try InterruptedRun("\(directory)/no") }
    }
  }

  @Test("another option or other images are refused by name") func others() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(Self.convolutional), in: directory)
      let run = try InterruptedRun(outcome.runPath)
      let changes: [(String, (inout TrainingConfiguration) -> Void)] = [
        ("filters", { $0.architecture = .convolutional(filters: [4, 4], downsampling: .pool) }),
        ("downsampling", { $0.architecture = .convolutional(filters: [4, 3], downsampling: .stride) }),
        ("model", { $0.architecture = .fullyConnected(hiddenUnits: [4, 3]) }), ("batch-size", { $0.batchSize = 10 }),
        ("learning-rate", { $0.learningRate = 0.02 }), ("learning-rate-decay", { $0.learningRateDecay = 0.5 }),
        ("decay-steps", { $0.decaySteps = 9 }), ("weight-decay", { $0.weightDecay = 0 }),
        ("dropout", { $0.dropout = 0.1 }), ("noise-factor", { $0.noiseFactor = 0.1 }), ("seed", { $0.seed = 4 }),
        ("kernels", { $0.kernels = .direct }),
      ]
      for (name, change) in changes {
        var other = run.configuration
        change(&other)
        let error = #expect(throws: RunError.self) { try run.check(other) }
        guard case .otherOption(name, _, _) = error else {
          Issue.record("\(name): \(String(describing: error))")
          continue
        }
      }
      var fewer = run.configuration
      fewer.epochs = 2
      #expect(throws: RunError.epochsBehind(got: 2, done: 3)) { try run.check(fewer) }
      let before = try RunContents(outcome.runPath)
      for collection in [TinyCollection(height: 7), TinyCollection(learning: 61)] {
        let name = "other-\(collection.height)"
        let source = try collection.write(to: directory, name: name)
        #expect(throws: RunError.self) {
          try resumeRun(outcome.runPath, data: source.load(seed: 0, threads: 1)) { $0.configuration.epochs = 4 }
        }
      }
      #expect(try RunContents(outcome.runPath) == before)
    }
  }

  @Test("a torn record and temporary files do not prevent resuming") func leftovers() throws {
    try withTemporaryDirectory { directory in
      let (path, data) = try interruptedRun(in: directory)
      let name = try #require(try Directory.list(path).first { $0.contains("tfevents") })
      let sink = try FileSink("\(path)/\(name)", .append)
      try sink.write([9, 0, 0, 0, 0, 0])
      try sink.close()
      let temporary = ["\(path)/.aelog-1-1-abc.tmp", "\(path)/checkpoints/.aelog-1-2-abc.tmp"]
      for file in temporary { try AtomicFile.replace(file, bytes: [1]) }
      try resumeRun(path, data: data)
      for file in temporary { #expect(try FileStatus.of(file) == nil) }
      let names = try Directory.list(path)
      #expect(names.contains { $0.contains("torn-tail") })
      #expect(try problems(in: path) == [])
    }
  }

  @Test("the leftovers of a killed export are removed, and the embedding in place stays") func leftoversOfExports()
    throws
  {
    try withTemporaryDirectory { directory in
      let outcome = try trained(tinyConfiguration(), in: directory)
      let folder = "\(outcome.runPath)/embedding"
      let before = try Directory.list(folder)
      let left = ["tensors.new-1.tsv", "pca.bytes", "unit.new-2.json", ".aelog-1-1-a.tmp", "layer/tensors.new-1.tsv"]
      try Directory.create("\(folder)/layer")
      for name in left { try AtomicFile.replace("\(folder)/\(name)", bytes: [1]) }
      try AtomicFile.replace("\(folder)/notes.tsv", bytes: [1])
      RunLeftovers.remove(from: try InterruptedRun(outcome.runPath))
      #expect(try Directory.list(folder) == (before + ["notes.tsv"]).sorted())
      // In a run that may be another program's, only files are removed whose names no other program gives.
      try Directory.create("\(folder)/layer")
      for name in left { try AtomicFile.replace("\(folder)/\(name)", bytes: [1]) }
      let dead = "2147483647 \(ProcessInfo.processInfo.hostName)\n"
      try AtomicFile.replace("\(outcome.runPath)/.aelog.lock", bytes: Array(dead.utf8))
      RunLeftovers.removeUnheld(from: outcome.runPath)
      #expect(try Directory.list(folder) == (before + ["layer", "notes.tsv", "pca.bytes"]).sorted())
      #expect(try !Directory.list(outcome.runPath).contains(".aelog.lock"))
      let lock = try DirectoryLock(outcome.runPath)
      try AtomicFile.replace("\(folder)/tensors.new-1.tsv", bytes: [1])
      RunLeftovers.removeUnheld(from: outcome.runPath)
      #expect(try Directory.list(folder).contains("tensors.new-1.tsv"), "somebody holds the run")
      lock.release()
    }
  }

  @Test("the lock of a silent process of another machine is ignored, with a warning") func takenOver() throws {
    try withTemporaryDirectory { directory in
      let (path, data) = try interruptedRun(in: directory)
      let lock = "\(path)/\(DirectoryLock.fileName)"
      try AtomicFile.replace(lock, bytes: Array("12 far.away\n".utf8))
      let error = #expect(throws: FileError.self) { try resumeRun(path, data: data) }
      #expect(FileError.saysInUse(error ?? .gone(path: "")))
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -4050)], ofItemAtPath: lock)
      let outcome = try resumeRun(path, data: data)
      #expect(outcome.warnings.count == 1)
      #expect(outcome.warnings[0].hasPrefix("process 12 on \"far.away\" had locked the run and was silent for 40"))
    }
  }

  @Test("a run whose parts are links is not resumed, and the targets of the links stay")
  func links() throws {
    try withTemporaryDirectory { directory in
      let (path, data) = try interruptedRun(in: directory)
      let manager = FileManager.default
      for part in ["checkpoints", "eval", "frames"] {
        try manager.moveItem(atPath: "\(path)/\(part)", toPath: "\(directory)/\(part)")
        try manager.createSymbolicLink(atPath: "\(path)/\(part)", withDestinationPath: "\(directory)/\(part)")
        let before = try Directory.list("\(directory)/\(part)")
        #expect(throws: FileError.link(path: "\(path)/\(part)")) { try resumeRun(path, data: data) }
        #expect(try Directory.list("\(directory)/\(part)") == before)
        try FileContents.remove("\(path)/\(part)")
        try manager.moveItem(atPath: "\(directory)/\(part)", toPath: "\(path)/\(part)")
      }
      for name in ["embedding", "epoch_0001"] {
        try manager.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: directory)
        #expect(throws: FileError.link(path: "\(path)/\(name)")) { try resumeRun(path, data: data) }
        try FileContents.remove("\(path)/\(name)")
      }
      // An event file with a torn record, under another name, or under two.
      let name = try #require(try Directory.list(path).first { $0.contains("tfevents") })
      let bytes = try FileContents.read("\(path)/\(name)") + [9, 0, 0]
      let target = "\(directory)/target"
      try AtomicFile.replace(target, bytes: bytes)
      try FileContents.remove("\(path)/\(name)")
      try manager.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
      #expect(throws: FileError.link(path: "\(path)/\(name)")) { try resumeRun(path, data: data) }
      try FileContents.remove("\(path)/\(name)")
      try manager.linkItem(atPath: target, toPath: "\(path)/\(name)")
      #expect(throws: FileError.severalNames(path: "\(path)/\(name)", count: 2)) { try resumeRun(path, data: data) }
      #expect(try FileContents.read(target) == bytes)
      // The run itself may be a link.
      try FileContents.remove(target)
      try manager.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: path)
      try resumeRun("\(directory)/link", data: data)
      #expect(try RunRecord.read(from: path).status == .completed)
    }
  }

  @Test("the last checkpoints stay, and that of the best epoch") func kept() throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection().write(to: directory)
      var configuration = tinyConfiguration()
      (configuration.epochs, configuration.learningRate) = (8, 1)
      var options = tinyOptions(configuration, source, logdir: "\(directory)/runs")
      options.keep = 2
      let data = try source.load(seed: 0, threads: 1)
      let session = try TrainingSession(options, data: data)
      var best: (loss: Double, step: Int) = (.infinity, 0)
      _ = try session.run { progress in
        guard case .epoch(let report, _, _) = progress else { return }
        if report.validation.reconstructionLoss < best.loss {
          best = (report.validation.reconstructionLoss, report.step)
        }
        let want = Set([report.step, report.step - 6, best.step]).filter { $0 >= 0 }
        let steps = try CheckpointFolder(ofRun: session.runPath).steps()
        #expect(steps == want.sorted(by: >))
      }
      #expect(best.step < 42, "the rate is meant to be so high that the best epoch is none of the last")
      let results = try RunRecord.read(from: session.runPath).results
      #expect(results.best_step == best.step && results.best_validation_loss == best.loss)
    }
  }
}
