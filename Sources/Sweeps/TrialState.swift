// TrialState.swift
// Where a trial stands, by what its run and its process have left.

import ByteStreams
import Datasets
package import Runs
import Training

/// Where a trial stands.
package enum TrialState: Equatable, Sendable {
  case waiting, running
  /// Cut off; it goes on from its last checkpoint.
  case interrupted
  /// It has come to a rung where the others are awaited, to be compared with it.
  case paused
  /// Others were better at a rung: it is not trained further, but not measured yet.
  case outdone
  /// The same, with all that a shorter run would have.
  case stopped
  case completed
  /// Not trained again unless asked for.
  case failed(String)
  /// Its run is not the trial's: trained with other options, or further. It stays as it is until its user moves it away.
  case changed(String)

  package var name: String {
    switch self {
    case .waiting: "waiting"
    case .running: "running"
    case .interrupted: "interrupted"
    case .paused: "paused"
    case .outdone: "outdone"
    case .stopped: "stopped"
    case .completed: "completed"
    case .failed: "FAILURE"
    case .changed: "changed"
    }
  }
}

extension TrialState {
  /// Why it failed, or how it was changed; nil for other states.
  package var reason: String? {
    switch self {
    case .failed(let reason), .changed(let reason): reason
    default: nil
    }
  }
}

extension SweepDirectory {
  /// Where a trial stands.
  package func state(of trial: Trial) -> TrialState {
    if isHeld(trial) { return .running }
    return state(of: trial, record: try? RunRecord.read(from: runPath(trial)), halving: try? halvingRecord())
  }

  /// Where all trials stand, in their order, and what their runs say of themselves.
  package func states() -> [(state: TrialState, record: RunRecord?)] {
    let halving = try? halvingRecord()
    return trials.map { trial in
      let record = try? RunRecord.read(from: runPath(trial))
      return (isHeld(trial) ? .running : state(of: trial, record: record, halving: halving), record)
    }
  }

  /// Where a trial stands by its files alone, for those who know in another way that nobody trains it.
  package func recordedState(of trial: Trial) -> TrialState { recordedResult(of: trial).state }

  /// The same with what the run says of itself.
  func recordedResult(of trial: Trial) -> TrialResult { recordedResult(of: trial, try? halvingRecord()) }

  /// Of all trials, in their order.
  func recordedResults() -> [TrialResult] {
    let halving = try? halvingRecord()
    return trials.map { recordedResult(of: $0, halving) }
  }

  private func recordedResult(of trial: Trial, _ halving: HalvingRecord?) -> TrialResult {
    let record = try? RunRecord.read(from: runPath(trial))
    let state = state(of: trial, record: record, halving: halving)
    return TrialResult(trial: trial, state: state, record: record, path: runPath(trial))
  }

  /// The state of a trial that no process holds. docs/sweep-states.md lists what leads out of each.
  func state(of trial: Trial, record: RunRecord?, halving: HalvingRecord?) -> TrialState {
    if let record, let reason = change(of: record, from: trial, halving) { return .changed(reason) }
    let goal = halving.map { self.goal(of: trial, $0) }
    let epochs = record?.results.epochs ?? 0
    switch record?.status {
    case .completed where epochs >= trial.configuration.epochs: return .completed
    case .stopped where ladder != nil && goal.map({ $0.isEnd && epochs >= $0.epochs }) ?? true: return .stopped
    case .failed: return .failed(record?.error ?? "")
    case .running, .interrupted, .stopped, .completed, nil: break
    }
    if let text = try? FileContents.read(failurePath(trial), limit: 1 << 16) {
      return .failed(String(decoding: text, as: UTF8.self))
    }
    guard let record else { return Directory.exists(runPath(trial)) ? .interrupted : .waiting }
    guard ladder != nil, let halving, let goal else { return .interrupted }
    if goal.isEnd { return epochs >= goal.epochs && halving.isOut(trial) ? .outdone : .interrupted }
    // A run that goes on is ahead only where its user has trained it.
    let isThere = epochs > goal.epochs || epochs == goal.epochs && [.interrupted, .stopped].contains(record.status)
    return isThere ? .paused : .interrupted
  }

  /// How a run differs from what the sweep would have made of its trial; nil where it is the trial's.
  private func change(of record: RunRecord, from trial: Trial, _ halving: HalvingRecord?) -> String? {
    if record.configuration != trial.configuration,
      let conflict = record.configuration.conflict(with: trial.configuration)
    {
      return "trained with --\(conflict.want.name) \(conflict.want.value), and the sweep has \(conflict.got.value)"
    }
    let (source, seed) = (specification.data, specification.dataSeed)
    if (DataSource(argument: record.data.source) == .digits) != (source == .digits) {
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

  /// Notes that a trial failed, where its run can be seen: in its record and its log, or beside it where it has none.
  /// - Throws: `FileError`.
  package func noteFailure(of trial: Trial, reason: String) throws {
    try? CrashedRun.markFailed(runPath(trial), reason: reason, comparison: comparison)
    if case .failed = recordedState(of: trial) { return }
    try makeWorkPath(trial)
    try AtomicFile.replace(failurePath(trial), bytes: Array(reason.utf8))
    try? CrashedRun.logFailedStart(
      trial.configuration, data: specification.data, reason: reason, in: runPath(trial), comparison: comparison)
  }

  /// The last line that a trial's process has said.
  func lastErrorLine(of trial: Trial) -> String? {
    let output = Directory.join(workPath(trial), "output")
    guard let bytes = try? FileContents.read(output, limit: 1 << 20) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").last.map { line in
      String(line.hasPrefix("error: ") ? line.dropFirst(7) : line)
    }
  }

  /// Whether the error is a refusal to write in the sweep's directory: no fault of a trial.
  func isRefusedBySystem(_ error: any Error) -> Bool {
    switch CrashedRun.fileError(in: error) {
    case .system(_, let place, _), .gone(let place): place.beginsWithBytes(of: path)
    default: false
    }
  }

  private func isHeld(_ trial: Trial) -> Bool {
    do {
      // Asking takes the lock for a moment: where there is none, none is made.
      guard try FileStatus.of(Directory.join(workPath(trial), DirectoryLock.fileName)) != nil else { return false }
      try DirectoryLock(workPath(trial)).release()
      return false
    } catch {
      return FileError.saysInUse(error)
    }
  }
}
