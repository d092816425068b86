// Dashboard.swift
// What TensorBoard's own dashboards want of the values they show, and how many each loader keeps.

/// The dashboards that TensorBoard 2.21 comes with, by the names that metadata give them.
enum Dashboard: String, CaseIterable {
  case scalars
  case images
  case audio
  case histograms
  case text
  case hparams
  case prCurves = "pr_curves"
  case mesh
  case customScalars = "custom_scalars"
  case graphs
  case kerasModel = "graph_keras_model"
  case graphRunMetadata = "graph_run_metadata"
  case graphRunMetadataWithGraph = "graph_run_metadata_graph"
  case taggedRunMetadata = "graph_tagged_run_metadata"

  /// The class that both loaders fill in where metadata name none.
  var defaultClass: SummaryMetadata.DataClass {
    switch self {
    case .graphs, .taggedRunMetadata: .unknown
    default: dataClass
    }
  }

  /// The class that the dashboard asks for.
  var dataClass: SummaryMetadata.DataClass {
    switch self {
    case .scalars: .scalar
    case .histograms, .text, .hparams, .prCurves, .mesh, .customScalars: .tensor
    case .images, .audio, .graphs, .kerasModel, .graphRunMetadata, .graphRunMetadataWithGraph, .taggedRunMetadata:
      .blobSequence
    }
  }

  /// How many steps of a tag the Python loader keeps (data_ingester.py).
  var pythonCapacity: Int {
    switch self {
    case .scalars: 1000
    case .histograms: 500
    case .prCurves: 100
    default: Self.pythonDefaultCapacity
    }
  }

  /// How many steps of a tag with no known dashboard the Python loader keeps.
  static let pythonDefaultCapacity = 10

  /// True for what is looked at one by one, so that a step which is not kept is missed.
  var isLookedAtSingly: Bool { self == .images || self == .audio || self == .text || self == .mesh }

  /// True where only the last value counts.
  var showsLastOnly: Bool {
    switch self {
    case .hparams, .customScalars, .graphs, .kerasModel, .graphRunMetadata, .graphRunMetadataWithGraph,
      .taggedRunMetadata:
      true
    default: false
    }
  }
}

extension SummaryMetadata.DataClass {
  /// How many steps of a tag the data server keeps (data/server/run.rs).
  var rustCapacity: Int {
    switch self {
    case .scalar: 1000
    case .tensor: 100
    case .blobSequence: 10
    case .unknown: 0
    }
  }
}
