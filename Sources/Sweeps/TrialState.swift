// TrialState.swift
// The state of each trial, derived from the files of its run and the lock of its process.

import ByteStreams
import Datasets
package import Runs
import Training

/// The state of a trial. docs/sweep-states.md describes each state and how a trial leaves it.
package enum TrialState: Equatable, Sendable {
  case waiting, running
  /// The run was interrupted; it resumes from its last checkpoint.
  case interrupted
  /// The trial has reached a rung and waits to be compared with the others.
  case paused
  /// The trial was eliminated at a rung, and still has to be measured on the test images.
  case eliminated
  /// The trial was eliminated at a rung and measured there; its run has status `stopped`.
  case stopped
  case completed
  /// The trial failed, for this reason; it is not trained again unless asked for.
  case failed(String)
  /// The run is not the trial's: it was trained with other options, or to more epochs. It stays as it is until the user moves it away.
  case changed(String)

  /// The state in `results.csv`, `results.json` and --json; `label` is the word for people.
  package var name: String {
    switch self {
    case .waiting: "waiting"
    case .running: "running"
    case .interrupted: "interrupted"
    case .paused: "paused"
    case .eliminated: "outdone"
    case .stopped: "stopped"
    case .completed: "completed"
    case .failed: "FAILURE"
    case .changed: "changed"
    }
  }
}

extension TrialState {
  /// The state as printed for people.
  package var label: String {
    switch self {
    case .eliminated: "eliminated"
    case .failed: "failed"
    default: name
    }
  }

  /// The reason why the trial failed, or how it was changed; nil for other states.
  package var reason: String? {
    switch self {
    case .failed(let reason), .changed(let reason): reason
    default: nil
    }
  }
}

extension SweepDirectory {
  /// Returns the state of a trial.
  package func state(of trial: Trial) -> TrialState {
    if isHeld(trial) { return .running }
    return state(of: trial, record: try? RunRecord.read(from: runPath(trial)), halving: try? halvingRecord())
  }

  /// Returns the states of all trials, in their order, and the records of their runs.
  package func states() -> [(state: TrialState, record: RunRecord?)] {
    let halving = try? halvingRecord()
    return trials.map { trial in
      let record = try? RunRecord.read(from: runPath(trial))
      return (isHeld(trial) ? .running : state(of: trial, record: record, halving: halving), record)
    }
  }

  /// Returns the state of a trial by its files alone, for callers that know that no process trains it.
  package func recordedState(of trial: Trial) -> TrialState { recordedResult(of: trial).state }

  /// Returns the same with the record of the run.
  func recordedResult(of trial: Trial) -> TrialResult { recordedResult(of: trial, try? halvingRecord()) }

  /// Returns the same for all trials, in their order.
  func recordedResults() -> [TrialResult] {
    let halving = try? halvingRecord()
    return trials.map { recordedResult(of: $0, halving) }
  }

  private func recordedResult(of trial: Trial, _ halving: HalvingRecord?) -> TrialResult {
    let record = try? RunRecord.read(from: runPath(trial))
    let state = state(of: trial, record: record, halving: halving)
    return TrialResult(trial: trial, state: state, record: record, path: runPath(trial))
  }

  /// Returns the state of a trial that no process holds.
  func state(of trial: Trial, record: RunRecord?, halving: HalvingRecord?) -> TrialState {
    if let record, let reason = change(of: record, from: trial, halving) { return .changed(reason) }
    let goal = halving.map { self.goal(of: trial, $0) }
    let epochs = record?.results.epochs ?? 0
    switch record?.status {
    case .completed where epochs >= trial.configuration.epochs || hasStoppedEarly(record, trial): return .completed
    case .stopped where ladder != nil && goal.map({ $0.isEnd && epochs >= $0.epochs }) ?? true: return .stopped
    case .failed: return .failed(record?.error ?? "")
    case .running, .interrupted, .stopped, .completed, nil: break
    }
    if let text = try? FileContents.read(failurePath(trial), limit: 1 << 16) {
      return .failed(String(decoding: text, as: UTF8.self))
    }
    guard let record else { return Directory.exists(runPath(trial)) ? .interrupted : .waiting }
    guard ladder != nil, let halving, let goal else { return .interrupted }
    if goal.isEnd { return epochs >= goal.epochs && halving.isEliminated(trial) ? .eliminated : .interrupted }
    // A run that is not at its end is ahead of the rung only if the user trained it further.
    let isThere = epochs > goal.epochs || epochs == goal.epochs && [.interrupted, .stopped].contains(record.status)
    return isThere ? .paused : .interrupted
  }

  /// Whether a run stopped early, as its trial would.
  private func hasStoppedEarly(_ record: RunRecord?, _ trial: Trial) -> Bool {
    let configuration = trial.configuration
    return record?.hasStoppedEarly(epochs: configuration.epochs, patience: configuration.patience) ?? false
  }

  /// Returns how a run differs from the one that the sweep would have trained; nil if it does not.
  private func change(of record: RunRecord, from trial: Trial, _ halving: HalvingRecord?) -> String? {
    if record.configuration != trial.configuration,
      let conflict = record.configuration.conflict(with: trial.configuration)
    {
      return "trained with --\(conflict.want.name) \(conflict.want.value), and the sweep has \(conflict.got.value)"
    }
    let (patience, own) = (record.configuration.patience, trial.configuration.patience)
    if (patience == 0) != (own == 0) || !trial.configuration.isAtLeastAsPatient(as: record.configuration) {
      return "trained with --patience \(patience), and the sweep has \(own)"
    }
    if let start = record.start_from {
      return "begun with the weights of \(DisplayName.quoted(start.run)), and the sweep draws the weights"
    }
    let (source, seed) = (specification.data, specification.dataSeed)
    if (record.data.dataSource == .digits) != (source == .digits) {
      return
        "trained on \(DisplayName.quoted(record.data.source)), and the sweep has \(DisplayName.quoted(source.argument))"
    }
    if source == .digits, record.data.seed != seed {
      return "trained with --data-seed \(record.data.seed), and the sweep has \(seed)"
    }
    let epochs = record.results.epochs
    if epochs > trial.configuration.epochs {
      return "trained to epoch \(epochs), and the sweep ends at epoch \(trial.configuration.epochs)"
    }
    guard let halving, case let goal = goal(of: trial, halving), !goal.isEnd, epochs > goal.epochs,
      comparedLoss(of: trial, record, after: goal.epochs) == nil
    else { return nil }
    return
      "trained to epoch \(epochs), and its log no longer has the loss of epoch \(goal.epochs), where it is compared"
  }

  /// Records that a trial failed: in its run's record and log, or in a file beside the run if it has no record.
  /// - Throws: `FileError`.
  package func noteFailure(of trial: Trial, reason: String) throws {
    try? CrashedRun.markFailed(runPath(trial), reason: reason, comparison: comparison)
    if case .failed = recordedState(of: trial) { return }
    try makeWorkPath(trial)
    try AtomicFile.replace(failurePath(trial), bytes: Array(reason.utf8))
    try? CrashedRun.logFailedStart(
      trial.configuration, data: specification.data, reason: reason, in: runPath(trial), comparison: comparison)
  }

  /// Returns the last error line of a trial's process.
  func lastErrorLine(of trial: Trial) -> String? {
    let output = Directory.join(workPath(trial), "output")
    guard let bytes = try? FileContents.read(output, limit: 1 << 20) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").last.map { line in
      String(line.hasPrefix("error: ") ? line.dropFirst(7) : line)
    }
  }

  /// Whether an error is a refusal to write in the sweep's directory, which is no failure of the trial.
  func isRefusedBySystem(_ error: any Error) -> Bool {
    switch CrashedRun.fileError(in: error) {
    case .system(_, let place, _), .gone(let place): place.beginsWithBytes(of: path)
    default: false
    }
  }

  private func isHeld(_ trial: Trial) -> Bool {
    do {
      // Asking takes the lock for a moment, so it is not asked for if there is no lock file.
      guard try FileStatus.of(Directory.join(workPath(trial), DirectoryLock.fileName)) != nil else { return false }
      try DirectoryLock(workPath(trial)).release()
      return false
    } catch {
      return FileError.saysInUse(error)
    }
  }
}
