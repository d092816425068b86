// TrainingReport.swift
// The values that training yields, one for every step and one for every epoch, and the position of a run between them.

package import Networks

/// The loss and gradient of one step, before its update.
package struct StepReport: Hashable, Sendable {
  /// Counted from 1 over the whole run.
  package let step: Int
  /// Counted from 1.
  package let epoch: Int
  /// Mean reconstruction loss of the batch.
  package let reconstructionLoss: Double
  /// Variational models: the divergence of the codes from the standard normal distribution, per element of an image; nil for others.
  package let divergence: Double?
  /// The reconstruction loss plus the terms of the divergence and of weight decay.
  package let totalLoss: Double
  package let learningRate: Double
  /// Euclidean norm of the total loss's gradient.
  package let gradientNorm: Double
}

/// The evaluation of one epoch, after its last step.
package struct EpochReport: Hashable, Sendable {
  /// Counted from 1; 0 is the untrained network.
  package let epoch: Int
  /// Steps taken so far.
  package let step: Int
  /// Mean reconstruction loss of the epoch's steps; nil for epoch 0.
  package let trainingLoss: Double?
  package let validation: Evaluation
}

/// A value that a training run yields.
package enum TrainingReport: Sendable {
  case step(StepReport)
  case epoch(EpochReport)
}

/// The position of a run between two steps: with the weights and moments, all that its next steps depend on.
package struct TrainingPosition: Equatable, Sendable {
  /// Steps taken, including skipped ones.
  package var step = 0
  /// Epochs evaluated, including the untrained network's epoch 0.
  package var reportedEpochs = 0
  /// The sum of the finite reconstruction losses of this epoch's steps so far.
  package var epochLoss = 0.0
  /// The number of losses in that sum.
  package var epochLosses = 0
  /// Steps of the whole run whose update was skipped because it was not finite.
  package var skippedSteps = 0
  /// The last epoch evaluated.
  package var lastEpoch: EpochReport?
  /// The epoch with the lowest validation loss.
  package var bestEpoch: EpochReport?

  package init() {}

  /// Epochs since the one with the lowest validation loss.
  package var epochsSinceBest: Int { (lastEpoch?.epoch ?? 0) - (bestEpoch?.epoch ?? 0) }
}
