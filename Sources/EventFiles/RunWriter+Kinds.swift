// RunWriter+Kinds.swift
// A method for each kind of value.

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

  /// Logs the distribution of the numbers seen so far. Those that are not finite are left out; where there are any, their
  /// number is logged beside it, as the scalar TAG/non_finite.
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
          description: "How many of the numbers were NaN or infinite; logged only where some were."))
    }
    try write(values, step: step)
  }

  /// Logs the distribution of some numbers; those that are not finite are counted apart, as by the other form.
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

  /// Logs how well scores tell two classes apart.
  public func precisionRecall(
    _ tag: Tag, _ curve: PrecisionRecallCurve, step: Step, description: String = "", displayName: String = ""
  ) throws {
    try write([.precisionRecall(tag, curve, description: description, displayName: displayName)], step: step)
  }

  /// Logs a surface or a cloud of points.
  public func mesh(_ name: Tag, _ mesh: Mesh, step: Step, description: String = "", displayName: String = "") throws {
    try write(SummaryValue.mesh(name, mesh, description: description, displayName: displayName), step: step)
  }

  /// Logs any array, for the dashboard `plugin`; TensorBoard shows it only where it has one of that name.
  /// - Parameter content: what the dashboard wants to know, in its own format.
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
  /// Logs the model. TensorBoard shows a run's last.
  public func graph(_ graph: Graph) throws { try write(Event(.graph(graph))) }

  /// Logs what the nodes of the model took in one run of it; the Graphs dashboard offers it under `name`.
  public func graphCost(_ name: Tag, _ cost: GraphCost, step: Step = 0) throws {
    try write(Event(.graphCost(name, cost), step: step))
  }

  /// Logs which scalars share a chart. TensorBoard takes a run's last.
  public func scalarLayout(_ layout: ScalarLayout) throws { try write([.scalarLayout(layout)], step: 0) }

  /// Logs the hyperparameters: the run becomes a row of the HParams dashboard.
  public func hyperParameters(_ parameters: [HyperParameter], group: String = "") throws {
    try write([.sessionStart(SessionStart(parameters, group: group))], step: 0)
  }

  /// Logs which columns the HParams dashboard shows; all runs that are compared should log the same.
  public func hyperParameterTable(_ table: HyperParameterTable) throws {
    try write([.hyperParameterTable(table)], step: 0)
  }

  /// Logs how the run ended.
  public func ended(_ status: SessionEnd.Status) throws {
    try write([.sessionEnd(SessionEnd(status))], step: 0)
  }

  /// Notes in the file that a checkpoint was written; no dashboard shows it.
  public func checkpoint(_ path: String, step: Step, message: String = "") throws {
    try write(Event(.sessionLog(SessionLog(.checkpoint, checkpointPath: path, message: message)), step: step))
  }
}
