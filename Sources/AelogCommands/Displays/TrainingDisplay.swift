// TrainingDisplay.swift
// What a person or a program sees of a training run.

package import Networks
package import Sessions

/// All that is known of a run before its first step.
package struct TrainingStart {
  package let modelName: String
  package let layers: [Layer]
  /// One line about the images.
  package let data: String
  /// What there is to say about the files of images, a line each.
  package let notes: [String]
  package let kernels: String
  package let threads: Int
  package let runPath: String
  package let epochs: Int
  /// Taken before this run went on; 0 for a new one.
  package let steps: Int
  package let totalSteps: Int

  package init(
    modelName: String, layers: [Layer], data: String, notes: [String] = [], kernels: String, threads: Int,
    runPath: String, epochs: Int, steps: Int = 0, totalSteps: Int
  ) {
    self.modelName = modelName
    self.layers = layers
    self.data = data
    self.notes = notes
    self.kernels = kernels
    self.threads = threads
    self.runPath = runPath
    self.epochs = epochs
    self.steps = steps
    self.totalSteps = totalSteps
  }

  /// Numbers in the network.
  package var weightCount: Int { layers.reduce(0) { $0 + $1.weights } }
}

/// Follows a run from its start to its end.
package protocol TrainingDisplay: AnyObject {
  func begin(_ start: TrainingStart)
  func show(_ progress: TrainingProgress)
  /// A signal came; the run ends after the step at hand.
  func stopping()
  func end(_ outcome: TrainingOutcome)
  /// The run broke off: nothing half-drawn may stay.
  func fail()
}

/// Shows nothing.
package final class QuietDisplay: TrainingDisplay {
  package init() {}
  package func begin(_ start: TrainingStart) {}
  package func show(_ progress: TrainingProgress) {}
  package func stopping() {}
  package func end(_ outcome: TrainingOutcome) {}
  package func fail() {}
}
