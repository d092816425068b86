// PatienceTests.swift
// A run with --patience stops in time, ends with its best epoch, and does both after a kill as without one.

import Datasets
import EventFiles
import Foundation
import Networks
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Runs
@testable import Sessions

@Suite struct PatienceTests {
  /// A run whose learning rate is so high that the best epoch comes early.
  private static func configuration(epochs: Int = 50, patience: Int) -> TrainingConfiguration {
    var configuration = tinyConfiguration()
    (configuration.epochs, configuration.patience, configuration.learningRate) = (epochs, patience, 0.3)
    // Six steps an epoch, and enough validation images to measure their codes.
    configuration.batchSize = 22
    return configuration
  }

  private static let collection = TinyCollection(learning: 144)

  /// The patience in all event files of a run.
  private static func loggedPatience(_ run: String) throws -> [HyperParameter.Value] {
    var found: [HyperParameter.Value] = []
    for name in try RunDirectory.eventFiles(in: run) {
      var reader = try EventFileReader(path: "\(run)/\(name)")
      for case .summary(let values) in try reader.rest().map(\.content) {
        for case .sessionStart(let start) in values.map(\.content) {
          found += start.hyperParameters.filter { $0.name == "patience" }.map(\.value)
        }
      }
    }
    return found
  }

  private func trained(_ configuration: TrainingConfiguration, in directory: String) throws -> TrainingOutcome {
    try TinyRuns.trained(configuration, on: Self.collection, in: directory)
  }

  @Test("training stops after N epochs without a better loss, and the run ends as one of its best epoch's length")
  func stops() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(Self.configuration(patience: 2), in: directory)
      let record = try RunRecord.read(from: outcome.runPath)
      let best = try #require(record.results.best_epoch)
      let losses = try LoggedRun("\(outcome.runPath)/eval").scalars("loss/reconstruction")
      #expect(best > 0 && record.results.epochs == best + 2 && losses.count == best + 3 && best + 2 < 50)
      // The rule, by the logged losses: no epoch before the last has two others without improvement behind it.
      let least = losses.indices.map { last in losses[...last].indices.min { losses[$0] < losses[$1] } ?? 0 }
      #expect(least.last == best && zip(least, least.indices).allSatisfy { $1 - $0 < 2 || $1 == best + 2 })
      #expect(record.status == .completed && record.results.stopped_early == true)
      #expect(
        record.results.validation_loss == record.results.best_validation_loss && record.results.steps == 6 * best + 12)
      #expect(outcome.earlyStop == EarlyStop(epoch: best + 2, epochs: 50, patience: 2) && !outcome.wasInterrupted)
      #expect(
        outcome.earlyStop?.text == "after epoch \(best + 2) of 50: no better validation loss for 2 epochs")
      // The same files and measures as a run that was planned to end there; only the films show all epochs.
      let short = try trained(Self.configuration(epochs: best, patience: 0), in: directory)
      let (one, other) = (try RunContents(outcome.runPath), try RunContents(short.runPath))
      #expect(one.test == other.test && one.codes == other.codes && one.codes.allSatisfy { $0 != nil })
      let shown = one.files.keys.filter { $0.hasPrefix("embedding") || $0.hasPrefix("projector") }
      #expect(shown.count > 4 && shown.allSatisfy { one.files[$0] == other.files[$0] })
      #expect(one.values["eval/test/loss"]?.map(\.step) == [6 * best + 12])
      #expect(one.values["eval/test/loss"]?.last?.content == other.values["eval/test/loss"]?.last?.content)
      // Exports show that model too, unless they name a step.
      let model = try trainedModel(of: outcome)
      #expect(model.step == 6 * best && model.checkpoint.tensors == other.checkpoint?.tensors)
      let last = try TrainedModel.load(runDirectory: outcome.runPath, step: 6 * best + 12, threads: 1)
      #expect(last.checkpoint.tensors != model.checkpoint.tensors)
    }
  }

  @Test("with patience left at the last epoch, a run is not stopped early, and ends with its best epoch all the same")
  func patienceLeft() throws {
    try withTemporaryDirectory { directory in
      let stopped = try trained(Self.configuration(patience: 2), in: directory)
      let best = try #require(stopped.bestEpoch?.epoch)
      for (epochs, patience) in [(best + 1, 2), (best + 2, 2), (best + 1, 9)] {
        let outcome = try trained(Self.configuration(epochs: epochs, patience: patience), in: directory)
        let record = try RunRecord.read(from: outcome.runPath)
        #expect(record.results.epochs == epochs && record.results.stopped_early == nil && outcome.earlyStop == nil)
        #expect(record.results.test_loss == stopped.test?.reconstructionLoss && outcome.shownEpoch?.epoch == best)
      }
      // Without patience the last epoch counts.
      let last = try trained(Self.configuration(epochs: best + 2, patience: 0), in: directory)
      #expect(last.test != stopped.test && last.shownEpoch?.epoch == best + 2)
      #expect(try trainedModel(of: last).step == 6 * best + 12)
    }
  }

  @Test("killed after any step or epoch, or at its end, a run with patience stops and ends as if it had not been")
  func killed() throws {
    try withTemporaryDirectory { directory in
      let source = try Self.collection.write(to: directory)
      let data = try source.load(seed: 0, threads: 1)
      var options = tinyOptions(Self.configuration(patience: 2), source, logdir: "\(directory)/whole")
      (options.checkpointEvery, options.keep, options.embedEvery) = (4, 1, 2)
      let session = try TrainingSession(options, data: data)
      var moments = 0
      let outcome = try session.run { _ in
        moments += 1
        try copyRun(session.runPath, "\(directory)/\(moments)/run")
      }
      let whole = try RunContents(outcome.runPath)
      let results = try RunRecord.read(from: outcome.runPath).results
      #expect(moments == outcome.steps + results.epochs + 1 + 4)
      for moment in 1...moments {
        let run = "\(directory)/\(moment)/run"
        try resumeRun(run, data: data, threads: 1 + moment % 3) { ($0.keep, $0.checkpointEvery) = (1, 4) }
        let resumed = try RunContents(run)
        #expect(resumed.values == whole.values, "moment \(moment)")
        #expect(resumed.checkpoint == whole.checkpoint && resumed.test == whole.test && resumed.files == whole.files)
        #expect(resumed.codes == whole.codes, "moment \(moment)")
        var again = try RunRecord.read(from: run).results
        (again.seconds, again.images_per_second) = (results.seconds, results.images_per_second)
        #expect(again == results, "moment \(moment)")
      }
    }
  }

  @Test("a run that stopped early stays complete with more epochs, and resumes with more patience, never with less")
  func morePatience() throws {
    try withTemporaryDirectory { directory in
      let outcome = try trained(Self.configuration(patience: 2), in: directory)
      let data = try DataSource.files("\(directory)/tiny").load(seed: 0, threads: 1)
      let run = try InterruptedRun(outcome.runPath)
      #expect([50, 99].allSatisfy { run.isComplete(epochs: $0) })
      #expect(!run.isComplete(epochs: 50, patience: 3) && !run.isComplete(epochs: 50, patience: 0))
      var other = run.configuration
      other.patience = 1
      #expect(throws: RunError.lessPatient(got: 1, run: 2)) { try run.check(other) }
      let more = try resumeRun(outcome.runPath, data: data) { $0.configuration.patience = 6 }
      #expect(more.steps > outcome.steps)
      let begun = try trained(Self.configuration(patience: 6), in: directory)
      let (a, b) = (try RunContents(outcome.runPath), try RunContents(begun.runPath))
      #expect(a.checkpoint == b.checkpoint && a.test == b.test && a.codes == b.codes && a.files == b.files)
      #expect(try Self.loggedPatience(outcome.runPath) == [.number(6)])
      // A run without patience may have trained beyond the stop already.
      let endless = try InterruptedRun(try trained(Self.configuration(epochs: 3, patience: 0), in: directory).runPath)
      other = endless.configuration
      other.patience = 40
      #expect(throws: RunError.lessPatient(got: 40, run: 0)) { try endless.check(other) }
    }
  }

  @Test("without the best epoch's checkpoint, the last epoch is shown, with a warning") func lostBest() throws {
    try withTemporaryDirectory { directory in
      let source = try Self.collection.write(to: directory)
      let data = try source.load(seed: 0, threads: 1)
      let session = try TrainingSession(
        tinyOptions(Self.configuration(patience: 2), source, logdir: "\(directory)/runs"), data: data)
      let outcome = try session.run { progress in
        guard case .epoch(let report, _, _) = progress, session.isOver, let best = session.bestStep else { return }
        #expect(best < report.step)
        try FileManager.default.removeItem(atPath: CheckpointFolder(ofRun: session.runPath).path(ofStep: best))
      }
      #expect(outcome.warnings.count == 1 && outcome.warnings[0].hasPrefix("the results are those of the last epoch"))
      #expect(outcome.shownEpoch == outcome.lastEpoch && outcome.earlyStop != nil)
      let results = try RunRecord.read(from: outcome.runPath).results
      #expect(results.validation_loss == outcome.lastEpoch?.validation.reconstructionLoss)
      #expect(try trainedModel(of: outcome).step == outcome.steps)
    }
  }
}

extension TrainingSession {
  fileprivate var isOver: Bool { training.isOver }
  fileprivate var bestStep: Int? { training.position.bestEpoch?.step }
}
