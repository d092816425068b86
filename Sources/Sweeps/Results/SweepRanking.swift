// SweepRanking.swift
// Ranks configurations by test loss; trials that differ only in their seed count as one configuration.

package import Networks
import Runs
import Training

/// The configurations of a sweep, the best first.
package struct SweepRanking {
  /// A mean, and the standard deviation of a sample of two or more.
  package struct Spread: Equatable, Sendable {
    package let mean: Double
    package let standardDeviation: Double?

    init(_ numbers: [Double]) {
      mean = numbers.reduce(0, +) / Double(numbers.count)
      let squares = numbers.reduce(0) { [mean] in $0 + ($1 - mean) * ($1 - mean) }
      standardDeviation = numbers.count > 1 ? (squares / Double(numbers.count - 1)).squareRoot() : nil
    }
  }

  /// A configuration: trials that differ in nothing but their seed. At least one of them is completed.
  package struct Group: Sendable {
    /// The common part of the trials' names; the name itself if there is one trial.
    package let name: String
    /// The number of completed trials, over which the means are taken, and of all trials.
    package let runs: Int
    package let trials: Int
    /// The number of completed trials whose codes are all equal, and of failed trials.
    package let collapsed: Int
    package let failed: Int
    /// The number of completed trials with too few codes to tell neighbors apart.
    package let fewCodes: Int
    /// The least and the largest number of dead code units of the completed trials that did not collapse; nil if none was measured.
    package let deadUnits: ClosedRange<Int>?
    /// The completed trial with the lowest test loss.
    package let best: TrialResult
    package let testLoss: Spread
    package let rmse: Spread
    /// The neighbor accuracy of the test images' codes; nil unless it was measured in every completed trial. One class or equal codes have none.
    package let neighborAccuracy: Spread?
    package let family: ModelFamily
    package let weights: Int
    package let bottleneck: Int
    package let imagesPerSecond: Double

    /// The sort key: configurations with a failed or collapsed trial come after the others, and a test loss that is no number comes last.
    fileprivate var place: (Int, Double, String) {
      (collapsed + failed > 0 ? 1 : 0, testLoss.mean.isNaN ? .infinity : testLoss.mean, name)
    }
  }

  /// The configurations with a completed trial, the best first.
  package let groups: [Group]
  /// The first configuration in which no trial collapsed.
  package var best: Group? { groups.first { $0.collapsed == 0 && !$0.testLoss.mean.isNaN } }

  /// - Parameter results: the results of all trials, in any state.
  package init(_ results: [TrialResult]) {
    let configurations = Configurations(results.map(\.trial))
    var members: [Int: [TrialResult]] = [:]
    for (place, result) in results.enumerated() {
      members[configurations.number(of: place), default: []].append(result)
    }
    groups = members.values.compactMap(Self.group).sorted { $0.place < $1.place }
  }

  private static func group(_ members: [TrialResult]) -> Group? {
    let completed = members.filter { $0.state == .completed && $0.record?.results.test_loss != nil }
    let records = completed.compactMap { $0.record?.results }
    guard let first = completed.first else { return nil }
    let dead = completed.filter { !$0.isCollapsed }.compactMap(\.deadUnits)
    let accuracies = records.compactMap { $0.test_code?.neighbour_accuracy }
    func loss(_ result: TrialResult) -> Double {
      result.record?.results.test_loss.flatMap { $0.isNaN ? nil : $0 } ?? .infinity
    }
    return Group(
      name: TrialNaming.common(members.map(\.trial)), runs: completed.count, trials: members.count,
      collapsed: completed.count(where: \.isCollapsed),
      failed: members.count { if case .failed = $0.state { true } else { false } },
      fewCodes: completed.count(where: \.hasFewCodes),
      deadUnits: dead.min().flatMap { least in dead.max().map { least...$0 } },
      best: completed.min { loss($0) < loss($1) } ?? first,
      testLoss: Spread(records.compactMap(\.test_loss)), rmse: Spread(records.compactMap(\.test_rmse)),
      neighborAccuracy: accuracies.count < records.count ? nil : Spread(accuracies),
      family: first.trial.configuration.architecture.family,
      weights: first.record?.model.weights ?? 0, bottleneck: first.bottleneck ?? 0,
      imagesPerSecond: Spread(records.map(\.images_per_second)).mean)
  }
}

/// Groups trials that differ only in their seed: a sweep compares configurations, not seeds.
package struct Configurations: Sendable {
  /// The number of each trial's configuration.
  private let numbers: [Int]
  /// The number of trials of each configuration.
  package let sizes: [Int]

  package init(_ trials: [Trial]) {
    var known: [TrainingConfiguration: Int] = [:]
    var (numbers, sizes): ([Int], [Int]) = ([], [])
    for trial in trials {
      var key = trial.configuration
      key.seed = 0
      let number = known[key] ?? known.count
      known[key] = number
      numbers.append(number)
      if number == sizes.count { sizes.append(1) } else { sizes[number] += 1 }
    }
    (self.numbers, self.sizes) = (numbers, sizes)
  }

  /// - Parameter trial: the trial's index.
  package func number(of trial: Int) -> Int { numbers[trial] }

  /// Returns the trials of the best configurations, the best first, without failed trials. Configurations are ranked by their mean
  /// loss; one with a trial that failed or has no loss ranks after those without, and of equals the first is better.
  /// - Parameters:
  ///   - count: the largest number of configurations.
  ///   - trials: the indices of all compared trials.
  ///   - losses: the losses of trials that have not failed; nil for a loss that is no number.
  func best(_ count: Int, of trials: [Int], _ losses: [Int: Double?]) -> [Int] {
    var members: [Int: [Int]] = [:]
    for trial in trials { members[numbers[trial], default: []].append(trial) }
    let ranked = members.compactMap { number, members -> (place: (Int, Double, Int), members: [Int])? in
      let present = members.filter { losses[$0] != nil }
      if present.isEmpty { return nil }
      let found = present.compactMap { losses[$0] ?? nil }
      let mean = found.isEmpty ? .infinity : found.reduce(0, +) / Double(found.count)
      return ((found.count < members.count ? 1 : 0, mean, number), present.sorted())
    }
    return ranked.sorted { $0.place < $1.place }.prefix(count).flatMap(\.members)
  }
}
