// SlurmExecutor+Endings.swift
// Decides how trials ended: by their own files, or if those do not tell, by Slurm's answer.

import ByteStreams
import Runs

extension SlurmExecutor {
  /// Decides how trials ended whose task ended while no process followed it.
  func settleUnfollowed(_ tasks: [Int: SlurmTask]) throws {
    for result in table.results where result.state == .interrupted && !followed.contains(result.trial.index) {
      let task = tasks[result.trial.index] ?? accounted(result.trial)
      table.replace(try settled(result, task))
    }
  }

  /// Ends a trial whose task is gone. The last files that a node wrote may become visible here a moment later.
  func end(_ trial: Trial, _ task: SlurmTask?, _ tasks: [Int: SlurmTask], _ observe: Observer) throws {
    let found = sweep.recordedResult(of: trial)
    looks[trial.index, default: 0] += 1
    if !found.saysEnded, looks[trial.index, default: 0] < 3 { return }
    looks[trial.index] = nil
    let known = found.saysEnded ? task : task ?? accounted(trial)
    if let status = known?.status, found.state != .completed { try refuseMore(trial, status, tasks) }
    if let known, known.isUnlaunched { unlaunched[trial.index] = known }
    let result = try settled(found, known)
    if case .failed = result.state { failed.insert(trial.index) }
    table.replace(result)
    followed.remove(trial.index)
    running.remove(trial.index)
    try observe(.ended(trial, result.state))
  }

  private func settled(_ result: TrialResult, _ task: SlurmTask?) throws -> TrialResult {
    if result.isOver { return result }
    let wasStopped = result.record?.status == .interrupted
    let words = sweep.lastErrorLine(of: result.trial)
    guard let task, let failure = task.failure(words: words, wasStopped: wasStopped) else { return result }
    // The result of a comparison must not depend on a kill, so the trial is resumed once.
    if sweep.ladder != nil, case .signal = task.ending, task.state == "FAILED",
      killed.insert(result.trial.index).inserted
    {
      isKilledAgain = true
      return result
    }
    try sweep.noteFailure(of: result.trial, reason: failure)
    return sweep.recordedResult(of: result.trial)
  }

  /// Begins no more trials, because one could not read the images or write its files. Running trials continue.
  private func refuseMore(_ trial: Trial, _ status: Int32, _ tasks: [Int: SlurmTask]) throws {
    guard let error = SweepError(refusing: status, of: trial, sweep.lastErrorLine(of: trial) ?? "it gave no reason")
    else {
      return
    }
    try? table.write()
    let jobs = Set(tasks.values.filter(\.isActive).map(\.job)).sorted()
    try queue.cancel(jobs, onlyWaiting: true)
    throw error
  }

  private func accounted(_ trial: Trial) -> SlurmTask? {
    if hasAccounting, past == nil {
      past = try? queue.pastTasks(of: record, trials: sweep.trials.count)
      hasAccounting = past != nil
    }
    return past?[trial.index]
  }
}

extension TrialResult {
  fileprivate var isOver: Bool {
    switch state {
    case .completed, .paused, .stopped, .failed, .changed: true
    // Another process may have compared the trial before its end was noticed.
    case .eliminated: record?.status == .interrupted
    case .waiting, .running, .interrupted: false
    }
  }

  /// Whether the trial's files show that it has ended.
  fileprivate var saysEnded: Bool { isOver || record?.status == .interrupted }
}
