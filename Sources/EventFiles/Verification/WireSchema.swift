// WireSchema.swift
// Which fields of TensorBoard's own messages are texts, which protobuf refuses where they are no UTF-8.

/// A message of a dashboard, as far as a parser can refuse its bytes.
enum WireSchema {
  /// A message of numbers alone.
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

  /// How deep messages may nest, as in protobuf's parsers.
  private static let depthLimit = 100

  /// Whether protobuf parses the bytes.
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

  /// The same of bytes in an array.
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
  /// The message in the metadata's content, which the server parses for the list of tags; nil where it does not.
  var contentSchema: WireSchema? {
    switch self {
    case .scalars, .images, .audio, .histograms, .text, .prCurves: .numbers
    case .mesh: .meshContent
    default: nil
    }
  }
}
