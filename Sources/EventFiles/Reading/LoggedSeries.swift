// LoggedSeries.swift
// A tag of a run as a reader has seen it, and the kind of its values.

/// A tag of a run, with the metadata of its first value.
public struct LoggedSeries: Equatable, Sendable {
  /// The name as stored in the file; it may contain anything, so escape it before printing.
  public let tag: Tag
  /// The kind of its values.
  public let kind: SeriesKind
  /// The metadata of the first value that had any.
  public let metadata: SummaryMetadata
}

/// The kinds of series for which TensorBoard has a dashboard.
public enum SeriesKind: String, CaseIterable, Sendable {
  /// One number for each step.
  case scalar
  /// One or more images of one size.
  case image
  /// Counts of numbers in intervals.
  case histogram
  /// Markdown, or a table of it.
  case text
  /// The hyperparameters of a run, its outcome, or the columns of the HParams dashboard.
  case hyperParameters = "hparams"
  /// Sound.
  case audio
  /// Precision and recall at rising thresholds.
  case prCurve = "pr_curve"
  /// A surface or a point cloud.
  case mesh
  /// Charts with several scalars each.
  case layout
  /// A model.
  case graph
  /// Time and memory of a graph's nodes.
  case runMetadata = "run_metadata"
  /// Any other array.
  case tensor

  /// The kind that a dashboard shows.
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

  /// The kind of a value in its old form; nil for a tensor or for no value.
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
