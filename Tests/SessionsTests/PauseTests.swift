// PauseTests.swift
// A run pauses after an epoch and resumes later; a recorded failure is taken back when the run resumes.

import ByteStreams
import Datasets
import EventFiles
import Foundation
import Networks
import ProjectorExport
import Tensors
import TestSupport
import Testing
import TinyRuns
import Training

@testable import Probes
@testable import Runs
@testable import Sessions

@Suite struct PauseTests {
  private func train(_ directory: String, pauseAfter epochs: [Int?]) throws -> [TrainingOutcome] {
    let path = "\(directory)/tiny"
    let source = Directory.exists(path) ? .directory(path) : try TinyCollection().write(to: directory)
    let data = try source.load(seed: 0, threads: 1)
    let name = "paused-\(epochs.count)"
    return try epochs.enumerated().map { number, pause in
      var options = tinyOptions(tinyConfiguration(), source, logdir: "\(directory)/runs")
      (options.name, options.pauseAfter) = (name, pause)
      if number == 0 { return try TrainingSession(options, data: data).run() }
      let run = try InterruptedRun("\(directory)/runs/\(name)")
      return try TrainingSession(resuming: run, options, data: data).run()
    }
  }

  @Test("a run that is paused after an epoch, asked again and resumed ends as if it had not been paused")
  func pauses() throws {
    try withTemporaryDirectory { directory in
      let whole = try train(directory, pauseAfter: [nil])[0]
      let parts = try train(directory, pauseAfter: [1, 1, 2, nil])
      #expect(parts.map(\.isPaused) == [true, true, true, false] && parts.map(\.steps) == [6, 6, 12, 18])
      #expect(parts.map { $0.lastEpoch?.epoch } == [1, 1, 2, 3])
      let (one, other) = (
        try RunContents(whole.runPath), try RunContents(parts[0].runPath)
      )
      #expect(one.values == other.values && one.checkpoint == other.checkpoint && one.files == other.files)
      #expect(one.test == other.test)
    }
  }

  @Test("the record of a paused run says so, and a pause at the end is ignored")
  func records() throws {
    try withTemporaryDirectory { directory in
      let paused = try train(directory, pauseAfter: [2])[0]
      let record = try RunRecord.read(from: paused.runPath)
      #expect(record.status == .interrupted && record.results.epochs == 2 && record.results.test_loss == nil)
      let run = try InterruptedRun(paused.runPath)
      #expect(run.isPaused(afterEpoch: 2) && !run.isPaused(afterEpoch: 1) && !run.isComplete(epochs: 3))
      #expect(try LoggedRun(paused.runPath).sessionEnd == nil)
      let complete = try train(directory, pauseAfter: [3, 3])
      #expect(complete.allSatisfy { !$0.isPaused && !$0.wasInterrupted })
    }
  }

  @Test("a run that pauses and later ends there equals a complete run of fewer epochs, also after an interruption")
  func ended() throws {
    try withTemporaryDirectory { directory in
      let source = try TinyCollection(learning: 240).write(to: directory)
      let data = try source.load(seed: 0, threads: 1)
      func options(_ name: String, epochs: Int) -> TrainingOptions {
        var configuration = tinyConfiguration()
        configuration.epochs = epochs
        var options = tinyOptions(configuration, source, logdir: "\(directory)/runs")
        (options.name, options.embedEvery) = (name, 4)
        return options
      }
      let short = try TrainingSession(options("short", epochs: 2), data: data).run()
      var long = options("long", epochs: 3)
      long.pauseAfter = 2
      let paused = try TrainingSession(long, data: data).run()
      (long.pauseAfter, long.endAfter) = (nil, 2)
      struct Cut: Error {}
      // The run was interrupted before it logged anything, and after that.
      for cut in [true, false, false] {
        let session = try TrainingSession(resuming: InterruptedRun(paused.runPath), long, data: data)
        if cut {
          #expect(throws: Cut.self) {
            try session.run { if case .finishing("drawing the films") = $0 { throw Cut() } }
          }
          continue
        }
        let ended = try session.run()
        #expect(!ended.wasInterrupted && !ended.isPaused && ended.steps == short.steps)
        #expect(ended.test == short.test && ended.testQuality?.votes == short.testQuality?.votes)
        let record = try RunRecord.read(from: paused.runPath)
        #expect(record.status == .stopped && record.results.warnings.isEmpty, "\(record.results.warnings)")
        #expect(record.results.test_loss == short.test?.reconstructionLoss)
        #expect(record.results.validation_code != nil && record.results.images_per_second > 0)
        #expect(try InterruptedRun(paused.runPath).isStopped(afterEpoch: 2))
        #expect(try ends(paused.runPath).last == .success)
      }
      let (one, other) = (try RunContents(short.runPath), try RunContents(paused.runPath))
      #expect(one.test == other.test && one.values == other.values)
      let names = Set(one.files.keys).union(other.files.keys).filter { one.files[$0] != other.files[$0] }
      #expect(names.isEmpty)
      #expect(try problems(in: "\(directory)/runs") == [])
    }
  }

  @Test("the measures of the last epoch's codes are known, wherever the run was interrupted")
  func codeAfterTheLastEpoch() throws {
    try withTemporaryDirectory { directory in
      _ = try TinyCollection(learning: 240).write(to: directory)
      let paused = try train(directory, pauseAfter: [1])[0]
      let wanted = try RunRecord.read(from: paused.runPath)
      #expect(wanted.results.validation_code != nil)
      // The process may be killed between the checkpoint and the record that names it.
      var record = wanted
      record.status = .running
      (record.results.epochs, record.results.validation_code) = (0, nil)
      try record.write(to: paused.runPath)
      func goOn(pauseAfter epochs: Int, shouldStop: @escaping () -> Bool = { false }) throws -> RunRecord {
        let source = DataSource.directory("\(directory)/tiny")
        var options = tinyOptions(tinyConfiguration(), source, logdir: "\(directory)/runs")
        options.pauseAfter = epochs
        let session = try TrainingSession(
          resuming: InterruptedRun(paused.runPath), options, data: source.load(seed: 0, threads: 1))
        _ = try session.run(shouldStop: shouldStop)
        return try RunRecord.read(from: paused.runPath)
      }
      #expect(try goOn(pauseAfter: 1).results.validation_code == wanted.results.validation_code)
      // Twice within the next epoch.
      for further in [1, 2] {
        let cut = try goOn(pauseAfter: 2) { true }
        #expect(cut.results.steps == wanted.results.steps + further && cut.results.epochs == 1)
        #expect(cut.results.validation_code == wanted.results.validation_code)
      }
    }
  }

  /// Returns the session ends in a run's event files, in order.
  private func ends(_ run: String) throws -> [SessionEnd.Status] {
    try Directory.list(run).filter { $0.contains("tfevents") }.flatMap { name -> [SessionEnd.Status] in
      var reader = try EventFileReader(path: "\(run)/\(name)")
      return try reader.rest().flatMap { event -> [SessionEnd.Status] in
        guard case .summary(let values) = event.content else { return [] }
        return values.compactMap { if case .sessionEnd(let end) = $0.content { end.status } else { nil } }
      }
    }
  }

  @Test("a failure that another process recorded is gone when the run resumes, and its end is a success")
  func failureTakenBack() throws {
    try withTemporaryDirectory { directory in
      let paused = try train(directory, pauseAfter: [1])[0]
      let run = "\(directory)/runs/paused-2"
      try FileManager.default.moveItem(atPath: paused.runPath, toPath: run)
      var record = try RunRecord.read(from: run)
      record.status = .running
      try record.write(to: run)
      for reason in ["killed", "killed again"] {
        try CrashedRun.markFailed(run, reason: reason)
        record = try RunRecord.read(from: run)
        #expect(record.status == .failed && record.error == reason)
        #expect(try ends(run) == [.failure])
        record.status = .running
        try record.write(to: run)
      }
      let source = DataSource.directory("\(directory)/tiny")
      var options = tinyOptions(tinyConfiguration(), source, logdir: "\(directory)/runs")
      options.name = "paused-2"
      let data = try source.load(seed: 0, threads: 1)
      _ = try TrainingSession(resuming: try InterruptedRun(run), options, data: data).run()
      #expect(try ends(run) == [.success])
      #expect(try problems(in: "\(directory)/runs") == [])
    }
  }

  @Test("a run that never began is logged with its hyperparameters, once")
  func announced() throws {
    try withTemporaryDirectory { directory in
      for _ in 0..<2 {
        try CrashedRun.logFailedStart(
          tinyConfiguration(), data: .directory("/x/mnist"), reason: "no\nmemory", in: "\(directory)/run")
      }
      var tags: [String] = []
      var reader = RunReader("\(directory)/run")
      try reader.read { tags.append($0.tag.name) }
      #expect(
        tags == [
          "_hparams_/experiment", "_hparams_/session_start_info", "run/failure", "_hparams_/session_end_info",
        ])
      #expect(try ends("\(directory)/run") == [.failure])
    }
  }
}
