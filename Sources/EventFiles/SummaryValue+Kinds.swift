// SummaryValue+Kinds.swift
// A value of each kind by a short name, for several values of one step.

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

  /// A table of Markdown cells; short rows are filled up with empty cells.
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

  /// How well scores tell two classes apart.
  public static func precisionRecall(
    _ tag: Tag, _ curve: PrecisionRecallCurve, description: String = "", displayName: String = ""
  ) -> SummaryValue {
    SummaryValue(tag, .tensor(curve.tensor, curve.metadata), description: description, displayName: displayName)
  }

  /// A surface or a cloud of points: up to three values under tags that begin with `name`.
  public static func mesh(_ name: Tag, _ mesh: Mesh, description: String = "", displayName: String = "")
    -> [SummaryValue]
  {
    mesh.values(named: name, description: description, displayName: displayName)
  }

  /// Any array, for the dashboard `plugin`; TensorBoard shows it only where it has one of that name.
  /// - Parameter content: what the dashboard wants to know, in its own format.
  public static func tensor(
    _ tag: Tag, _ value: TensorValue, plugin: String, content: [UInt8] = [], description: String = "",
    displayName: String = ""
  ) -> SummaryValue {
    let isBlobs = if case .strings = value.elements { value.shape.count == 1 } else { false }
    let metadata = SummaryMetadata(
      pluginName: plugin, pluginContent: content, dataClass: isBlobs ? .blobSequence : .tensor)
    return SummaryValue(tag, .tensor(value, metadata), description: description, displayName: displayName)
  }

  /// Which scalars share a chart, to be logged at step 0.
  public static func scalarLayout(_ layout: ScalarLayout) -> SummaryValue {
    SummaryValue(
      "custom_scalars__config__",
      .tensor(
        TensorValue(.strings([layout.encoded()]), shape: []),
        SummaryMetadata(pluginName: "custom_scalars", dataClass: .tensor)))
  }

  /// The hyperparameters of the run, to be logged at step 0 into the run itself.
  public static func sessionStart(_ start: SessionStart) -> SummaryValue {
    SummaryValue("_hparams_/session_start_info", .sessionStart(start))
  }

  /// Which columns the HParams dashboard shows, to be logged at step 0 into the run with the hyperparameters.
  public static func hyperParameterTable(_ table: HyperParameterTable) -> SummaryValue {
    SummaryValue("_hparams_/experiment", .hyperParameterTable(table))
  }

  /// How the run ended, to be logged at step 0 into the run itself.
  public static func sessionEnd(_ end: SessionEnd) -> SummaryValue {
    SummaryValue("_hparams_/session_end_info", .sessionEnd(end))
  }
}
