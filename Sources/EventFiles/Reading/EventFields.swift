// EventFields.swift
// Finds the fields of an event and of its values in a record's bytes, without copying or decoding them.

/// An event's fields (proto/event.proto), in place.
struct EventFields {
  /// The field that holds the event's content, by its number.
  enum Content: UInt32 {
    case none = 0
    case fileVersion = 3
    case graph = 4
    case summary = 5
    case logMessage = 6
    case sessionLog = 7
    case runMetadata = 8
    case metaGraph = 9
  }

  private let payload: UnsafeRawBufferPointer
  /// Seconds since 1970; may be NaN.
  private(set) var wallTime = 0.0
  private(set) var step: Int64 = 0
  private(set) var content = Content.none
  /// The bytes of the field that `content` names.
  private(set) var body = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var source = UnsafeRawBufferPointer(start: nil, count: 0)
  /// True if the summary came in several parts.
  private var isSplit = false

  /// The event of a record, or nil if its bytes are not an event.
  @inline(__always)
  init?(_ payload: UnsafeRawBufferPointer) {
    self.payload = payload
    var reader = WireReader(payload)
    while let field = reader.next() {
      switch (field.number, field.kind) {
      case (1, .fixed64): wallTime = Double(bitPattern: field.bits)
      case (2, .varint): step = Int64(bitPattern: field.bits)
      case (3...9, .bytes):
        guard let found = Content(rawValue: field.number) else { break }
        isSplit = found == .summary && content == .summary
        (content, body) = (found, field.bytes)
      case (10, .bytes): source = field.bytes
      default: break
      }
    }
    guard reader.isSound else { return nil }
  }

  /// Hands each value of a summary to `body`.
  /// - Returns: false if the bytes are not a summary.
  @inline(__always)
  func forEachValue(_ body: (ValueFields) throws -> Void) rethrows -> Bool {
    guard content == .summary else { return true }
    guard isSplit else { return try Self.forEachValue(of: self.body, body) }
    var reader = WireReader(payload)
    while let field = reader.next() {
      guard field.number == Content.summary.rawValue, field.kind == .bytes else { continue }
      guard try Self.forEachValue(of: field.bytes, body) else { return false }
    }
    return true
  }

  @inline(__always)
  private static func forEachValue(
    of summary: UnsafeRawBufferPointer, _ body: (ValueFields) throws -> Void
  ) rethrows -> Bool {
    var reader = WireReader(summary)
    while let field = reader.next() {
      guard field.number == 1, field.kind == .bytes else { continue }
      guard let value = ValueFields(field.bytes) else { return false }
      try body(value)
    }
    return reader.isSound
  }
}

/// A value's fields (proto/summary.proto), in place.
struct ValueFields {
  /// The field that holds the value, by its number.
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
  /// An obsolete text.
  private(set) var nodeName: UnsafeRawBufferPointer?
  private(set) var form = Form.none
  /// The number of a simple value.
  private(set) var number: Float = 0
  /// The bytes of every other form.
  private(set) var body = UnsafeRawBufferPointer(start: nil, count: 0)

  /// A value of a summary, or nil if its bytes are not one.
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
  /// Metadata from their bytes, or nil if these are not metadata.
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
