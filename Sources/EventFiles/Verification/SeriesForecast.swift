// SeriesForecast.swift
// What each of TensorBoard's loaders will show of a series.

/// The outcome for one tag of one run.
public struct SeriesForecast: Equatable, Sendable {
  /// What one loader shows.
  public enum Outcome: Equatable, Sendable {
    /// Nothing, and why.
    case hidden(reason: String)
    /// Values of these steps, in the order in which they are shown; `isSampled` where some were dropped to keep so few.
    case shown(steps: [Int64], isSampled: Bool)
    /// It depends on the order in which other runs are read, or would take too long to find out.
    case unknown
  }

  /// The run's name.
  public let run: String
  /// The tag; whatever stands in the file, so escape it before it is printed.
  public let tag: String
  /// The name of the dashboard that shows it, from its metadata.
  public let dashboard: String
  /// Of the loader written in Python.
  public internal(set) var python: Outcome
  /// Of the data server written in Rust.
  public let rust: Outcome
}

/// A series as the Python loader holds it (plugin_event_accumulator.py).
struct PythonSeries {
  private(set) var plugin: String?
  private(set) var dataClass = SummaryMetadata.DataClass.unknown
  private(set) var reservoir: PythonReservoir?

  var isEmptied: Bool { reservoir?.steps.isEmpty ?? false }

  /// The first metadata of a run count.
  mutating func describe(plugin: String, dataClass: SummaryMetadata.DataClass) {
    if self.plugin == nil { (self.plugin, self.dataClass) = (plugin, dataClass) }
  }

  /// Takes a value that is a tensor, or has become one. What the first one was described as says how many are kept.
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
    // Blobs are served by their steps in order, the first of each; meshes in order; all others as they came.
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

  /// The metadata of the first value count, also where there are none.
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
