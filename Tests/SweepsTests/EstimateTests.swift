// EstimateTests.swift
// Tests the estimates of how much of a sweep is done and how long the rest takes.

import Networks
import Runs
import Testing
import Training

@testable import Sweeps

@Suite struct EstimateTests {
  /// Four trials of eight epochs: two models, two seeds each.
  private func results(_ parts: [(state: TrialState, epochs: Int, seconds: Double)]) throws -> [TrialResult] {
    let yaml = "options: {filters: [[4], [8]], epochs: 8}\nrepeats: 2"
    let trials = try SweepSpecification(yaml: Array(yaml.utf8), path: "s").resolved()
    return zip(trials, parts).map { trial, part in
      var record = TrialTests.record(seconds: part.seconds, epochs: part.epochs)
      record.configuration = trial.configuration
      return TrialResult(trial: trial, state: part.state, record: part.epochs > 0 ? record : nil, path: "")
    }
  }

  @Test func plain() throws {
    let waiting = (state: TrialState.waiting, epochs: 0, seconds: 0.0)
    let nothing = SweepEstimate(try results(Array(repeating: waiting, count: 4)), jobs: 2)
    #expect(nothing.secondsLeft == nil && nothing.fraction == 0)
    // 2 s an epoch of the first model, 5 s of the second.
    var estimate = SweepEstimate(
      try results([(.completed, 8, 16), (.running, 0, 0), (.failed(""), 4, 20), waiting]), jobs: 2)
    #expect(estimate.secondsLeft == 40)
    let trials = try results(Array(repeating: waiting, count: 4)).map(\.trial)
    estimate.note(TrialProgress(epoch: 4, step: 50, steps: 100, loss: 1, images_per_second: 1), of: trials[1])
    #expect(estimate.secondsLeft == 40 && estimate.fraction == (8 + 4 + 4) / (8 + 4 + 4 + 4 + 8))
    #expect(SweepEstimate([], jobs: 1).fraction == 1 && SweepEstimate([], jobs: 0).secondsLeft == 0)
  }

  @Test("with halving only trials that will be promoted are counted") func halving() throws {
    var halving = Halving()
    (halving.factor, halving.rungs) = (2, [2, 4])
    let ladder = try halving.ladder(configurations: [1, 1, 1, 1], epochs: 8)
    let paused = (state: TrialState.paused, epochs: 2, seconds: 2.0)
    let estimate = SweepEstimate(
      try results([paused, paused, paused, (.waiting, 0, 0)]), jobs: 1, ladder: ladder, rung: 0)
    // Two epochs of the last one, two of two trials, four of one; a second each.
    #expect(estimate.secondsLeft == 2 + 4 + 4 && estimate.fraction == 6.0 / 16)
    let last = SweepEstimate(
      try results([paused, paused, (.stopped, 2, 2), (.stopped, 2, 2)]), jobs: 2, ladder: ladder, rung: 2)
    #expect(last.secondsLeft == 0 && last.fraction == 1)
  }
}
