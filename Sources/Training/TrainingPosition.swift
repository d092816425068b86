// TrainingPosition.swift
// How far a run has come: with the weights and moments, all that its continuation depends on.

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
