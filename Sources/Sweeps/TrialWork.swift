// TrialWork.swift
// Trains one trial in this process, from its beginning or its last checkpoint, and writes how far it is.

import ByteStreams
import Datasets
import Foundation
import Runs
package import Sessions
package import Tensors
import Training

/// A trial that this process holds.
package struct TrialWork {
  package let sweep: SweepDirectory
  package let trial: Trial
  private let lock: DirectoryLock

  /// Takes the trial.
  /// - Throws: `FileError.inUse` where another process has it.
  package init(_ sweep: SweepDirectory, _ trial: Trial) throws {
    self.sweep = sweep
    self.trial = trial
    try sweep.makeWorkPath(trial)
    lock = try Self.lock(sweep.workPath(trial))
  }

  private static func lock(_ path: String) throws -> DirectoryLock {
    do {
      // Whoever asks how the trial stands holds it for a moment.
      return try DirectoryLock.patiently(path, seconds: 1)
    } catch FileError.inUseElsewhere(_, _, _, let silence?) {
      // Only its silence will tell that a node died; a queue begins the trial on another one at once.
      for _ in 0..<Int(DirectoryLock.patience - max(0, silence)) {
        Thread.sleep(forTimeInterval: 1)
        if let lock = try? DirectoryLock(path) { return lock }
      }
      return try DirectoryLock.patiently(path, seconds: 1)
    }
  }

  /// Trains it to its end, with halving to the next comparison, or until `shouldStop`.
  /// - Returns: nil where there was nothing to do.
  /// - Throws: what training throws; the trial's state is failed then.
  package func run(
    threads: ThreadAllowance, commandLine: [String], observe: (TrainingProgress) throws -> Void = { _ in },
    shouldStop: () -> Bool
  ) throws -> TrainingOutcome? {
    defer { lock.release() }
    do {
      try? FileContents.remove(sweep.failurePath(trial))
      guard let session = try session(threads: threads, commandLine: commandLine) else { return nil }
      var progress = ProgressWriter(sweep.progressPath(trial), steps: session.stepsNow)
      return try session.run(
        {
          progress.note($0)
          try observe($0)
        }, shouldStop: shouldStop)
    } catch {
      if sweep.isRefusedBySystem(error) {
        // It resumes another time, when it can be written.
        try? CrashedRun.forgive(sweep.runPath(trial))
      } else if !SweepError.isOfSweep(error), (try? RunRecord.read(from: sweep.runPath(trial))) == nil {
        try? sweep.noteFailure(of: trial, reason: "\(error)")
      }
      throw error
    }
  }

  private func session(threads: ThreadAllowance, commandLine: [String]) throws -> TrainingSession? {
    let specification = sweep.specification
    var options = TrainingOptions(
      configuration: trial.configuration, data: specification.data, logdir: sweep.path, threads: threads)
    options.dataSeed = specification.dataSeed
    options.name = trial.name
    options.commandLine = commandLine
    options.comparison = sweep.comparison
    specification.settings.apply(to: &options)
    let halving = try sweep.halvingRecord()
    if case .changed(let reason) = sweep.recordedState(of: trial) {
      throw SweepError.changedTrial(name: trial.name, path: sweep.runPath(trial), reason: reason)
    }
    let run = try interruptedRun()
    let goal = sweep.goal(of: trial, halving)
    let end = goal.isEnd ? max(goal.epochs, run?.wholeEpochs ?? 0) : goal.epochs
    if goal.isEnd { options.endAfter = end } else { options.pauseAfter = end }
    if let run {
      let isThere = goal.isEnd ? run.isStopped(afterEpoch: end) : run.isPaused(afterEpoch: end)
      if isThere || run.isComplete(epochs: trial.configuration.epochs) { return nil }
      if !goal.isEnd, case .paused = sweep.recordedState(of: trial) { return nil }
    }
    let images = try sweep.images(for: trial, threads: threads.now)
    guard let run else { return try TrainingSession(options, data: images) }
    return try resumable { try TrainingSession(resuming: run, options, data: images) }
  }

  /// What there is of the run. A directory that was made, and nothing more, is removed.
  private func interruptedRun() throws -> InterruptedRun? {
    let path = sweep.runPath(trial)
    guard Directory.exists(path) else {
      // Another name would be another trial's, and found by nobody.
      if try FileStatus.of(path) != nil || FileStatus.isLink(path) {
        throw SweepError.trialInTheWay(name: trial.name, path: path)
      }
      return nil
    }
    let isBegun = try Directory.list(path).contains {
      $0 == RunDirectory.recordName || $0 == RunDirectory.checkpointsName
    }
    if isBegun {
      return try resumable {
        let run = try InterruptedRun(path)
        try run.check(trial.configuration)
        return run
      }
    }
    RunPlacement(logdir: sweep.path, name: trial.name).remove()
    return nil
  }

  /// Says what leads out where a run can't be resumed.
  private func resumable<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as RunError {
      throw SweepError.badRun(name: trial.name, path: sweep.runPath(trial), reason: "\(error)")
    }
  }
}

extension InterruptedRun {
  /// The epochs that its last checkpoint has, the one at hand counted as a whole one.
  fileprivate var wholeEpochs: Int {
    guard let checkpoint, let record else { return 0 }
    let steps = record.data.training_images / max(1, configuration.batchSize)
    return checkpoint.epoch + (steps > 0 && checkpoint.step % steps > 0 ? 1 : 0)
  }
}

/// Where a trial's training is. It is for eyes only: what a trial comes to is in its run's record.
package struct TrialProgress: Codable, Equatable, Sendable {
  package var epoch: Int
  /// Steps taken, and those that this part of the training ends with.
  package var step: Int
  package var steps: Int
  /// Of the last batch.
  package var loss: Double
  package var images_per_second: Double
  /// Until the last of those steps; nil while nothing is known.
  package var seconds_left: Double?

  /// The share of the steps that are taken, 0 … 1.
  package var share: Double { steps > 0 ? min(1, max(0, Double(step) / Double(steps))) : 0 }
}

extension SweepDirectory {
  func progressPath(_ trial: Trial) -> String { Directory.join(workPath(trial), "progress") }

  /// What a trial's process said last; nil where it has said nothing yet, or is just writing.
  package func progress(of trial: Trial) -> TrialProgress? {
    guard let bytes = try? FileContents.read(progressPath(trial), limit: 4096) else { return nil }
    return try? JSONDecoder().decode(TrialProgress.self, from: Data(bytes))
  }
}

/// Writes a trial's progress, at most twice a second.
struct ProgressWriter {
  private let file: FileSink?
  private let steps: Int
  private let clock = ContinuousClock()
  private var written: ContinuousClock.Instant?
  private var first: (step: Int, time: ContinuousClock.Instant)?

  /// - Parameter steps: after which the training ends or pauses.
  init(_ path: String, steps: Int) {
    // A device that is full is noticed by what matters.
    file = try? FileSink(regular: path)
    self.steps = steps
  }

  mutating func note(_ progress: TrainingProgress) {
    guard case .step(let report, let imagesPerSecond) = progress else { return }
    let now = clock.now
    let start = first ?? (report.step, now)
    first = start
    if let written, now - written < .milliseconds(500), report.step < steps { return }
    written = now
    write(report, imagesPerSecond, first: start, now)
  }

  private func write(
    _ report: StepReport, _ imagesPerSecond: Double, first start: (step: Int, time: ContinuousClock.Instant),
    _ now: ContinuousClock.Instant
  ) {
    let taken = report.step - start.step
    let seconds = (now - start.time) / .seconds(1)
    let state = TrialProgress(
      epoch: report.epoch, step: report.step, steps: steps, loss: report.reconstructionLoss,
      images_per_second: imagesPerSecond,
      seconds_left: taken > 0 ? seconds / Double(taken) * Double(max(0, steps - report.step)) : nil)
    guard let file, let bytes = try? JSONEncoder().encode(state) else { return }
    try? file.truncate(to: 0)
    try? file.write(Array(bytes))
  }
}
