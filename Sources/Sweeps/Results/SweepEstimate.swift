// SweepEstimate.swift
// Estimates how much of a sweep is done and how long the rest takes; before it begins, by a few steps of each model.

package import Datasets
import Networks
import Runs
import Tensors
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
  private let rungEpochs: Int?
  /// Of trials that will be chosen at comparisons to come.
  private let laterEpochs: Double

  /// - Parameters:
  ///   - ladder: of a sweep whose trials are compared.
  ///   - rung: how many comparisons there were.
  package init(_ results: [TrialResult], jobs: Int, ladder: Ladder? = nil, rung: Int = 0) {
    (self.results, self.jobs) = (results, max(1, jobs))
    rungEpochs = ladder?.rungs[rung].epochs
    let later = zip(ladder?.rungs.dropFirst(rung + 1) ?? [], ladder?.rungs.dropFirst(rung) ?? [])
    laterEpochs = later.reduce(0) { $0 + Double($1.0.trials * ($1.0.epochs - $1.1.epochs)) }
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
      return left / (1 - progress.share) / max(1, target(trial))
    }
    return expected.isEmpty ? nil : expected.reduce(0, +) / Double(expected.count)
  }

  /// Until a trial is compared next, or until its end.
  private func target(_ trial: Trial) -> Double { Double(rungEpochs ?? trial.configuration.epochs) }

  /// Epochs of a trial that are over, the one at hand in part.
  private func epochsDone(_ result: TrialResult) -> Double {
    if result.state == .running, let progress = progress[result.trial.index] {
      return target(result.trial) * progress.share
    }
    return Double(result.record?.results.epochs ?? 0)
  }

  /// Epochs that are still to be trained now.
  private func epochsLeft(_ result: TrialResult) -> Double {
    switch result.state {
    case .completed, .outdone, .stopped, .paused, .failed, .changed: 0
    case .running, .waiting, .interrupted: max(0, target(result.trial) - epochsDone(result))
    }
  }

  /// Of the epochs of all trials that are to be trained, 0 … 1.
  package var share: Double {
    let done = results.reduce(0) { $0 + epochsDone($1) }
    let all = results.reduce(done + laterEpochs) { $0 + epochsLeft($1) }
    return all > 0 ? done / all : 1
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
    if laterEpochs > 0 {
      guard let ofAny else { return nil }
      sum += laterEpochs * ofAny
    }
    return max(longest, sum / Double(jobs))
  }
}

/// A model's size, and how long its training would take.
package struct TrialSize: Equatable, Sendable {
  package let weights: Int
  /// Numbers of the code.
  package let bottleneck: Int
  /// Of the steps and the evaluations, as a few of them took.
  package let seconds: Double

  /// Refuses a trial that these images can't train.
  /// - Throws: `SweepError.badTrial`.
  package static func check(_ trial: Trial, images: DatasetSplits) throws(SweepError) {
    let batch = trial.configuration.batchSize
    do throws(ArchitectureError) {
      try trial.configuration.architecture.checkSize(imageShape: images.shape)
    } catch {
      throw .badTrial(name: trial.name, reason: "\(error)")
    }
    if batch > images.training.count {
      throw .badTrial(
        name: trial.name, reason: "\(TrainingError.batchLargerThanSet(batch: batch, images: images.training.count))")
    }
  }

  /// Builds the model and takes a few steps with it.
  package init(measuring trial: Trial, images: DatasetSplits, threads: Int) throws {
    try Self.check(trial, images: images)
    let run = try TrainingRun(trial.configuration, on: images, threads: ThreadAllowance(threads))
    run.onNonFinite = .skip
    weights = run.autoencoder.slab.weightCount
    bottleneck = run.autoencoder.bottleneckCount
    let clock = ContinuousClock()
    let evaluation = try clock.measure { _ = try run.next() }
    if run.stepsPerEpoch > 1 { _ = try run.next() }
    var (steps, taken) = (0, Duration.zero)
    while steps == 0 || taken < .milliseconds(100), steps < 20, !run.owesEpoch || steps == 0 {
      taken += try clock.measure { _ = try run.next() }
      steps += 1
    }
    let epochs = Double(trial.configuration.epochs)
    seconds = epochs * Double(run.stepsPerEpoch) * (taken / Double(steps)).seconds + (epochs + 1) * evaluation.seconds
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
