// RunLog.swift
// The two event files of a run: training, and evaluation below it.

import ByteStreams
import EventFiles
import Networks
import Datasets
import Parallel
import Training

/// Writes a run's reports for TensorBoard.
struct RunLog: Sendable {
  private let training: RunWriter
  private let evaluation: RunWriter
  private let probe: ActivationProbe
  /// The first step that is not taken from earlier files; nil for a run in one piece.
  private let resumeStep: Int?

  /// The run of the evaluation, below the training's.
  static let evaluationName = "eval"

  /// Opens both event files in the run's directory, which they hold until `end`.
  /// - Parameter step: for a run that goes on, the first step that will be logged; later ones of earlier files are forgotten.
  init(_ runPath: String, run: TrainingRun, resumingAt step: Int? = nil) throws {
    training = try RunWriter(runPath, resumingAt: step.map { Step($0) })
    evaluation = try training.subrun(Self.evaluationName)
    resumeStep = step
    probe = ActivationProbe(run.autoencoder, validationImages: run.data.validation.count)
  }

  /// What is known before the first step: hyperparameters, graph, texts.
  func begin(_ options: TrainingOptions, run: TrainingRun) throws {
    try training.hyperParameterTable(HyperParameterTable(options.comparison))
    try training.hyperParameters(RunTexts.hyperParameters(run.configuration, data: run.data.name))
    try training.graph(ModelGraph.graph(of: run))
    try training.write(
      [
        .text(
          MetricTag.command.tag, RunTexts.command(options, run: run), description: MetricTag.command.description),
        .text(MetricTag.layers.tag, RunTexts.layers(of: run.autoencoder), description: MetricTag.layers.description),
        MetricTag.weightCount.scalar(Double(run.autoencoder.slab.weightCount)),
        MetricTag.bottleneck.scalar(Double(run.autoencoder.bottleneckCount)),
      ], step: 0)
    try flush()
  }

  func log(_ report: StepReport, imagesPerSecond: Double) throws {
    try training.write(report.summaries(imagesPerSecond: imagesPerSecond), step: Step(report.step))
  }

  /// - Parameter progress: what the run has taken so far.
  func log(
    _ report: EpochReport, of run: TrainingRun, reconstructions: EncodedImages?, progress: [SummaryValue]
  ) throws {
    let step = Step(report.step)
    try training.write(run.autoencoder.slab.summaries() + probe.summaries(of: run) + progress, step: step)
    try evaluation.write(report.validation.validationSummaries, step: step)
    if let reconstructions {
      let series = MetricTag.reconstructions(
        rows: ReconstructionPicture.rows(isDenoising: run.configuration.noiseFactor > 0))
      try evaluation.images(series.tag, reconstructions, step: step, description: series.description)
    }
    try flush()
  }

  /// Values of the evaluation, all in one record.
  func log(_ values: [SummaryValue], step: Int) throws {
    if !values.isEmpty { try evaluation.write(values, step: Step(step)) }
    try flush()
  }

  /// Logs all that is known after the last epoch in one record, unless the run was cut off after it had done so.
  /// - Parameter values: beside the loss and RMSE.
  func log(test: Evaluation, _ values: [SummaryValue], step: Int) throws {
    if try !isTested(step) { try evaluation.write(test.testSummaries + values, step: Step(step)) }
    try flush()
  }

  /// Whether earlier files have that value, and it counts.
  private func isTested(_ step: Int) throws -> Bool {
    guard let resumeStep, step < resumeStep else { return false }
    var isTested = false
    var reader = RunReader(evaluation.path)
    try reader.read { if $0.tag == MetricTag.testLoss.tag && $0.step == Step(step) { isTested = true } }
    return isTested
  }

  /// Makes sure that nobody has removed the run.
  /// - Throws: `FileError.gone`.
  func checkPlace() throws {
    try training.checkPlace()
    try evaluation.checkPlace()
  }

  /// Waits until the device has all that was logged: a checkpoint that follows is never ahead of the log.
  func sync() throws {
    _ = try sideBySide(threads: 2) {
      try training.sync()
    } _: {
      try evaluation.sync()
    }
  }

  /// Notes how the run ended, and waits until the device has all that was logged: a record that says so is never ahead of it.
  /// - Parameter status: nil for a run that may go on. TensorBoard believes the first that a run gives.
  func conclude(_ status: SessionEnd.Status?) throws {
    if let status { try training.ended(status) }
    try sync()
  }

  /// Closes the files and gives the directory free, even where some of it fails.
  func close() throws {
    let outcomes = [Result { try training.close() }, Result { try evaluation.close() }]
    for outcome in outcomes { try outcome.get() }
  }

  private func flush() throws {
    try training.flush()
    try evaluation.flush()
  }
}
