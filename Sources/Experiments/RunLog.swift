// RunLog.swift
// The two event files of a run: training, and evaluation below it.

import ByteStreams
import EventFiles
import Networks
import Datasets
import Training

/// Writes a run's reports for TensorBoard.
struct RunLog {
  private let training: RunWriter
  private let evaluation: RunWriter
  private let probe: ActivationProbe

  /// The run of the evaluation, below the training's.
  static let evaluationName = "eval"

  /// Opens both event files in the run's directory, which they hold until `close`.
  init(_ runPath: String, run: TrainingRun) throws {
    training = try RunWriter(runPath)
    evaluation = try training.subrun(Self.evaluationName)
    probe = ActivationProbe(run.autoencoder, validationImages: run.data.validation.count)
  }

  /// What is known before the first step: hyperparameters, graph, texts.
  func begin(_ options: TrainingOptions, run: TrainingRun) throws {
    try training.hyperParameterTable(HyperParameterTable.ofRuns)
    try training.hyperParameters(RunTexts.hyperParameters(run.configuration, data: run.data))
    try training.graph(ModelGraph.graph(of: run))
    try training.write(
      [
        .text(
          Series.command.tag, RunTexts.command(options, run: run), description: Series.command.description),
        .text(Series.layers.tag, RunTexts.layers(of: run.autoencoder), description: Series.layers.description),
      ], step: 0)
    try flush()
  }

  func log(_ report: StepReport, imagesPerSecond: Double) throws {
    try training.write(report.summaries(imagesPerSecond: imagesPerSecond), step: Step(report.step))
  }

  func log(_ report: EpochReport, of run: TrainingRun, reconstructions: EncodedImages?) throws {
    let step = Step(report.step)
    try training.write(run.autoencoder.slab.summaries() + probe.summaries(of: run), step: step)
    try evaluation.write(report.validation.validationSummaries, step: step)
    if let reconstructions {
      let series = Series.reconstructions(
        rows: ReconstructionPicture.rows(isDenoising: run.configuration.noiseFactor > 0))
      try evaluation.images(series.tag, reconstructions, step: step, description: series.description)
    }
    try flush()
  }

  func log(test: Evaluation, step: Int) throws {
    try evaluation.write(test.testSummaries, step: Step(step))
    try flush()
  }

  /// Says how the run ended, closes the files and gives the directory free; all of it even where some of it fails.
  func end(_ status: SessionEnd.Status) throws {
    let outcomes = [
      Result { try training.ended(status) }, Result { try training.close() }, Result { try evaluation.close() },
    ]
    for outcome in outcomes { try outcome.get() }
  }

  private func flush() throws {
    try training.flush()
    try evaluation.flush()
  }
}
