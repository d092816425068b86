// RunWriter+Kinds.swift
// For each kind of value: a short way to make it, and a method that logs it.

extension RunWriter {
  /// Logs images of one size. TensorBoard keeps ten steps of a tag, each with all its images.
  public func images(
    _ tag: Tag, _ images: EncodedImages, step: Step, description: String = "", displayName: String = ""
  ) throws {
    try write([.images(tag, images, description: description, displayName: displayName)], step: step)
  }

  /// Logs a distribution.
  public func histogram(
    _ tag: Tag, _ histogram: Histogram, step: Step, description: String = "", displayName: String = ""
  ) throws {
    try write([.histogram(tag, histogram, description: description, displayName: displayName)], step: step)
  }

  /// Logs the distribution of the numbers counted so far. It leaves out NaN and infinities; if there are any, their count is
  /// logged too, as the scalar TAG/non_finite.
  public func histogram(
    _ tag: Tag, _ builder: HistogramBuilder, step: Step, description: String = "", displayName: String = ""
  ) throws {
    var values = [
      SummaryValue.histogram(tag, builder.histogram, description: description, displayName: displayName)
    ]
    if builder.nonFiniteCount > 0 {
      values.append(
        .scalar(
          Tag(unchecked: tag.name + "/non_finite"), Float(builder.nonFiniteCount),
          description: "Count of NaN and infinite numbers; logged only if there are any."))
    }
    try write(values, step: step)
  }

  /// Logs the distribution of `numbers`; NaN and infinities are counted separately, in TAG/non_finite.
  public func histogram(
    _ tag: Tag, of numbers: [Float], step: Step, description: String = "", displayName: String = ""
  ) throws {
    var builder = HistogramBuilder()
    builder.add(numbers)
    try histogram(tag, builder, step: step, description: description, displayName: displayName)
  }

  /// Logs Markdown.
  public func text(
    _ tag: Tag, _ markdown: String, step: Step = 0, description: String = "", displayName: String = ""
  ) throws {
    try write([.text(tag, markdown, description: description, displayName: displayName)], step: step)
  }

  /// Logs a table of Markdown cells.
  public func table(
    _ tag: Tag, rows: [[String]], step: Step = 0, description: String = "", displayName: String = ""
  ) throws {
    try write([.table(tag, rows: rows, description: description, displayName: displayName)], step: step)
  }

  /// Logs clips of sound. TensorBoard keeps ten steps of a tag, each with all its clips.
  public func audio(
    _ tag: Tag, _ audio: EncodedAudio, step: Step, description: String = "", displayName: String = ""
  ) throws {
    try write([.audio(tag, audio, description: description, displayName: displayName)], step: step)
  }

  /// Logs precision and recall of a binary classifier.
  public func precisionRecall(
    _ tag: Tag, _ curve: PrecisionRecallCurve, step: Step, description: String = "", displayName: String = ""
  ) throws {
    try write([.precisionRecall(tag, curve, description: description, displayName: displayName)], step: step)
  }

  /// Logs a surface or a point cloud.
  public func mesh(_ name: Tag, _ mesh: Mesh, step: Step, description: String = "", displayName: String = "") throws {
    try write(SummaryValue.mesh(name, mesh, description: description, displayName: displayName), step: step)
  }

  /// Logs any array for the dashboard `plugin`; TensorBoard shows it only if it has a dashboard of that name.
  /// - Parameter content: settings for the dashboard, in its own format.
  public func tensor(
    _ tag: Tag, _ value: TensorValue, plugin: String, content: [UInt8] = [], step: Step, description: String = "",
    displayName: String = ""
  ) throws {
    try write(
      [.tensor(tag, value, plugin: plugin, content: content, description: description, displayName: displayName)],
      step: step)
  }
}

extension RunWriter {
  /// Logs the model. TensorBoard shows a run's last graph.
  public func graph(_ graph: Graph) throws { try write(Event(.graph(graph))) }

  /// Logs time and memory of the model's nodes in one execution; the Graphs dashboard lists it as `name`.
  public func graphCost(_ name: Tag, _ cost: GraphCost, step: Step = 0) throws {
    try write(Event(.graphCost(name, cost), step: step))
  }

  /// Logs which scalars are drawn in one chart. TensorBoard uses a run's last layout.
  public func scalarLayout(_ layout: ScalarLayout) throws { try write([.scalarLayout(layout)], step: 0) }

  /// Logs the hyperparameters: the run becomes a row of the HParams dashboard.
  public func hyperParameters(_ parameters: [HyperParameter], group: String = "") throws {
    try write([.sessionStart(SessionStart(parameters, group: group))], step: 0)
  }

  /// Logs which columns the HParams dashboard shows; all runs to be compared should log the same table.
  public func hyperParameterTable(_ table: HyperParameterTable) throws {
    try write([.hyperParameterTable(table)], step: 0)
  }

  /// Logs the outcome of the run.
  public func ended(_ status: SessionEnd.Status) throws {
    try write([.sessionEnd(SessionEnd(status))], step: 0)
  }

  /// Logs that a checkpoint was written; no dashboard shows it.
  public func checkpoint(_ path: String, step: Step, message: String = "") throws {
    try write(Event(.sessionLog(SessionLog(.checkpoint, checkpointPath: path, message: message)), step: step))
  }
}

extension SummaryValue {
  /// One number.
  public static func scalar(_ tag: Tag, _ value: Float, description: String = "", displayName: String = "")
    -> SummaryValue
  {
    SummaryValue(tag, .scalar(value), description: description, displayName: displayName)
  }

  /// Images of one size. TensorBoard keeps ten steps of a tag, each with all its images.
  public static func images(_ tag: Tag, _ images: EncodedImages, description: String = "", displayName: String = "")
    -> SummaryValue
  {
    SummaryValue(tag, .images(images), description: description, displayName: displayName)
  }

  /// Counts of numbers in intervals.
  public static func histogram(_ tag: Tag, _ histogram: Histogram, description: String = "", displayName: String = "")
    -> SummaryValue
  {
    SummaryValue(tag, .histogram(histogram), description: description, displayName: displayName)
  }

  /// Markdown.
  public static func text(_ tag: Tag, _ markdown: String, description: String = "", displayName: String = "")
    -> SummaryValue
  {
    SummaryValue(tag, .text(.markdown(markdown)), description: description, displayName: displayName)
  }

  /// A table of Markdown cells; short rows are padded with empty cells.
  public static func table(_ tag: Tag, rows: [[String]], description: String = "", displayName: String = "")
    -> SummaryValue
  {
    SummaryValue(tag, .text(.table(rows)), description: description, displayName: displayName)
  }

  /// Clips of sound. TensorBoard keeps ten steps of a tag, each with all its clips.
  public static func audio(_ tag: Tag, _ audio: EncodedAudio, description: String = "", displayName: String = "")
    -> SummaryValue
  {
    SummaryValue(
      tag, .tensor(TensorValue(.strings(audio.files), shape: [audio.files.count]), EncodedAudio.metadata),
      description: description, displayName: displayName)
  }

  /// Precision and recall of a binary classifier.
  public static func precisionRecall(
    _ tag: Tag, _ curve: PrecisionRecallCurve, description: String = "", displayName: String = ""
  ) -> SummaryValue {
    SummaryValue(tag, .tensor(curve.tensor, curve.metadata), description: description, displayName: displayName)
  }

  /// A surface or a point cloud: up to three values under tags that begin with `name`.
  public static func mesh(_ name: Tag, _ mesh: Mesh, description: String = "", displayName: String = "")
    -> [SummaryValue]
  {
    mesh.values(named: name, description: description, displayName: displayName)
  }

  /// Any array for the dashboard `plugin`; TensorBoard shows it only if it has a dashboard of that name.
  /// - Parameter content: settings for the dashboard, in its own format.
  public static func tensor(
    _ tag: Tag, _ value: TensorValue, plugin: String, content: [UInt8] = [], description: String = "",
    displayName: String = ""
  ) -> SummaryValue {
    let isBlobs = if case .strings = value.elements { value.shape.count == 1 } else { false }
    let metadata = SummaryMetadata(
      pluginName: plugin, pluginContent: content, dataClass: isBlobs ? .blobSequence : .tensor)
    return SummaryValue(tag, .tensor(value, metadata), description: description, displayName: displayName)
  }

  /// Charts with several scalars each, to be logged at step 0.
  public static func scalarLayout(_ layout: ScalarLayout) -> SummaryValue {
    SummaryValue(
      "custom_scalars__config__",
      .tensor(
        TensorValue(.strings([layout.encoded()]), shape: []),
        SummaryMetadata(pluginName: "custom_scalars", dataClass: .tensor)))
  }

  /// The run's hyperparameters, to be logged at step 0 into the run itself.
  public static func sessionStart(_ start: SessionStart) -> SummaryValue {
    SummaryValue("_hparams_/session_start_info", .sessionStart(start))
  }

  /// The columns of the HParams dashboard, to be logged at step 0 into the run with the hyperparameters.
  public static func hyperParameterTable(_ table: HyperParameterTable) -> SummaryValue {
    SummaryValue("_hparams_/experiment", .hyperParameterTable(table))
  }

  /// The run's outcome, to be logged at step 0 into the run itself.
  public static func sessionEnd(_ end: SessionEnd) -> SummaryValue {
    SummaryValue("_hparams_/session_end_info", .sessionEnd(end))
  }
}
