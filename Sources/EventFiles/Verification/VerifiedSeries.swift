// VerifiedSeries.swift
// Series and values as verification sees them.

/// A tag, its metadata so far, and its state in both loaders.
struct VerifiedSeries {
  let tag: String
  /// False if the tag is not UTF-8: then no loader parses the event.
  let isText: Bool
  /// The dashboard's name, from the first metadata or from an old form of value.
  var plugin: String?
  var dataClass = SummaryMetadata.DataClass.unknown
  /// True if the first value has metadata, or an old form, which needs none.
  var isDescribedAtOnce = false
  /// The number of the last file with a value of it.
  var file = -1
  /// True if its first value in that file has metadata.
  var isDescribedInFile = false
  var lastStep: Int64?
  /// The smallest step of session starts since the last value; steps may go back to it.
  var restart: Int64?
  var values = 0
  /// The position of the first value.
  var first = (file: "", offset: 0)
  var python = PythonSeries()
  var rust = RustSeries()
  /// Reasons why neither loader, or only the Python loader, cannot answer the request for the tag.
  var unserved: (both: String?, python: String?) = (nil, nil)

  var pythonOutcome: SeriesForecast.Outcome {
    if let reason = unserved.both ?? unserved.python { return .hidden(reason: reason) }
    return python.outcome
  }

  var rustOutcome: SeriesForecast.Outcome {
    if let reason = unserved.both { return .hidden(reason: reason) }
    return rust.outcome
  }

  var dashboard: Dashboard? { plugin.flatMap(Dashboard.init(rawValue:)) }

  init(tag: UnsafeRawBufferPointer) {
    let text = tag.text
    self.tag = text ?? String(decoding: tag, as: UTF8.self)
    isText = text != nil
  }
}

/// A value, its own metadata, and its tensor if it is one.
struct VerifiedValue {
  let fields: ValueFields
  let metadata: SummaryMetadata?
  let tensor: TensorFields?
  /// The dashboard of a value in an old form.
  let oldDashboard: Dashboard?

  /// A value, or nil if a loader cannot parse it.
  init?(_ fields: ValueFields) {
    self.fields = fields
    switch fields.form {
    case .simpleValue: oldDashboard = .scalars
    case .image: oldDashboard = .images
    case .histogram: oldDashboard = .histograms
    case .audio: oldDashboard = .audio
    case .tensor, .obsoleteHistogram, .none: oldDashboard = nil
    }
    if fields.form == .tensor {
      guard let tensor = TensorFields(fields.body) else { return nil }
      self.tensor = tensor
    } else {
      tensor = nil
      var reader = WireReader(fields.body)
      while reader.next() != nil {}
      guard reader.isSound, fields.form != .audio || WireSchema.audio.accepts(fields.body) else { return nil }
    }
    if let name = fields.nodeName, name.text == nil { return nil }
    if let bytes = fields.metadata {
      guard let metadata = SummaryMetadata(fields: bytes), Self.isText(bytes) else { return nil }
      self.metadata = metadata
    } else {
      metadata = nil
    }
  }

  /// True if it has metadata, or an old form, which the loaders convert to a tensor with metadata.
  var isDescribed: Bool { metadata != nil || oldDashboard != nil }

  /// The dashboard's name, if the value determines it.
  var plugin: String? { oldDashboard?.rawValue ?? metadata?.pluginName }

  /// Returns true if the data server can show it in a series of a class (data/server/run.rs).
  func fits(_ dataClass: SummaryMetadata.DataClass, _ dashboard: Dashboard?) -> Bool {
    switch dataClass {
    case .scalar:
      guard let tensor else { return fields.form == .simpleValue }
      return tensor.kind == .float && tensor.shape.isEmpty && tensor.firstNumber != nil
    case .tensor:
      return fields.form == .tensor || fields.form == .histogram || (fields.form == .none && dashboard == .hparams)
    case .blobSequence:
      guard let tensor else { return fields.form == .image || fields.form == .audio }
      let ranks: ClosedRange<Int> =
        switch dashboard {
        case .audio: 1...2
        case .kerasModel, .graphRunMetadata, .graphRunMetadataWithGraph: 0...1
        default: 1...1
        }
      return tensor.kind == .string && ranks.contains(tensor.shape.count)
    case .unknown: return false
    }
  }

  /// Returns true if the strings of metadata are UTF-8; otherwise no loader parses the event.
  private static func isText(_ metadata: UnsafeRawBufferPointer) -> Bool {
    var reader = WireReader(metadata)
    while let field = reader.next() {
      guard field.kind == .bytes else { continue }
      if field.number == 2 || field.number == 3, field.bytes.text == nil { return false }
      guard field.number == 1 else { continue }
      var plugin = WireReader(field.bytes)
      while let field = plugin.next() {
        if field.number == 1, field.kind == .bytes, field.bytes.text == nil { return false }
      }
    }
    return true
  }
}
