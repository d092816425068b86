// VerifiedValue.swift
// One value with what both loaders need to know of it.

/// A value, its own metadata, and its tensor where it is one.
struct VerifiedValue {
  let fields: ValueFields
  let metadata: SummaryMetadata?
  let tensor: TensorFields?
  /// The dashboard of an old form.
  let oldDashboard: Dashboard?

  /// The value, or nil where a loader could not parse it.
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

  /// Whether it carries metadata, or has an old form, which loaders turn into a tensor with metadata.
  var isDescribed: Bool { metadata != nil || oldDashboard != nil }

  /// The dashboard's name, if the value says it.
  var plugin: String? { oldDashboard?.rawValue ?? metadata?.pluginName }

  /// Whether the data server can show it in a series of a class (data/server/run.rs).
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

  /// Whether the strings of metadata are UTF-8: where one is not, no loader parses the event.
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
