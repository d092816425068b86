// TrialWork.swift
// One trial trained in this process: from its beginning, or from where it was cut off.

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
