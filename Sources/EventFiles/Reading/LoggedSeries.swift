// LoggedSeries.swift
// A tag of a run as a reader has seen it, and the kind of its values.

/// A tag of a run, and what its first value said of it.
public struct LoggedSeries: Equatable, Sendable {
  /// The name; whatever stood in the file, so escape it before it is printed.
  public let tag: Tag
  /// What its values are.
  public let kind: SeriesKind
  /// The metadata of the first value that had any.
  public let metadata: SummaryMetadata
}

/// The kinds of series that TensorBoard has a dashboard for.
public enum SeriesKind: String, CaseIterable, Sendable {
  /// A number a step.
  case scalar
  /// One or more images of one size.
  case image
  /// Counts of numbers in intervals.
  case histogram
  /// Markdown, or a table of it.
  case text
  /// The hyperparameters of a run, its end, or the columns of their table.
  case hyperParameters = "hparams"
  /// Sound.
  case audio
  /// Precision and recall over thresholds.
  case prCurve = "pr_curve"
  /// Points and faces in space.
  case mesh
  /// Which scalars share a chart.
  case layout
  /// A model.
  case graph
  /// What the operations of a graph cost.
  case runMetadata = "run_metadata"
  /// Anything else.
  case tensor

  /// The kind that a dashboard's name stands for.
  init(pluginName: String) {
    self =
      switch pluginName {
      case "scalars": .scalar
      case "images": .image
      case "histograms": .histogram
      case "text": .text
      case "hparams": .hyperParameters
      case "audio": .audio
      case "pr_curves": .prCurve
      case "mesh": .mesh
      case "custom_scalars": .layout
      case "graphs", "graph_keras_model": .graph
      case "graph_run_metadata", "graph_run_metadata_graph", "graph_tagged_run_metadata": .runMetadata
      default: .tensor
      }
  }

  /// The kind of a value in its old form, or nil for a tensor or none.
  init?(_ form: ValueFields.Form) {
    switch form {
    case .simpleValue: self = .scalar
    case .image: self = .image
    case .histogram: self = .histogram
    case .audio: self = .audio
    case .tensor, .obsoleteHistogram, .none: return nil
    }
  }
}
