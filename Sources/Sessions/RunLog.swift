// RunLog.swift
// The two event files of a run, training and evaluation, and the texts in them: command, data, table of layers.

import ByteStreams
import Datasets
import EventFiles
import ModelExport
import Networks
import Parallel
import Probes
import Runs
import Tensors
import Training

/// Writes a run's reports for TensorBoard.
struct RunLog: Sendable {
  private let training: RunWriter
  private let evaluation: RunWriter
  /// The first step that earlier files do not have; nil for a run that was never resumed.
  private let resumeStep: Int?
  private let names: TagNames

  /// Opens both event files in the run's directory; they hold its lock until `close`.
  /// - Parameters:
  ///   - step: for a resumed run, the first step that will be logged. TensorBoard drops this and later steps of earlier files.
  ///   - names: the names of a new run's tags; a resumed run keeps its own.
  init(_ runPath: String, resumingAt step: Int? = nil, names: TagNames = .current) throws {
    self.names = TagNames(ofRun: runPath) ?? names
    training = try RunWriter(runPath, resumingAt: step.map { Step($0) })
    evaluation = try training.subrun(RunDirectory.evaluationName)
    resumeStep = step
  }

  /// Logs everything that is known before the first step: hyperparameters, graph, texts.
  func begin(_ options: TrainingOptions, run: TrainingRun, guide: RunGuide) throws {
    try training.hyperParameterTable(HyperParameterTable(options.comparison, names: names))
    try training.hyperParameters(RunHyperParameters.values(of: run.configuration, data: run.data.name))
    try training.graph(ModelGraph.graph(of: run))
    let slab = run.autoencoder.slab
    try write(
      [
        MetricTag.guide.text(guide.text(names)), MetricTag.command.code(options.commandLines(for: run)),
        MetricTag.layers.text(run.autoencoder.layerTable),
        MetricTag.weightCount.scalar(Double(slab.weightCount)),
        MetricTag.bottleneck.scalar(Double(run.autoencoder.bottleneckCount)),
      ], to: training, step: 0)
    try flush()
  }

  /// Logs a step of training.
  func log(_ report: StepReport, imagesPerSecond: Double) throws {
    try write(
      [
        MetricTag.totalLoss.scalar(report.totalLoss), MetricTag.reconstructionLoss.scalar(report.reconstructionLoss),
        MetricTag.learningRate.scalar(report.learningRate), MetricTag.gradientNorm.scalar(report.gradientNorm),
        MetricTag.speed.scalar(imagesPerSecond),
      ] + (report.divergence.map { [MetricTag.divergence.scalar($0)] } ?? []), to: training,
      step: report.step)
  }

  /// Logs an epoch: the validation losses, and the results of the probes.
  /// - Parameter progress: the run's epochs, seconds and speed so far.
  func log(_ report: EpochReport, _ results: [ProbeResult], progress: [SummaryValue]) throws {
    let losses =
      [
        MetricTag.reconstructionLoss.scalar(report.validation.reconstructionLoss),
        MetricTag.rmse.scalar(report.validation.rmse),
      ] + (report.validation.divergence.map { [MetricTag.divergence.scalar($0)] } ?? [])
    try write(results.flatMap(\.training) + progress, to: training, step: report.step)
    try write(losses + results.flatMap(\.evaluation), to: evaluation, step: report.step)
    try flush()
  }

  /// Logs the test results in one record, and the guide, unless an interrupted process of the same run has logged them.
  /// - Parameters:
  ///   - values: logged beside the loss and RMSE of the test images.
  ///   - guide: describes the run with its results.
  func log(test: Evaluation, _ values: [SummaryValue], guide: RunGuide, step: Int) throws {
    let losses = [MetricTag.testLoss.scalar(test.reconstructionLoss), MetricTag.testRMSE.scalar(test.rmse)]
    if try !has(MetricTag.testLoss, of: step, in: evaluation) { try write(losses + values, to: evaluation, step: step) }
    if try !has(MetricTag.guide, of: step, in: training) {
      try write([MetricTag.guide.text(guide.text(names))], to: training, step: step)
    }
    try flush()
  }

  /// Logs values under the names of the run's tags.
  private func write(_ values: [SummaryValue], to run: RunWriter, step: Int) throws {
    try run.write(names.name(values), step: Step(step))
  }

  /// Whether earlier files of a run have a tag at that step, and TensorBoard shows it.
  private func has(_ metric: MetricTag, of step: Int, in run: RunWriter) throws -> Bool {
    guard let resumeStep, step < resumeStep else { return false }
    let tag = names.name(metric.tag)
    var isThere = false
    var reader = RunReader(run.path)
    try reader.read { if $0.tag == tag && $0.step == Step(step) { isThere = true } }
    return isThere
  }

  /// Checks that the run's directory has not been removed.
  /// - Throws: `FileError.gone`.
  func checkPlace() throws {
    try training.checkPlace()
    try evaluation.checkPlace()
  }

  /// Checks that no other process has taken the run.
  /// - Throws: `FileError.inUseElsewhere`, `.inUse`.
  func checkHolder() throws { try training.checkHolder() }

  /// Waits until the device has everything that was logged, so that a later checkpoint is never ahead of the log.
  func sync() throws {
    _ = try sideBySide(threads: 2) {
      try training.sync()
    } _: {
      try evaluation.sync()
    }
  }

  /// Logs how the run ended, and waits until the device has the log, so that the final record is never ahead of the log.
  /// - Parameter status: nil for a run that may be resumed, since TensorBoard takes the first end that a run's files hold.
  func conclude(_ status: SessionEnd.Status?) throws {
    if let status { try training.ended(status) }
    try sync()
  }

  /// Closes the files and unlocks the directory, even if some of it fails.
  func close() throws {
    let outcomes = [Result { try training.close() }, Result { try evaluation.close() }]
    for outcome in outcomes { try outcome.get() }
  }

  private func flush() throws {
    try training.flush()
    try evaluation.flush()
  }
}

extension TrainingOptions {
  /// Returns lines about the command, the data and the program.
  func commandLines(for run: TrainingRun) -> [String] {
    let data = run.data
    let source = run.weightSource.map {
      ["weights      of step \($0.step) of \(DisplayName.escaped($0.run)), digest \($0.weights)"]
    }
    return [
      ShellWord.line(commandLine),
      "",
      "data         \(DisplayName.escaped(self.data.argument)), fingerprint \(data.fingerprint)",
      "images       \(data.training.count) training, \(data.validation.count) validation, \(data.test.count) test",
      "each         \(data.shape) (height × width × channels)",
      "kernels      \(run.autoencoder.kernelsName), \(DisplayName.counted(threads, "thread"))",
      "program      aelog \(AelogVersion.current), Swift \(AelogVersion.swift)",
    ] + (source ?? [])
  }
}

extension Autoencoder {
  /// The layers with their shapes and weights, and the sum, as a Markdown table.
  var layerTable: String {
    let rows = layers.map { layer in
      [
        layer.name, layer.operation.title + (layer.activation == .linear ? "" : " + \(layer.activation.title)"),
        layer.outputShape.map(String.init).joined(separator: "×"), layer.weights == 0 ? "" : "\(layer.weights)",
      ]
    }
    let table =
      [["layer", "kind", "output", "weights"], ["---", "---", "---", "---:"]] + rows
      + [["**total**", "", "", "**\(slab.weightCount)**"]]
    return table.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}
