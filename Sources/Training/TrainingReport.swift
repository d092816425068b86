// TrainingReport.swift
// The values that training yields, one for every step and one for every epoch, and the position of a run between them.

package import Networks

/// One step, as it was before its update.
package struct StepReport: Hashable, Sendable {
  /// Counted from 1 over the whole run.
  package let step: Int
  /// Counted from 1.
  package let epoch: Int
  /// Mean sigmoid cross entropy of the batch.
  package let reconstructionLoss: Double
  /// With weight decay.
  package let totalLoss: Double
  package let learningRate: Double
  /// Euclidean norm of the total loss's gradient.
  package let gradientNorm: Double
}

/// One epoch, after its last step.
package struct EpochReport: Hashable, Sendable {
  /// Counted from 1; 0 is the untrained network.
  package let epoch: Int
  /// Steps taken so far.
  package let step: Int
  /// Mean reconstruction loss of the epoch's steps; nil for epoch 0.
  package let trainingLoss: Double?
  package let validation: Evaluation
}

/// What a training run yields next.
package enum TrainingReport: Sendable {
  case step(StepReport)
  case epoch(EpochReport)
}

/// Where a run stands between two steps.
package struct TrainingPosition: Equatable, Sendable {
  /// Steps taken, those that were skipped among them.
  package var step = 0
  /// Epochs that have been evaluated, the untrained network's "epoch 0" among them.
  package var reportedEpochs = 0
  /// The sum of the reconstruction losses of this epoch's steps so far, without those that were not finite.
  package var epochLoss = 0.0
  /// How many losses are in that sum.
  package var epochLosses = 0
  /// Steps of the whole run whose update was left out because it was not finite.
  package var skippedSteps = 0
  /// The last epoch that was evaluated.
  package var lastEpoch: EpochReport?
  /// The one with the lowest validation loss.
  package var bestEpoch: EpochReport?

  package init() {}
}
