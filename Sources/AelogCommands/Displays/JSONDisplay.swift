// JSONDisplay.swift
// A training run for programs: one JSON object a line, at the start, after each epoch, and at the end.

import Embeddings
import Networks
import ProjectorExport
package import Sessions
import Training

/// JSON lines, each with the member `event`: `start`, `epoch` or `end`.
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
    line.add("tied_codes", outcome.testQuality?.tied)
    line.add("neighbour_accuracy", outcome.testQuality?.votes?.accuracy)
    line.add("trustworthiness", outcome.testQuality?.trustworthiness)
    line.add("silhouette", outcome.testQuality?.silhouette)
    line.add("images_per_second", outcome.imagesPerSecond)
    line.add("seconds", outcome.seconds)
    line.add("checkpoint", outcome.checkpointPath)
    line.add("warnings", outcome.warnings)
    output.line(line.text)
  }

  package func fail() {}
}
