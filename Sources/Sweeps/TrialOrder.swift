// TrialOrder.swift
// Which trial comes next: one of each model first, then those that take longest, so that no processor waits at the end.

import Networks
import Runs
import Training

/// Chooses among the trials of a sweep by what others of their model took. What a trial computes does not depend on it.
struct TrialOrder {
  /// What is known of the trials of one model.
  private struct Model {
    var isBegun = false
    /// Of trials that came to an end.
    var seconds = 0.0
    var epochs = 0
  }

  /// The model of each trial.
  private let numbers: [Int]
  private var models: [Model]
  /// Indices of trials that come behind all others, because next to nothing of them is left.
  var last: Set<Int> = []

  /// - Parameter trials: all of the sweep.
  init(_ trials: [Trial]) {
    var known: [Architecture: Int] = [:]
    var numbers: [Int] = []
    for trial in trials {
      let number = known[trial.configuration.architecture] ?? known.count
      known[trial.configuration.architecture] = number
      numbers.append(number)
    }
    self.numbers = numbers
    models = Array(repeating: Model(), count: known.count)
  }

  mutating func begin(_ trial: Trial) { models[numbers[trial.index]].isBegun = true }

  mutating func end(_ trial: Trial, _ record: RunRecord?) {
    guard let results = record?.results, results.epochs > 0, results.seconds.isFinite else { return }
    models[numbers[trial.index]].seconds += results.seconds
    models[numbers[trial.index]].epochs += results.epochs
  }

  /// The place of the next one; equal ones in their order.
  /// - Parameter held: the indices of trials that are out of the question.
  /// - Complexity: O(trials).
  func next(of trials: [Trial], without held: Set<Int> = []) -> Int? {
    var best: (place: Int, seconds: Double)?
    for (place, trial) in trials.enumerated() where held.isEmpty || !held.contains(trial.index) {
      let seconds = expected(trial)
      if best.map({ seconds > $0.seconds }) ?? true { best = (place, seconds) }
    }
    return best?.place
  }

  /// Infinity for a model of which no trial has begun; 0 for one of which none has come to an end.
  private func expected(_ trial: Trial) -> Double {
    if last.contains(trial.index) { return -1 }
    let model = models[numbers[trial.index]]
    if !model.isBegun { return .infinity }
    return model.epochs > 0 ? model.seconds / Double(model.epochs) * Double(trial.configuration.epochs) : 0
  }
}
