// Dashboard.swift
// The values and messages that TensorBoard's dashboards accept, and the number of steps that each loader keeps.

/// The dashboards of TensorBoard 2.21, by their names in metadata.
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

  /// The class that both loaders fill in if metadata name none.
  var defaultClass: SummaryMetadata.DataClass {
    switch self {
    case .graphs, .taggedRunMetadata: .unknown
    default: dataClass
    }
  }

  /// The class that the dashboard needs.
  var dataClass: SummaryMetadata.DataClass {
    switch self {
    case .scalars: .scalar
    case .histograms, .text, .hparams, .prCurves, .mesh, .customScalars: .tensor
    case .images, .audio, .graphs, .kerasModel, .graphRunMetadata, .graphRunMetadataWithGraph, .taggedRunMetadata:
      .blobSequence
    }
  }

  /// Number of steps of a tag that the Python loader keeps (data_ingester.py).
  var pythonCapacity: Int {
    switch self {
    case .scalars: 1000
    case .histograms: 500
    case .prCurves: 100
    default: Self.pythonDefaultCapacity
    }
  }

  /// Number of steps that the Python loader keeps of a tag with an unknown dashboard.
  static let pythonDefaultCapacity = 10

  /// True for values that people view one by one, so that they miss a dropped step.
  var isLookedAtSingly: Bool { self == .images || self == .audio || self == .text || self == .mesh }

  /// True if only the last value is shown.
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
  /// Number of steps of a tag that the data server keeps (data/server/run.rs).
  var rustCapacity: Int {
    switch self {
    case .scalar: 1000
    case .tensor: 100
    case .blobSequence: 10
    case .unknown: 0
    }
  }
}

/// A message type of TensorBoard, as far as a parser can refuse its bytes: its texts, which must be UTF-8, and its nested messages.
enum WireSchema {
  /// A message with only numbers.
  case numbers
  // proto/event.proto, proto/summary.proto; summaries are read elsewhere.
  case event, logMessage, sessionLog, runMetadata, source, audio
  case meshContent
  // tensorboard/plugins/hparams/plugin_data.proto, api.proto
  case hparams, sessionStart, hparam, sessionEnd, experiment, hparamInfo, metricInfo, metricName
  // google/protobuf/struct.proto
  case value, list, structure, structureField
  // tensorboard/plugins/custom_scalar/layout.proto
  case layout, category, chart, multiline, margin, marginSeries

  /// The depth to which messages may nest, as in protobuf's parsers.
  private static let depthLimit = 100

  /// Returns true if protobuf parses the bytes.
  func accepts(_ bytes: UnsafeRawBufferPointer, depth: Int = 0) -> Bool {
    if depth > Self.depthLimit { return false }
    var reader = WireReader(bytes)
    while let field = reader.next() {
      guard field.kind == .bytes else { continue }
      if texts.contains(field.number), field.bytes.text == nil { return false }
      if let message = message(field.number), !message.accepts(field.bytes, depth: depth + 1) { return false }
    }
    return reader.isSound
  }

  /// Returns true if protobuf parses the bytes of an array.
  func accepts(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { accepts($0) } }

  private var texts: Set<UInt32> {
    switch self {
    case .meshContent: [2, 5]
    case .sessionStart: [2, 3, 4]
    case .hparam, .structureField, .category, .chart, .multiline: [1]
    case .experiment: [1, 2, 6]
    case .hparamInfo: [1, 2, 3]
    case .metricInfo: [3, 4]
    case .metricName: [1, 2]
    case .value: [3]
    case .marginSeries: [1, 2, 3]
    case .event, .logMessage, .sessionLog, .runMetadata, .source, .audio: eventTexts
    case .numbers, .hparams, .sessionEnd, .list, .structure, .layout, .margin: []
    }
  }

  private var eventTexts: Set<UInt32> {
    switch self {
    case .event: [3]
    case .logMessage: [2]
    case .sessionLog: [2, 3]
    case .runMetadata, .source: [1]
    case .audio: [5]
    default: []
    }
  }

  private func message(_ field: UInt32) -> WireSchema? {
    switch (self, field) {
    case (.event, 6): .logMessage
    case (.event, 7): .sessionLog
    case (.event, 8): .runMetadata
    case (.event, 10): .source
    case (.hparams, 2): .experiment
    case (.hparams, 3): .sessionStart
    case (.hparams, 4): .sessionEnd
    case (.sessionStart, 1): .hparam
    case (.hparam, 2), (.list, 1), (.structureField, 2): .value
    case (.value, 5): .structure
    case (.value, 6), (.hparamInfo, 5): .list
    case (.structure, 1): .structureField
    case (.experiment, 4): .hparamInfo
    case (.experiment, 5): .metricInfo
    case (.metricInfo, 1): .metricName
    case (.hparamInfo, 6): .numbers
    case (.layout, 2): .category
    case (.category, 2): .chart
    case (.chart, 2): .multiline
    case (.chart, 3): .margin
    case (.margin, 1): .marginSeries
    default: nil
    }
  }
}

extension Dashboard {
  /// The message in the metadata's content that the server parses for the list of tags; nil if it does not parse it.
  var contentSchema: WireSchema? {
    switch self {
    case .scalars, .images, .audio, .histograms, .text, .prCurves: .numbers
    case .mesh: .meshContent
    default: nil
    }
  }
}
