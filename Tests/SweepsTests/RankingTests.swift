// RankingTests.swift
// Tests how repeats of the same options are ranked together.

import Testing
import Training

@testable import Runs
@testable import Sweeps

@Suite struct RankingTests {
  @Test("a loss that is no number comes last, wherever it stood")
  func notANumber() throws {
    let yaml = "options: {filters: [[4], [8], [12], [16], [20]], epochs: 8}"
    let trials = try SweepSpecification(yaml: Array(yaml.utf8), path: "s").resolved()
    for place in 0..<5 {
      var losses = [4.0, 1, 3, 2]
      losses.insert(.nan, at: place)
      let results = zip(trials, losses).map { trial, loss in
        var record = TrialTests.record(seconds: 1, epochs: 8)
        record.configuration = trial.configuration
        (record.results.test_loss, record.results.test_rmse) = (loss, 1)
        return TrialResult(trial: trial, state: .completed, record: record, path: "")
      }
      let means = SweepRanking(results).groups.map(\.testLoss.mean)
      #expect(Array(means.prefix(4)) == [1, 2, 3, 4] && means[4].isNaN, "\(means)")
    }
  }

  @Test("a mean neighbor accuracy covers all repeats, or there is none: equal codes have no neighbors")
  func accuracy() throws {
    let yaml = "options: {filters: [[4], [8]], epochs: 8}\nrepeats: 2"
    let trials = try SweepSpecification(yaml: Array(yaml.utf8), path: "s").resolved()
    let accuracies = [0.5, 0.75, 1, nil] as [Double?]
    let results = zip(trials, accuracies).map { trial, accuracy in
      var record = TrialTests.record(seconds: 1, epochs: 8)
      record.configuration = trial.configuration
      record.results.test_loss = Double(
        trial.configuration.architecture == trials[0].configuration.architecture ? 1 : 2)
      record.results.test_rmse = 1
      record.results.test_code = RunRecord.LatentRecord(
        images: 20, distinct: accuracy == nil ? 1 : 20, tied: accuracy == nil ? 20 : 0, neighbour_accuracy: accuracy)
      return TrialResult(trial: trial, state: .completed, record: record, path: "")
    }
    let groups = SweepRanking(results).groups
    #expect(groups.map(\.runs) == [2, 2])
    #expect(groups.map { $0.neighborAccuracy?.mean } == [0.625, nil])
  }

  @Test("too few codes to tell neighbors apart are said to be few, in place of the missing measure")
  func fewCodes() throws {
    let yaml = "options: {filters: [[4], [8]], epochs: 8}"
    let results = try results(yaml, [Outcome(loss: 1), Outcome(loss: 2)]).map { result in
      var record = try #require(result.record)
      if record.results.test_loss == 1 { record.results.test_code = .init(images: 20, distinct: 3, tied: 11) }
      return TrialResult(trial: result.trial, state: .completed, record: record, path: "")
    }
    let ranking = SweepRanking(results)
    #expect(ranking.groups.map(\.collapse) == ["few codes", ""] && ranking.groups.map(\.fewCodes) == [1, 0])
    #expect(ranking.groups[0].neighborAccuracy == nil && ranking.groups[0].collapsed == 0)
    #expect(!RunRecord.LatentRecord(images: 20, distinct: 3, tied: 10).hasFewCodes)
    #expect(!RunRecord.LatentRecord(images: 20, distinct: 1, tied: 20).hasFewCodes)
  }

  @Test("dead code units are noted beside a configuration; a collapsed repeat is noted as collapsed")
  func deadUnits() throws {
    let yaml = "options: {filters: [[4], [8], [12], [16], [20]], epochs: 8}\nrepeats: 2"
    let dead = [0, 0, 2, 2, 0, 2, 3, 1, 3, 3]
    let outcomes = dead.indices.map { Outcome(loss: Double($0 / 2 + 1), isCollapsed: dead[$0] == 3) }
    let results = zip(try results(yaml, outcomes), dead).map { result, dead in
      var record = result.record
      record?.results.test_code?.dead_units = dead
      return TrialResult(trial: result.trial, state: .completed, record: record, path: "")
    }
    let groups = SweepRanking(results).groups
    #expect(groups.map(\.dead) == ["", "2 dead", "0–2 dead", "1 dead", ""])
    #expect(groups.map(\.note) == ["", "2 dead", "0–2 dead", "1 collapsed, 1 dead", "collapsed"])
    #expect(groups.map(\.deadCount) == ["0", "2", "0–2", "1", "collapsed"])
    #expect(results.map(\.hasDeadUnits) == dead.map { $0 == 1 || $0 == 2 })
    // Records of earlier versions do not tell.
    let old = SweepRanking(try self.results("options: {filters: [[4]], epochs: 8}", [Outcome(loss: 1)])).groups[0]
    #expect(old.deadUnits == nil && old.dead == "" && old.note == "" && old.deadCount == "")
  }

  private struct Outcome {
    var loss: Double?
    var isCollapsed = false
    var state = TrialState.completed
  }

  private func results(_ yaml: String, _ outcomes: [Outcome]) throws -> [TrialResult] {
    let trials = try SweepSpecification(yaml: Array(yaml.utf8), path: "s").resolved()
    return zip(trials, outcomes).map { trial, outcome in
      var record = TrialTests.record(seconds: 1, epochs: 8)
      record.configuration = trial.configuration
      (record.results.test_loss, record.results.test_rmse) = (outcome.loss, 1)
      record.results.test_code = RunRecord.LatentRecord(
        images: 20, distinct: outcome.isCollapsed ? 1 : 20, tied: 0, neighbour_accuracy: outcome.isCollapsed ? nil : 0.5
      )
      return TrialResult(trial: trial, state: outcome.state, record: record, path: "")
    }
  }

  @Test(
    "a configuration of which a repeat collapsed or failed ranks behind the others, and a collapsed one is never the best"
  )
  func collapsed() throws {
    let yaml = "options: {filters: [[4], [8], [12], [16]], epochs: 8}\nrepeats: 2"
    let ranking = SweepRanking(
      try results(
        yaml,
        [
          Outcome(loss: 0.1), Outcome(loss: 0.1, isCollapsed: true), Outcome(loss: 0.5), Outcome(loss: 0.7),
          Outcome(loss: 0.2), Outcome(state: .failed("x")), Outcome(loss: 0.6), Outcome(loss: 0.8),
        ]))
    #expect(
      ranking.groups.map(\.name) == ["convolutional-8", "convolutional-16", "convolutional-4", "convolutional-12"])
    #expect(ranking.groups.map(\.count) == ["2", "2", "2", "1/2"])
    #expect(ranking.groups.map(\.collapse) == ["", "", "1 collapsed", ""])
    #expect(ranking.groups.map { $0.neighborAccuracy?.mean } == [0.5, 0.5, nil, 0.5])
    #expect(ranking.best?.testLoss.mean == 0.6 && ranking.best?.best.trial.name == "convolutional-8_seed-0")
    let all = SweepRanking(try results(yaml, Array(repeating: Outcome(loss: 0.1, isCollapsed: true), count: 8)))
    #expect(all.best == nil && all.groups.allSatisfy { $0.collapse == "collapsed" })
  }

  @Test("a mean has the common name of its trials, without a seed")
  func names() throws {
    func names(_ yaml: String) throws -> [String] {
      let count = try SweepSpecification(yaml: Array(yaml.utf8), path: "s").resolved().count
      return SweepRanking(try results(yaml, Array(repeating: Outcome(loss: 1), count: count))).groups.map(\.name)
    }
    #expect(try names("options: {filters: [[4]]}\nrepeats: 3") == ["convolutional-4"])
    #expect(
      try names("options: {filters: [[4]], seed: [1, 2], kernels: [direct, reference]}")
        == ["kernels-direct", "kernels-reference"])
    #expect(try names("options: {dropout: [0, 0.5]}\nrepeats: 2") == ["dropout-0.0", "dropout-0.5"])
    #expect(
      try names("trials: [{name: a, seed: 1}, {name: b, seed: 2}, {name: c, dropout: 0.5}]") == ["a and 1 more", "c"])
    #expect(try names("trials: [{name: wide}]\nrepeats: 2") == ["wide"])
    #expect(try names("options: {filters: [[4]]}") == ["convolutional-4"])
  }
}
