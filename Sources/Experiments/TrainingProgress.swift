// TrainingProgress.swift
// What a person who waits for a run is told.

package import Networks
package import Training

/// What has just happened in a run.
package enum TrainingProgress: Sendable {
  /// A step was taken; the rate is that of the recent steps.
  case step(StepReport, imagesPerSecond: Double)
  /// An epoch is over, or epoch 0 was evaluated; the rate is that of its steps (nil for epoch 0), evaluation and logging
  /// left out, and the seconds all that it took.
  case epoch(EpochReport, imagesPerSecond: Double?, seconds: Double)
  /// Something after the last epoch begins, for example "evaluating the test images".
  case finishing(String)
}

/// What a run came to.
package struct TrainingOutcome: Sendable {
  /// On the test images; nil where the run was interrupted.
  package let test: Evaluation?
  /// The last epoch that was finished.
  package let lastEpoch: EpochReport?
  /// Steps taken.
  package let steps: Int
  /// Of the whole run, on the wall's clock.
  package let seconds: Double
  /// Of the training steps alone.
  package let imagesPerSecond: Double
  /// The run's directory.
  package let runPath: String
  /// The checkpoint that was written last.
  package let checkpointPath: String?
  package let wasInterrupted: Bool
  /// It was interrupted where its options say that it pauses.
  package var isPaused = false
  /// What could not be done, though the run went on; each a line.
  package let warnings: [String]
  /// Of the test images' codes; nil where the run was interrupted, or there are too few of them.
  package var testCode: LatentQuality?
  /// Which classes they mix up; nil where there is but one.
  package var confusion: ClassConfusion?
}
