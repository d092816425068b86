// TrainingReport.swift
// What training yields: a value for every step and one for every epoch.

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
