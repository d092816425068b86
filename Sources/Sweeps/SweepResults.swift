// SweepResults.swift
// What came of each trial, as files for other programs: results.csv and results.json.

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
