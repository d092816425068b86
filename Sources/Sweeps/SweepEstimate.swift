// SweepEstimate.swift
// How much of a sweep's work is done, and how long the rest will take, by what its trials took so far.

import Experiments
import Networks
import Training

/// Guesses; nothing depends on them.
package struct SweepEstimate {
  private let results: [TrialResult]
  private let jobs: Int
  /// Of running trials.
  private var progress: [Int: TrialProgress] = [:]
  /// Seconds of an epoch, by models of which at least one epoch was trained; and of all of them.
  private let ofModel: [Architecture: Double]
  private let ofAny: Double?

  package init(_ results: [TrialResult], jobs: Int) {
    (self.results, self.jobs) = (results, max(1, jobs))
    var sums: [Architecture: (seconds: Double, epochs: Int)] = [:]
    for result in results {
      guard let found = result.record?.results, found.epochs > 0, found.seconds.isFinite else { continue }
      let architecture = result.trial.configuration.architecture
      let sum = sums[architecture] ?? (0, 0)
      sums[architecture] = (sum.seconds + found.seconds, sum.epochs + found.epochs)
    }
    ofModel = sums.mapValues { $0.seconds / Double($0.epochs) }
    let all = sums.values.reduce((0.0, 0)) { ($0.0 + $1.seconds, $0.1 + $1.epochs) }
    ofAny = all.1 > 0 ? all.0 / Double(all.1) : nil
  }

  package mutating func note(_ progress: TrialProgress, of trial: Trial) { self.progress[trial.index] = progress }

  /// Seconds of an epoch of a trial; nil while nothing is known.
  private func epochSeconds(_ trial: Trial) -> Double? {
    if let known = ofModel[trial.configuration.architecture] ?? ofAny { return known }
    // Before the first epoch is over, what running trials expect.
    let expected = progress.values.compactMap { progress -> Double? in
      guard let left = progress.seconds_left, progress.share < 1 else { return nil }
      return left / (1 - progress.share) / Double(max(1, trial.configuration.epochs))
    }
    return expected.isEmpty ? nil : expected.reduce(0, +) / Double(expected.count)
  }

  /// Epochs that are still to be trained, of a trial that may be under way.
  private func epochsLeft(_ result: TrialResult) -> Double {
    let epochs = Double(result.trial.configuration.epochs)
    switch result.state {
    case .completed, .stopped, .failed: return 0
    case .running:
      if let progress = progress[result.trial.index] { return epochs * (1 - progress.share) }
      return epochs - Double(result.record?.results.epochs ?? 0)
    case .waiting, .interrupted, .paused: return epochs - Double(result.record?.results.epochs ?? 0)
    }
  }

  /// Of the epochs of all trials that are to be trained, 0 … 1.
  package var share: Double {
    let all = results.reduce(0) { sum, result in
      if case .stopped = result.state { return sum }
      if case .failed = result.state { return sum }
      return sum + Double(result.trial.configuration.epochs)
    }
    return all > 0 ? 1 - results.reduce(0) { $0 + epochsLeft($1) } / all : 1
  }

  /// Until the last trial is at its end, with as many trials at a time as there are; nil while nothing is known.
  package var secondsLeft: Double? {
    var (sum, longest) = (0.0, 0.0)
    for result in results where epochsLeft(result) > 0 {
      guard let seconds = epochSeconds(result.trial) else { return nil }
      let left = epochsLeft(result) * seconds
      sum += left
      longest = max(longest, left)
    }
    return max(longest, sum / Double(jobs))
  }
}
