// TrainingDisplay.swift
// The interface through which a training run is shown, the JSON display for programs, and the TensorBoard command.

import ByteStreams
import Embeddings
package import Networks
import ProjectorExport
package import Sessions
package import Training

/// The properties of a run that are known before its first step.
package struct TrainingStart {
  package let modelName: String
  package let layers: [Layer]
  /// A line that describes the images.
  package let data: String
  /// Notes about the image files, a line each.
  package let notes: [String]
  package let kernels: String
  package let threads: Int
  package let runPath: String
  /// A line about the run with whose weights this one begins, and its place; nil if they were drawn.
  package let startLine: String?
  package let start: WeightSource?
  package let epochs: Int
  /// The steps done before the run was resumed; 0 for a new run.
  package let steps: Int
  package let totalSteps: Int

  package init(
    modelName: String, layers: [Layer], data: String, notes: [String] = [], kernels: String, threads: Int,
    runPath: String, startLine: String? = nil, start: WeightSource? = nil, epochs: Int, steps: Int = 0, totalSteps: Int
  ) {
    self.modelName = modelName
    self.layers = layers
    self.data = data
    self.notes = notes
    self.kernels = kernels
    self.threads = threads
    self.runPath = runPath
    self.startLine = startLine
    self.start = start
    self.epochs = epochs
    self.steps = steps
    self.totalSteps = totalSteps
  }

  /// The number of weights in the network.
  package var weightCount: Int { layers.reduce(0) { $0 + $1.weights } }
}

/// Shows a run from its start to its end.
package protocol TrainingDisplay: AnyObject {
  func begin(_ start: TrainingStart)
  func show(_ progress: TrainingProgress)
  /// Tells that a signal arrived and the run ends after the current step.
  func stopping()
  func end(_ outcome: TrainingOutcome)
  /// Erases the progress line of a run that failed.
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

/// Prints JSON lines for programs, each with the member `event`: `start`, `epoch` or `end`.
package final class JSONDisplay: TrainingDisplay {
  private let output: TextStream

  package init(output: TextStream) { self.output = output }

  package func begin(_ start: TrainingStart) {
    var line = JSONLine()
    line.add("event", "start")
    line.add("run", start.runPath)
    line.add("model", start.modelName)
    line.add("weights", start.weightCount)
    line.add("kernels", start.kernels)
    line.add("threads", start.threads)
    line.add("epochs", start.epochs)
    line.add("steps", start.totalSteps)
    line.add("resumed_at_step", start.steps > 0 ? start.steps : nil)
    line.add("start_from", start.start?.run)
    line.add("start_from_step", start.start?.step)
    line.add("notes", start.notes)
    output.line(line.text)
  }

  package func show(_ progress: TrainingProgress) {
    guard case .epoch(let report, let imagesPerSecond, let seconds) = progress else { return }
    var line = JSONLine()
    line.add("event", "epoch")
    line.add("epoch", report.epoch)
    line.add("step", report.step)
    line.add("train_loss", report.trainingLoss)
    line.add("validation_loss", report.validation.reconstructionLoss)
    line.add("validation_rmse", report.validation.rmse)
    line.add("images_per_second", imagesPerSecond)
    line.add("seconds", seconds)
    output.line(line.text)
  }

  package func stopping() {}

  package func end(_ outcome: TrainingOutcome) {
    var line = JSONLine()
    line.add("event", "end")
    line.add("run", outcome.runPath)
    line.add("interrupted", outcome.wasInterrupted)
    line.add("test_loss", outcome.test?.reconstructionLoss)
    line.add("test_rmse", outcome.test?.rmse)
    line.add("distinct_codes", outcome.testQuality?.distinct)
    line.add("dead_units", outcome.testQuality?.dead.count)
    line.add("tied_codes", outcome.testQuality?.tied)
    line.add("neighbour_accuracy", outcome.testQuality?.votes?.accuracy)
    line.add("trustworthiness", outcome.testQuality?.trustworthiness)
    line.add("silhouette", outcome.testQuality?.silhouette)
    line.add("images_per_second", outcome.imagesPerSecond)
    line.add("seconds", outcome.seconds)
    line.add("epochs", outcome.lastEpoch?.epoch)
    line.add("best_epoch", outcome.bestEpoch?.epoch)
    line.add("best_validation_loss", outcome.bestEpoch?.validation.reconstructionLoss)
    line.add("stopped_early", outcome.earlyStop != nil)
    line.add("checkpoint", outcome.checkpointPath)
    line.add("warnings", outcome.warnings)
    output.line(line.text)
  }

  package func fail() {}
}

/// The command that shows a log directory in TensorBoard, to copy into a shell, and the page's address.
enum TensorBoardCommand {
  /// A tab of the page.
  enum Tab: String { case timeSeries = "timeseries", hparams, projector }

  /// Returns the address of a tab on the default port. It opens the tab at once, even if the page has not found its files yet.
  static func address(of tab: Tab) -> String { "http://localhost:6006/#\(tab.rawValue)" }

  /// Returns the command. A relative path that begins with a hyphen gets "./", so that it is not read as an option.
  static func line(logdir: String) -> String {
    ShellWord.line(["tensorboard", "--logdir", logdir.hasPrefix("-") ? "./\(logdir)" : logdir])
  }
}
