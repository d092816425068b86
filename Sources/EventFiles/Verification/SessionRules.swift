// SessionRules.swift
// When the Python loader forgets what it has read (plugin_event_accumulator.py); the data server never looks at this.

/// Follows a run's events and says what is forgotten at each.
struct SessionRules {
  enum Effect {
    case nothing
    /// All tags lose their points from a step on.
    case forgetAll(from: Int64)
    /// The tags of the event lose theirs.
    case forgetTags(from: Int64)
  }

  /// How much may be looked at for all forgetting together; a hostile file could make it take for ever.
  static let workLimit = 1 << 26
  var work = 0
  private(set) var hasStart = false
  private var version = 0.0
  private var lastStep: Int64 = -1

  mutating func take(_ event: EventFields) -> Effect {
    if event.content == .fileVersion { version = Self.version(event.body) }
    defer { if event.content == .summary { lastStep = event.step } }
    if work > Self.workLimit { return .nothing }
    if version >= 2 {
      guard event.content == .sessionLog, Self.isStart(event.body) else { return .nothing }
      defer { hasStart = true }
      return hasStart ? .forgetAll(from: event.step) : .nothing
    }
    return event.content == .summary && event.step < lastStep ? .forgetTags(from: event.step) : .nothing
  }

  /// The number behind "brain.Event:"; -1 where there is none.
  static func version(_ text: UnsafeRawBufferPointer) -> Double {
    let text = String(decoding: text, as: UTF8.self)
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return Double(parts.last.map(String.init) ?? "") ?? -1
  }

  static func isStart(_ session: UnsafeRawBufferPointer) -> Bool {
    var reader = WireReader(session)
    var status: UInt64 = 0
    while let field = reader.next() {
      if field.number == 1, field.kind == .varint { status = field.bits }
    }
    return status == 1
  }
}
