// SweepRanking.swift
// Completed trials in the order of their test loss, repeats taken together.

import Experiments
import Training

/// Which options were best.
package struct SweepRanking {
  /// A mean, and the deviation of a sample of two or more.
  package struct Spread: Equatable, Sendable {
    package let mean: Double
    package let deviation: Double?

    init(_ numbers: [Double]) {
      mean = numbers.reduce(0, +) / Double(numbers.count)
      let squares = numbers.reduce(0) { [mean] in $0 + ($1 - mean) * ($1 - mean) }
      deviation = numbers.count > 1 ? (squares / Double(numbers.count - 1)).squareRoot() : nil
    }
  }

  /// Trials that differ in nothing but their seed.
  package struct Group: Sendable {
    /// Of the first of them, without its seed.
    package let name: String
    package let runs: Int
    package let testLoss: Spread
    package let rmse: Spread
    /// Of the test images' codes; nil where it was not measured of all of them, as with one class or equal codes.
    package let neighbourAccuracy: Spread?
    package let family: SweepFamily
    package let weights: Int
    package let bottleneck: Int
    package let imagesPerSecond: Double

    /// The test loss; one that is no number comes last.
    fileprivate var rank: Double { testLoss.mean.isNaN ? .infinity : testLoss.mean }
  }

  /// The best first.
  package let groups: [Group]

  package init(_ results: [TrialResult]) {
    var members: [TrainingConfiguration: [TrialResult]] = [:]
    for result in results where result.state == .completed && result.record?.results.test_loss != nil {
      var key = result.trial.configuration
      key.seed = 0
      members[key, default: []].append(result)
    }
    groups = members.values.map(Self.group).sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
  }

  private static func group(_ results: [TrialResult]) -> Group {
    let records = results.compactMap { $0.record?.results }
    let accuracies = records.compactMap { $0.test_code?.neighbour_accuracy }
    let name = results[0].trial.name
    let seed = "_seed-\(results[0].trial.configuration.seed)"
    return Group(
      name: results.count > 1 && name.hasSuffix(seed) ? String(name.dropLast(seed.count)) : name, runs: results.count,
      testLoss: Spread(records.compactMap(\.test_loss)), rmse: Spread(records.compactMap(\.test_rmse)),
      neighbourAccuracy: accuracies.count < records.count ? nil : Spread(accuracies),
      family: SweepFamily(results[0].trial.configuration.architecture),
      weights: results[0].record?.model.weights ?? 0, bottleneck: results[0].bottleneck ?? 0,
      imagesPerSecond: Spread(records.map(\.images_per_second)).mean)
  }
}
