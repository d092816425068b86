// SweepEstimate.swift
// Estimates how much of a sweep is done and how long the rest takes; before it begins, by a few steps of each model.

package import Datasets
import Networks
import Parallel
import Runs
import Sessions
import Tensors
import Training

/// Estimates for display; no result depends on them.
package struct SweepEstimate {
  private let results: [TrialResult]
  private let jobs: Int
  /// The progress of running trials, by index.
  private var progress: [Int: TrialProgress] = [:]
  /// Seconds an epoch takes, for each model that was trained for at least one epoch, and over all models.
  private let ofModel: [Architecture: Double]
  private let ofAny: Double?
  private let rungEpochs: Int?
  /// Epochs of the trials that later comparisons will promote.
  private let laterEpochs: Double

  /// - Parameters:
  ///   - ladder: the rungs of a sweep whose trials are compared.
  ///   - rung: the number of comparisons so far.
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

  /// Returns the seconds that an epoch of a trial takes; nil before any trial gave an estimate.
  private func epochSeconds(_ trial: Trial) -> Double? {
    if let known = ofModel[trial.configuration.architecture] ?? ofAny { return known }
    // Before the first epoch ends, the running trials' own estimates count.
    let expected = progress.values.compactMap { progress -> Double? in
      guard let left = progress.seconds_left, progress.fraction < 1 else { return nil }
      return left / (1 - progress.fraction) / max(1, target(trial))
    }
    return expected.isEmpty ? nil : expected.reduce(0, +) / Double(expected.count)
  }

  /// Returns the epochs until the trial's next comparison or its end.
  private func target(_ trial: Trial) -> Double { Double(rungEpochs ?? trial.configuration.epochs) }

  /// Returns the trained epochs of a trial, with the fraction of the current one.
  private func epochsDone(_ result: TrialResult) -> Double {
    if result.state == .running, let progress = progress[result.trial.index] {
      return target(result.trial) * progress.fraction
    }
    return Double(result.record?.results.epochs ?? 0)
  }

  /// Returns the epochs of a trial that are still to be trained before the next comparison.
  private func epochsLeft(_ result: TrialResult) -> Double {
    switch result.state {
    case .completed, .eliminated, .stopped, .paused, .failed, .changed: 0
    case .running, .waiting, .interrupted: max(0, target(result.trial) - epochsDone(result))
    }
  }

  /// The fraction of all epochs to be trained that are done, 0 … 1.
  package var fraction: Double {
    let done = results.reduce(0) { $0 + epochsDone($1) }
    let all = results.reduce(done + laterEpochs) { $0 + epochsLeft($1) }
    return all > 0 ? done / all : 1
  }

  /// Seconds until the last trial ends, with `jobs` trials at a time; nil before any trial gave an estimate.
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

/// The size of a trial's model, and the time that its training would take.
package struct TrialSize: Equatable, Sendable {
  package let weights: Int
  /// The dimensions of the code.
  package let bottleneck: Int
  /// Seconds of all steps and evaluations, extrapolated from a few of them.
  package let seconds: Double

  /// Refuses a trial that can't be trained on these images.
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

  /// Builds the model and measures a few steps.
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
