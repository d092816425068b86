// TrialWork.swift
// Trains one trial in this process, from its beginning or its last checkpoint, and writes how far it is.

import ByteStreams
import Datasets
import Foundation
package import Parallel
import Runs
package import Sessions
import Tensors
import Training

/// A trial that this process holds.
package struct TrialWork {
  package let sweep: SweepDirectory
  package let trial: Trial
  private let lock: DirectoryLock

  /// Locks the trial.
  /// - Throws: `FileError.inUse` if another process holds it.
  package init(_ sweep: SweepDirectory, _ trial: Trial) throws {
    self.sweep = sweep
    self.trial = trial
    try sweep.makeWorkPath(trial)
    lock = try Self.lock(sweep.workPath(trial))
  }

  private static func lock(_ path: String) throws -> DirectoryLock {
    do {
      // A process that asks for the trial's state holds the lock for a moment.
      return try DirectoryLock.waiting(for: path, seconds: 1)
    } catch FileError.inUseElsewhere(_, _, _, let silence?) {
      // If a node died, only its silence shows it, while a queue begins the trial on another node at once. So wait for the silence.
      for _ in 0..<Int(DirectoryLock.staleSeconds - max(0, silence)) {
        Thread.sleep(forTimeInterval: 1)
        if let lock = try? DirectoryLock(path) { return lock }
      }
      return try DirectoryLock.waiting(for: path, seconds: 1)
    }
  }

  /// Trains the trial to its end, with halving to its next comparison, or until `shouldStop`.
  /// - Returns: the outcome; nil if there was nothing to do.
  /// - Throws: the error of the training; the trial's state is failed then.
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
        // The trial resumes when its directory can be written again.
        try? CrashedRun.allowResuming(sweep.runPath(trial))
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
      if isThere || run.isComplete(epochs: trial.configuration.epochs, patience: trial.configuration.patience) {
        return nil
      }
      if !goal.isEnd, case .paused = sweep.recordedState(of: trial) { return nil }
    }
    let images = try sweep.images(for: trial, threads: threads.now)
    guard let run else { return try TrainingSession(options, data: images) }
    return try resumable { try TrainingSession(resuming: run, options, data: images) }
  }

  /// Returns the trial's run if it can be resumed. A directory without a record or a checkpoint is removed.
  private func interruptedRun() throws -> InterruptedRun? {
    let path = sweep.runPath(trial)
    guard Directory.exists(path) else {
      // The run can't have another name: no reader would find it.
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

  /// Adds advice to the error of a run that can't be resumed.
  private func resumable<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as RunError {
      throw SweepError.badRun(name: trial.name, path: sweep.runPath(trial), reason: "\(error)")
    }
  }
}

extension InterruptedRun {
  /// The epochs of the last checkpoint, with a partial epoch counted as a whole one.
  fileprivate var wholeEpochs: Int {
    guard let checkpoint, let record else { return 0 }
    let steps = record.data.training_images / max(1, configuration.batchSize)
    return checkpoint.epoch + (steps > 0 && checkpoint.step % steps > 0 ? 1 : 0)
  }
}

/// How far a trial's training is, in a small file that its process keeps up to date. It is for display only: the results are in the
/// run's record.
package struct TrialProgress: Codable, Equatable, Sendable {
  package var epoch: Int
  /// Steps taken, and the step at which this part of the training ends.
  package var step: Int
  package var steps: Int
  /// The loss of the last batch.
  package var loss: Double
  package var images_per_second: Double
  /// Seconds until that step; nil before there is an estimate.
  package var seconds_left: Double?

  /// The fraction of the steps that are taken, 0 … 1.
  package var fraction: Double { steps > 0 ? min(1, max(0, Double(step) / Double(steps))) : 0 }
}

extension SweepDirectory {
  func progressPath(_ trial: Trial) -> String { Directory.join(workPath(trial), "progress") }

  /// Returns the progress that a trial's process wrote last; nil if it has written none, or is just writing.
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

  /// - Parameter steps: the step at which the training ends or pauses.
  init(_ path: String, steps: Int) {
    // Errors are ignored here: a full device is reported when the run is written.
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
    let seconds = (now - start.time).seconds
    let state = TrialProgress(
      epoch: report.epoch, step: report.step, steps: steps, loss: report.reconstructionLoss,
      images_per_second: imagesPerSecond,
      seconds_left: taken > 0 ? seconds / Double(taken) * Double(max(0, steps - report.step)) : nil)
    guard let file, let bytes = try? JSONEncoder().encode(state) else { return }
    try? file.truncate(to: 0)
    try? file.write(Array(bytes))
  }
}
