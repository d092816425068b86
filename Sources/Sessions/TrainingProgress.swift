// TrainingProgress.swift
// What a run reports while it is trained, and its results.

package import Networks
package import ProjectorExport
package import Training

/// An event of a run.
package enum TrainingProgress: Sendable {
  /// A step was taken; the rate is that of the recent steps.
  case step(StepReport, imagesPerSecond: Double)
  /// An epoch was completed, or epoch 0 was evaluated. The rate is that of its steps (nil for epoch 0), excluding evaluation and
  /// logging; the seconds include them.
  case epoch(EpochReport, imagesPerSecond: Double?, seconds: Double)
  /// Work after the last epoch begins, for example "evaluating the test images".
  case finishing(String)
}

/// The results of a run.
package struct TrainingOutcome: Sendable {
  /// The evaluation of the test images; nil if the run was interrupted.
  package let test: Evaluation?
  /// The last completed epoch.
  package let lastEpoch: EpochReport?
  /// Number of steps taken.
  package let steps: Int
  /// Wall-clock time of the whole run.
  package let seconds: Double
  /// Speed of the training steps alone.
  package let imagesPerSecond: Double
  /// The run's directory.
  package let runPath: String
  /// The checkpoint that was written last.
  package let checkpointPath: String?
  package let wasInterrupted: Bool
  /// Whether it was interrupted because its options say that it pauses.
  package var isPaused = false
  /// Lines about what could not be done although the run continued.
  package let warnings: [String]
  /// Measures of the test images' codes; nil if the run was interrupted, or there are too few of them.
  package var testQuality: LatentQuality?
  /// The classes that the codes mix up; nil if there is only one class.
  package var confusion: ClassConfusion?
}
