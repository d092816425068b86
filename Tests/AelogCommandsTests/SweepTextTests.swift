// SweepTextTests.swift
// Tests what the ranking and the end of a trial say about dead code units.

import Testing
import Training

@testable import AelogCommands
@testable import Runs
@testable import Sweeps

@Suite struct SweepTextTests {
  /// Makes a completed trial for each number of dead units of a code of three.
  private func results(dead: [Int]) throws -> [TrialResult] {
    let sizes = dead.indices.map { "[\(128 + $0), 64, 3]" }.joined(separator: ", ")
    let yaml = "options: {hidden-units: [\(sizes)]}"
    let trials = try SweepSpecification(yaml: Array(yaml.utf8), path: "s").resolved()
    return zip(trials, dead).map { trial, dead in
      var results = RunRecord.ResultRecord()
      (results.test_loss, results.test_rmse) = (Double(trial.index) + 0.5, 0.25)
      results.test_code = .init(
        images: 20, distinct: dead == 3 ? 1 : 20, tied: 0, dead_units: dead, neighbour_accuracy: dead == 3 ? nil : 0.5)
      let record = RunRecord(
        status: .completed, name: "", started: "", command: [], configuration: trial.configuration,
        data: .init(
          source: "digits", name: "digits", seed: 0, fingerprint: "", image_shape: [1, 1, 1], training_images: 1,
          validation_images: 1, test_images: 20),
        model: .init(weights: 1234, bottleneck_shape: [3]), machine: .init(kernels: "", threads: 1, processors: 1),
        versions: .init(aelog: "", swift: ""), results: results)
      return TrialResult(trial: trial, state: .completed, record: record, path: "")
    }
  }

  @Test("the ranking notes dead units on a terminal of any width", arguments: [60, 80, 120])
  func ranking(columns: Int) throws {
    let output = TextStream(isTerminal: true, columns: columns)
    SweepText(output: output).rank(try results(dead: [0, 1, 2, 3]))
    let lines = output.captured.split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { $0.unicodeScalars.count <= columns }, "\(lines)")
    #expect(lines[0].hasSuffix("  note"), "\(lines)")
    let rows = lines[2..<6]
    for (row, note) in zip(rows, ["", "1 dead", "2 dead", "collapsed"]) {
      #expect(row.hasSuffix(note) && row.contains("dead") == note.contains("dead"), "\(row)")
    }
    let text = output.captured.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      text.contains("dead code units: 2 trials; \(DeadUnitText.advice) fully-connected-129-64-3: 1 of 3"), "\(text)")
    #expect(text.contains(": 2 of 3 code units are dead") && text.contains("collapsed: 1 trial; all codes"), "\(text)")
  }

  @Test("there is no column of notes without a note") func plain() throws {
    let output = TextStream()
    SweepText(output: output).rank(try results(dead: [0, 0]))
    #expect(!output.captured.contains("note") && !output.captured.contains("dead"), "\(output.captured)")
  }

  @Test("the end of a trial tells dead units, in words and for programs") func end() throws {
    let results = try results(dead: [2, 3])
    let output = TextStream()
    for result in results {
      SweepText(output: output).show(result.trial, .completed, record: result.record, done: 1, of: 2)
    }
    let lines = output.captured.split(separator: "\n")
    #expect(
      lines[0].hasSuffix("; 2 of 3 code units are dead") && lines[1].hasSuffix("; all codes are equal"), "\(lines)")
    let json = TextStream()
    let display = JSONSweepDisplay(json)
    display.show(.ended(results[0].trial, .completed), results)
    display.end(results, isComplete: true)
    #expect(json.captured.contains("\"distinct_codes\":20,\"dead_units\":2,"), "\(json.captured)")
    #expect(json.captured.contains("\"best_trial_dead_units\":2,\"with_dead_units\":1}"), "\(json.captured)")
  }
}
