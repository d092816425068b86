// SweepResults.swift
// The result of each trial, kept up to date while the sweep runs, and written to results.csv and results.json.

import ByteStreams
import Foundation
package import Runs
import Training

/// A trial with its state and what its run says of itself.
package struct TrialResult: Sendable {
  package let trial: Trial
  package let state: TrialState
  /// Nil before there is a run.
  package let record: RunRecord?
  /// The run's directory.
  package let path: String

  var running: TrialResult { TrialResult(trial: trial, state: .running, record: record, path: path) }

  /// Whether the codes of all test images are equal: a blank in place of every measure of the code.
  package var isCollapsed: Bool { record?.results.test_code?.isCollapsed ?? false }
  package var bottleneck: Int? { record.map { $0.model.bottleneck_shape.reduce(1, &*) } }
}

extension SweepDirectory {
  /// Of every trial, in their order.
  package var results: [TrialResult] {
    zip(trials, states()).map { trial, found in
      TrialResult(trial: trial, state: found.state, record: found.record, path: runPath(trial))
    }
  }

  /// Of one trial.
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
      Directory.join(path, "results.csv"), bytes: Array((csv.joined(separator: "\n") + "\n").utf8), isLasting: false)
    try AtomicFile.replace(
      Directory.join(path, "results.json"), bytes: Array("[\n\(json.joined(separator: ",\n"))\n]\n".utf8))
  }
}

extension TrialResult {
  fileprivate enum Value {
    case text(String), whole(Int), number(Double), none

    init(_ number: Double?) { self = number.map { $0.isFinite ? .number($0) : .none } ?? .none }
    init(_ number: Int?) { self = number.map { .whole($0) } ?? .none }

    private static func quoted(_ text: String) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

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
      case .text(let text): Self.quoted(text)
      case .whole(let number): "\(number)"
      case .number(let number): "\(number)"
      case .none: "null"
      }
    }
  }

  private static let numbers: Set = [
    "epochs", "batch_size", "learning_rate", "learning_rate_decay", "decay_steps", "weight_decay", "dropout",
    "noise_factor", "seed",
  ]

  /// The row: every option as a column, then what came of it.
  fileprivate var cells: [(name: String, value: Value)] {
    // What the run was trained with, where that is not what the sweep has.
    let isChanged = if case .changed = state { true } else { false }
    let configuration = isChanged ? record?.configuration ?? trial.configuration : trial.configuration
    let given = Dictionary(configuration.options.map { ($0.name, $0.value) }) { first, _ in first }
    let options = SweepOption.allCases.map { option -> (String, Value) in
      let name = option.rawValue.replacing("-", with: "_")
      guard let text = given[option.rawValue] else { return (name, .none) }
      if !Self.numbers.contains(name) { return (name, .text(text)) }
      return (name, Int(text).map { .whole($0) } ?? Value(Double(text)))
    }
    let results = record?.results
    let error: Value = state.reason.map { .text($0) } ?? .none
    return [("trial", .text(trial.name))] + options + [
      ("state", .text(state.name)), ("validation_loss", Value(results?.validation_loss)),
      ("test_loss", Value(results?.test_loss)), ("rmse", Value(results?.test_rmse)),
      ("neighbour_accuracy", Value(results?.test_code?.neighbour_accuracy)),
      ("distinct_codes", Value(results?.test_code?.distinct)),
      ("weights", Value(record?.model.weights)), ("bottleneck", Value(bottleneck)),
      ("epochs_trained", Value(record == nil ? nil : results?.epochs)),
      ("images_per_second", Value(results?.images_per_second)), ("seconds", Value(results?.seconds)),
      ("path", .text(path)), ("error", error),
    ]
  }
}

/// All results, kept up to date trial by trial; for one thread.
package final class ResultsTable {
  private let sweep: SweepDirectory
  package private(set) var results: [TrialResult]
  private let clock = ContinuousClock()
  private var isStale = true
  /// When the files may be written again: writing takes a small share of the time, however many trials there are.
  private var due: ContinuousClock.Instant

  /// Reads all of them.
  package init(_ sweep: SweepDirectory) {
    self.sweep = sweep
    results = sweep.results
    due = clock.now
  }

  /// Of every trial, in their order.
  init(_ sweep: SweepDirectory, results: [TrialResult]) {
    self.sweep = sweep
    self.results = results
    due = clock.now
  }

  /// Takes a trial's as they are now.
  func replace(_ result: TrialResult) {
    results[result.trial.index] = result
    isStale = true
  }

  /// Reads a trial's again.
  package func refresh(_ trial: Trial) {
    results[trial.index] = sweep.result(of: trial)
    isStale = true
  }

  /// Reads again what has just changed.
  package func note(_ event: SweepEvent) {
    switch event {
    case .started(let trial):
      refresh(trial)
      // Its process is not as far as to say so.
      results[trial.index] = results[trial.index].running
    case .ended(let trial, _): refresh(trial)
    case .compared: refresh()
    case .submitted, .found, .waiting, .silent: break
    }
  }

  /// Reads all of them again.
  package func refresh() {
    results = sweep.results
    isStale = true
  }

  /// Writes `results.csv` and `results.json` if anything has changed, and not too shortly after the last time.
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

/// Something has just happened.
package enum SweepEvent {
  case started(Trial)
  case ended(Trial, TrialState)
  /// Trials were compared.
  case compared(HalvingRecord.Rung)
  /// A job array is in Slurm's queue, with so many trials.
  case submitted(job: Int, trials: Int)
  /// So many trials were in the queue already.
  case found(trials: Int)
  /// Nothing runs, and so many trials wait, for a reason that Slurm names.
  case waiting(trials: Int, reason: String)
  /// Slurm does not answer, or does again.
  case silent(SlurmError?)
}
