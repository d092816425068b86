// SlurmExecutor+Endings.swift
// How trials ended: by their own files, and where those say nothing by Slurm's word.

import ByteStreams
import Runs

extension SlurmExecutor {
  /// Trials whose task has ended while nobody was looking.
  func judgeOthers(_ tasks: [Int: SlurmTask]) throws {
    for result in table.results where result.state == .interrupted && !followed.contains(result.trial.index) {
      let task = tasks[result.trial.index] ?? accounted(result.trial)
      table.replace(try settled(result, task))
    }
  }

  /// A trial whose task is no longer there. What a node wrote last may be seen here only a moment later.
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
    // A comparison must not depend on a kill: the trial is resumed once.
    if sweep.ladder != nil, case .signal = task.ending, task.state == "FAILED",
      killed.insert(result.trial.index).inserted
    {
      isKilledAgain = true
      return result
    }
    try sweep.noteFailure(of: result.trial, reason: failure)
    return sweep.recordedResult(of: result.trial)
  }

  /// No more trials are begun, because one could not read the images or write its files; those that run go on.
  private func refuseMore(_ trial: Trial, _ status: Int32, _ tasks: [Int: SlurmTask]) throws {
    guard let error = SweepError(refusing: status, of: trial, sweep.lastErrorLine(of: trial) ?? "no word of it") else {
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
    // Another may have compared it before its end was noticed.
    case .outdone: record?.status == .interrupted
    case .waiting, .running, .interrupted: false
    }
  }

  /// Whether the trial's files tell of its end.
  fileprivate var saysEnded: Bool { isOver || record?.status == .interrupted }
}
