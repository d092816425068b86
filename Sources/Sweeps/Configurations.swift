// Configurations.swift
// Trials that differ in nothing but their seed, taken together: what a sweep compares is configurations, not seeds.

import Training

/// The configurations of a sweep's trials.
package struct Configurations: Sendable {
  /// The configuration of each trial.
  private let numbers: [Int]
  /// The number of trials of each.
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

  /// - Parameter trial: its index.
  package func number(of trial: Int) -> Int { numbers[trial] }

  /// The trials of the best configurations, the best first, without those that failed. The mean of the losses counts; a
  /// configuration with a trial that failed or has no loss ranks behind those without, and of equal ones the first is better.
  /// - Parameters:
  ///   - count: the most configurations.
  ///   - trials: indices of all that are compared.
  ///   - losses: of those that have not failed; nil for a loss that is no number.
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
