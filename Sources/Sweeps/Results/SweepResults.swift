// SweepResults.swift
// The result of each trial, kept up to date while the sweep runs, and written to results.csv and results.json.

import ByteStreams
package import Runs
import Training

/// A trial with its state and the record of its run.
package struct TrialResult: Sendable {
  package let trial: Trial
  package let state: TrialState
  /// The record of the run; nil before there is one.
  package let record: RunRecord?
  /// The run's directory.
  package let path: String

  var running: TrialResult { TrialResult(trial: trial, state: .running, record: record, path: path) }

  /// Whether the codes of all test images are equal, so that no measure of the code means anything.
  package var isCollapsed: Bool { record?.results.test_code?.isCollapsed ?? false }
  /// The word in place of a measure of equal codes.
  package static let collapsed = "collapsed"
  /// Whether there are too few codes to tell neighbors apart.
  package var hasFewCodes: Bool { record?.results.test_code?.hasFewCodes ?? false }
  /// The number of code units with the same value for all test images; nil before they are measured.
  package var deadUnits: Int? { record?.results.test_code?.dead_units }
  /// Whether some units of the code are dead, but not all codes are equal.
  package var hasDeadUnits: Bool { !isCollapsed && (deadUnits ?? 0) > 0 }
  package var bottleneck: Int? { record.map { $0.model.bottleneck_shape.reduce(1, &*) } }
}

extension SweepDirectory {
  /// The results of all trials, in their order.
  package var results: [TrialResult] {
    zip(trials, states()).map { trial, found in
      TrialResult(trial: trial, state: found.state, record: found.record, path: runPath(trial))
    }
  }

  /// Returns the result of one trial.
  package func result(of trial: Trial) -> TrialResult {
    TrialResult(
      trial: trial, state: state(of: trial), record: try? RunRecord.read(from: runPath(trial)), path: runPath(trial))
  }

  /// Replaces both files.
  /// - Throws: `FileError`.
  package func write(_ results: [TrialResult]) throws {
    let rows = results.map(\.cells)
    let header = (rows.first ?? []).map(\.name)
    let csv = ([header] + rows.map { $0.map(\.value.csv) }).map { $0.joined(separator: ",") }
    let json = rows.map { row in "  {" + row.map { "\"\($0.name)\": \($0.value.json)" }.joined(separator: ", ") + "}" }
    try AtomicFile.replace(
      Directory.join(path, "results.csv"), bytes: Array((csv.joined(separator: "\n") + "\n").utf8), isDurable: false)
    try AtomicFile.replace(
      Directory.join(path, "results.json"), bytes: Array("[\n\(json.joined(separator: ",\n"))\n]\n".utf8))
  }
}

extension TrialResult {
  fileprivate enum Value {
    case text(String), whole(Int), number(Double), none

    init(_ value: SettingValue) {
      self =
        switch value {
        case .word, .flag, .sizes: .text(value.text)
        case .integer(let number): .whole(number)
        case .seed(let number): Int(exactly: number).map { .whole($0) } ?? .number(Double(number))
        case .number(let number): .number(number)
        }
    }

    init(_ number: Double?) { self = number.map { $0.isFinite ? .number($0) : .none } ?? .none }
    init(_ number: Int?) { self = number.map { .whole($0) } ?? .none }

    /// Quoted where a comma, a quotation mark or a line end is in it.
    var csv: String {
      switch self {
      case .text(let text): CSVText.cell(text)
      case .whole(let number): "\(number)"
      case .number(let number): "\(number)"
      case .none: ""
      }
    }

    var json: String {
      switch self {
      case .text(let text): JSONText.quoted(text)
      case .whole(let number): "\(number)"
      case .number(let number): "\(number)"
      case .none: "null"
      }
    }
  }

  /// The trial's row: every setting as a column, then the results.
  fileprivate var cells: [(name: String, value: Value)] {
    // A changed trial shows the options that it was trained with.
    let isChanged = if case .changed = state { true } else { false }
    let configuration = isChanged ? record?.configuration ?? trial.configuration : trial.configuration
    let settings = TrainingSetting.all.map { setting in
      (setting.key, configuration.value(of: setting).map { Value($0) } ?? .none)
    }
    let results = record?.results
    let error: Value = state.reason.map { .text($0) } ?? .none
    return [("trial", .text(trial.name))] + settings + [
      ("state", .text(state.name)), ("validation_loss", Value(results?.validation_loss)),
      ("test_loss", Value(results?.test_loss)), ("rmse", Value(results?.test_rmse)),
      // Equal codes have no neighbors: the word tells them from codes that were not measured.
      (
        "neighbour_accuracy",
        isCollapsed ? .text(Self.collapsed) : Value(results?.test_code?.neighbour_accuracy)
      ),
      ("distinct_codes", Value(results?.test_code?.distinct)), ("dead_units", Value(deadUnits)),
      ("weights", Value(record?.model.weights)), ("bottleneck", Value(bottleneck)),
      ("epochs_trained", Value(record == nil ? nil : results?.epochs)),
      ("images_per_second", Value(results?.images_per_second)), ("seconds", Value(results?.seconds)),
      ("path", .text(path)), ("error", error),
    ]
  }
}

/// All results, kept up to date trial by trial. Use it from one thread.
package final class ResultsTable {
  private let sweep: SweepDirectory
  package private(set) var results: [TrialResult]
  private let clock = ContinuousClock()
  private var isStale = true
  /// When the files may be written again: writing takes a small fraction of the time, however many trials there are.
  private var due: ContinuousClock.Instant

  /// Reads all results.
  package init(_ sweep: SweepDirectory) {
    self.sweep = sweep
    results = sweep.results
    due = clock.now
  }

  /// The results of all trials, in their order.
  init(_ sweep: SweepDirectory, results: [TrialResult]) {
    self.sweep = sweep
    self.results = results
    due = clock.now
  }

  /// Replaces a trial's result.
  func replace(_ result: TrialResult) {
    results[result.trial.index] = result
    isStale = true
  }

  /// Reads a trial's result again.
  package func refresh(_ trial: Trial) {
    results[trial.index] = sweep.result(of: trial)
    isStale = true
  }

  /// Reads the results that an event has changed.
  package func note(_ event: SweepEvent) {
    switch event {
    case .started(let trial):
      refresh(trial)
      // The trial's process may not have taken its lock yet.
      results[trial.index] = results[trial.index].running
    case .ended(let trial, _): refresh(trial)
    case .compared: refresh()
    case .submitted, .found, .waiting, .silent: break
    }
  }

  /// Reads all results again.
  package func refresh() {
    results = sweep.results
    isStale = true
  }

  /// Writes `results.csv` and `results.json` if a result has changed and the last writing is not too recent.
  /// - Throws: `FileError`.
  package func writeIfDue() throws {
    let now = clock.now
    guard isStale, now >= due else { return }
    try write()
    due = clock.now + (clock.now - now) * 20
  }

  /// Writes both files.
  /// - Throws: `FileError`.
  package func write() throws {
    try sweep.write(results)
    isStale = false
  }
}

/// An event of a running sweep, whichever executor runs it.
package enum SweepEvent {
  case started(Trial)
  case ended(Trial, TrialState)
  /// Trials were compared.
  case compared(HalvingRecord.Rung)
  /// A job array with this number of trials was submitted to Slurm.
  case submitted(job: Int, trials: Int)
  /// This number of trials was in Slurm's queue already.
  case found(trials: Int)
  /// No trial runs, and this number of trials waits for a reason that Slurm names.
  case waiting(trials: Int, reason: String)
  /// Slurm does not answer; or, with nil, answers again.
  case silent(SlurmError?)
}
