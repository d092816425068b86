// TrainingProgress.swift
// The reports of a run during training, its speed, and its results.

package import Networks
package import ProjectorExport
package import Runs
package import Training

/// A report of a run to its caller.
package enum TrainingProgress: Sendable {
  /// A step was taken; the rate is that of the recent steps.
  case step(StepReport, imagesPerSecond: Double)
  /// An epoch was completed, or the untrained model was evaluated as epoch 0. The rate is that of the epoch's steps (nil for
  /// epoch 0), excluding evaluation and logging; the seconds include them.
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
  /// The epoch with the lowest validation loss.
  package var bestEpoch: EpochReport?
  /// The epoch whose weights are measured and shown at the end: the last, or with a patience the best. Nil if the run was interrupted.
  package var shownEpoch: EpochReport?
  /// Where the run stopped early; nil if it did not.
  package var earlyStop: EarlyStop?
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
  /// Texts of the run's warnings.
  package let warnings: [String]
  /// Measures of the test images' codes; nil if the run was interrupted, or if there are too few images.
  package var testQuality: LatentQuality?
  /// The classes that the codes mix up; nil if there is only one class.
  package var confusion: ClassConfusion?
}

extension Duration {
  /// The duration in seconds.
  package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Counts images and the seconds that their steps took.
struct SpeedMeter {
  private(set) var images = 0
  private(set) var seconds = 0.0

  mutating func add(images: Int, taking duration: Duration) {
    self.images += images
    seconds += duration.seconds
  }

  /// 0 before the first step.
  var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }

  /// Returns the rate so far, and starts counting anew.
  mutating func restart() -> Double {
    defer { self = SpeedMeter() }
    return imagesPerSecond
  }
}
