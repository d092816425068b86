// ValueFields.swift
// One value of a summary, found without copying or decoding what it holds.

/// A value's fields (proto/summary.proto) as they lie in memory.
struct ValueFields {
  /// The field that holds the value; the numbers are those of the fields.
  enum Form: UInt32 {
    case none = 0
    case simpleValue = 2
    case obsoleteHistogram = 3
    case image = 4
    case histogram = 5
    case audio = 6
    case tensor = 8
  }

  /// The whole message.
  let message: UnsafeRawBufferPointer
  private(set) var tag = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var metadata: UnsafeRawBufferPointer?
  /// A text that nobody writes any more.
  private(set) var nodeName: UnsafeRawBufferPointer?
  private(set) var form = Form.none
  /// Of a simple value.
  private(set) var number: Float = 0
  /// The bytes of every other form.
  private(set) var body = UnsafeRawBufferPointer(start: nil, count: 0)

  /// The value of a summary, or nil where its bytes are none.
  @inline(__always)
  init?(_ message: UnsafeRawBufferPointer) {
    self.message = message
    var reader = WireReader(message)
    while let field = reader.next() {
      switch (field.number, field.kind) {
      case (1, .bytes): tag = field.bytes
      case (2, .fixed32):
        form = .simpleValue
        number = Float(bitPattern: UInt32(truncatingIfNeeded: field.bits))
      case (9, .bytes): metadata = field.bytes
      case (7, .bytes): nodeName = field.bytes
      case (3...8, .bytes):
        guard let found = Form(rawValue: field.number) else { break }
        (form, body) = (found, field.bytes)
      default: break
      }
    }
    guard reader.isSound else { return nil }
  }
}

extension SummaryMetadata {
  /// Metadata straight from their bytes, or nil where these are none.
  init?(fields message: UnsafeRawBufferPointer) {
    self.init(pluginName: "", dataClass: .unknown)
    var reader = WireReader(message)
    while let field = reader.next() {
      switch (field.number, field.kind) {
      case (1, .bytes):
        var plugin = WireReader(field.bytes)
        while let field = plugin.next() {
          if field.number == 1, field.kind == .bytes { pluginName = String(decoding: field.bytes, as: UTF8.self) }
          if field.number == 2, field.kind == .bytes { pluginContent = Array(field.bytes) }
        }
        guard plugin.isSound else { return nil }
      case (2, .bytes): displayName = String(decoding: field.bytes, as: UTF8.self)
      case (3, .bytes): description = String(decoding: field.bytes, as: UTF8.self)
      case (4, .varint): dataClass = DataClass(rawValue: Int32(truncatingIfNeeded: field.bits)) ?? .unknown
      default: break
      }
    }
    guard reader.isSound else { return nil }
  }
}
