// TrialWork.swift
// One trial trained in this process: from its beginning, or from where it was cut off.

import ByteStreams
import Datasets
package import Experiments
import Foundation
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
        // It goes on another time, when it can be written.
        try? CrashedRun.forgive(sweep.runPath(trial))
      } else if (try? RunRecord.read(from: sweep.runPath(trial))) == nil {
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
    let goal = sweep.goal(of: trial, halving)
    if goal.isEnd { options.endAfter = goal.epochs } else { options.pauseAfter = goal.epochs }
    let run = try interruptedRun()
    if let run {
      try run.check(trial.configuration)
      let isThere = goal.isEnd ? run.isStopped(afterEpoch: goal.epochs) : run.isPaused(afterEpoch: goal.epochs)
      if isThere || run.isComplete(epochs: trial.configuration.epochs) { return nil }
    }
    // One that had failed when others were compared is out, and there is nothing to measure.
    if halving.rung(of: trial) < halving.rungs.count, run?.hasCome(toEpoch: goal.epochs) != true { return nil }
    let images = try specification.data.load(seed: specification.dataSeed, threads: threads.now)
    if let run { return try TrainingSession(resuming: run, options, data: images) }
    return try TrainingSession(options, data: images)
  }

  /// What there is of the run. A directory that was made, and nothing more, is removed.
  private func interruptedRun() throws -> InterruptedRun? {
    let path = sweep.runPath(trial)
    guard Directory.exists(path) else { return nil }
    let isBegun = try Directory.list(path).contains { $0 == RunRecord.fileName || $0 == CheckpointFolder.name }
    if isBegun { return try InterruptedRun(path) }
    RunPlacement(logdir: sweep.path, name: trial.name).remove()
    return nil
  }
}
