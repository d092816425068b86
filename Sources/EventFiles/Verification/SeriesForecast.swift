// SeriesForecast.swift
// Forecasts what each of TensorBoard's loaders shows of a series.

/// The outcome for one tag of one run.
public struct SeriesForecast: Equatable, Sendable {
  /// The steps that one loader shows.
  public enum Outcome: Equatable, Sendable {
    /// The loader shows nothing, for a reason.
    case hidden(reason: String)
    /// The loader shows these steps, in this order; `isSampled` is true if it dropped others because of its limit.
    case shown(steps: [Int64], isSampled: Bool)
    /// It depends on the order in which other runs are read, or would take too long to find out.
    case unknown
  }

  /// The run's name.
  public let run: String
  /// The tag as stored in the file; it may contain anything, so escape it before printing.
  public let tag: String
  /// The name of the dashboard that shows it, from its metadata.
  public let dashboard: String
  /// The outcome in the loader written in Python.
  public internal(set) var python: Outcome
  /// The outcome in the data server written in Rust.
  public let rust: Outcome
}

/// A series as the Python loader holds it (plugin_event_accumulator.py).
struct PythonSeries {
  private(set) var plugin: String?
  private(set) var dataClass = SummaryMetadata.DataClass.unknown
  private(set) var reservoir: PythonReservoir?

  var isEmptied: Bool { reservoir?.steps.isEmpty ?? false }

  /// Sets the metadata; only a run's first ones are used.
  mutating func describe(plugin: String, dataClass: SummaryMetadata.DataClass) {
    if self.plugin == nil { (self.plugin, self.dataClass) = (plugin, dataClass) }
  }

  /// Adds a value that is a tensor, or was converted to one. The dashboard at the first value determines the capacity.
  @inline(__always)
  mutating func add(_ step: Int64) {
    if reservoir == nil {
      let known = plugin.flatMap(Dashboard.init(rawValue:))
      reservoir = PythonReservoir(capacity: known?.pythonCapacity ?? Dashboard.pythonDefaultCapacity)
    }
    reservoir?.append(step)
  }

  mutating func forget(from step: Int64, work: inout Int) -> Int {
    reservoir?.removeAll(from: step, work: &work) ?? 0
  }

  var outcome: SeriesForecast.Outcome {
    guard let plugin else { return .hidden(reason: "no metadata") }
    guard let dashboard = Dashboard(rawValue: plugin) else { return .hidden(reason: "no such dashboard") }
    guard dataClass == dashboard.dataClass else { return .hidden(reason: "the data class is not the dashboard's") }
    guard let reservoir else { return .hidden(reason: "no value") }
    var steps = reservoir.steps
    // Blobs are served in the order of steps, the first of each step; meshes in the order of steps; others in order of arrival.
    if dashboard.dataClass == .blobSequence { steps = Array(Set(steps)) }
    if dashboard.dataClass == .blobSequence || dashboard == .mesh { steps.sort() }
    return .shown(steps: steps, isSampled: reservoir.isSampled)
  }
}

/// A series as the data server holds it (data/server/run.rs).
struct RustSeries {
  private(set) var plugin: String?
  private(set) var dataClass = SummaryMetadata.DataClass.unknown
  private var reservoir = RustReservoir()

  /// Sets the metadata; only the first value's are used, even if it has none.
  mutating func describe(plugin: String, dataClass: SummaryMetadata.DataClass) {
    if self.plugin == nil { (self.plugin, self.dataClass) = (plugin, dataClass) }
  }

  @inline(__always)
  mutating func add(_ step: Int64, isValid: Bool) {
    reservoir.append(step, isValid: isValid, capacity: dataClass.rustCapacity)
  }

  var outcome: SeriesForecast.Outcome {
    guard let plugin else { return .hidden(reason: "no value") }
    if plugin.isEmpty { return .hidden(reason: "the first value has no metadata") }
    guard let dashboard = Dashboard(rawValue: plugin) else { return .hidden(reason: "no such dashboard") }
    guard dataClass == dashboard.dataClass else { return .hidden(reason: "the data class is not the dashboard's") }
    let steps = reservoir.steps
    if steps.isEmpty { return .hidden(reason: "no value has the type that the class wants") }
    return .shown(steps: steps, isSampled: reservoir.isSampled)
  }
}

/// Follows a run's events and determines the points that the Python loader drops at each (plugin_event_accumulator.py).
/// The data server ignores these rules.
struct SessionRules {
  enum Effect {
    case nothing
    /// Drops the points of all tags from a step on.
    case forgetAll(from: Int64)
    /// Drops the points of the event's tags from a step on.
    case forgetTags(from: Int64)
  }

  /// The largest number of steps visited for dropping points; a hostile file could otherwise make it take forever.
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

  /// Returns the number after "brain.Event:"; -1 if there is none.
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
