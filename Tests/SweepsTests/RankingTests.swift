// RankingTests.swift
// What repeats of the same options come to together.

import Testing
import Training

@testable import Experiments
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

  @Test("a mean of neighbors is one of all repeats, or none: equal codes have no neighbors")
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
      record.results.test_code = RunRecord.CodeRecord(
        images: 20, distinct: accuracy == nil ? 1 : 20, tied: accuracy == nil ? 20 : 0, neighbour_accuracy: accuracy)
      return TrialResult(trial: trial, state: .completed, record: record, path: "")
    }
    let groups = SweepRanking(results).groups
    #expect(groups.map(\.runs) == [2, 2])
    #expect(groups.map { $0.neighbourAccuracy?.mean } == [0.625, nil])
  }
}
