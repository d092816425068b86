// EventFields.swift
// What a record's payload says at its top level, found without copying or decoding anything below.

/// An event's fields (proto/event.proto) as they lie in memory.
struct EventFields {
  /// The field that says what the event is; the numbers are those of the fields.
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
  /// Whether the summary came in several parts.
  private var isSplit = false

  /// The event of a record, or nil where its bytes are none.
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
  /// - Returns: false where the bytes are no summary.
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
