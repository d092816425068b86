// TrialSize.swift
// What a trial's model needs, before it is trained.

package import Datasets
import Networks
import Parallel
import Training

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
