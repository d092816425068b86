// TrialOrder.swift
// Which trial comes next: one of each model first, then those that take longest, so that no processor waits at the end.

import Experiments
import Networks
import Training

/// Chooses among trials by what others of their model took. What a trial computes does not depend on it.
struct TrialOrder {
  private var begun: Set<Architecture> = []
  /// Seconds and epochs of trials that came to an end.
  private var taken: [Architecture: (seconds: Double, epochs: Int)] = [:]

  mutating func begin(_ trial: Trial) { begun.insert(trial.configuration.architecture) }

  mutating func end(_ trial: Trial, _ record: RunRecord?) {
    guard let results = record?.results, results.epochs > 0, results.seconds.isFinite else { return }
    let sum = taken[trial.configuration.architecture] ?? (0, 0)
    taken[trial.configuration.architecture] = (sum.seconds + results.seconds, sum.epochs + results.epochs)
  }

  /// The place of the next one; equal ones in their order.
  func next(of trials: [Trial]) -> Int? {
    let keys = trials.map { expected($0.configuration) }
    return keys.indices.max { (keys[$0], $1) < (keys[$1], $0) }
  }

  /// Seconds; infinity for a model of which no trial has begun.
  private func expected(_ configuration: TrainingConfiguration) -> Double {
    guard begun.contains(configuration.architecture) else { return .infinity }
    return taken[configuration.architecture].map { $0.seconds / Double($0.epochs) * Double(configuration.epochs) } ?? 0
  }
}
