// SeriesForecast.swift
// What each of TensorBoard's loaders will show of a series.

/// The outcome for one tag of one run.
public struct SeriesForecast: Equatable, Sendable {
  /// What one loader shows.
  public enum Outcome: Equatable, Sendable {
    /// Nothing, and why.
    case hidden(reason: String)
    /// Values of so many steps, the last of which is `last`; `isSampled` where it has dropped some to keep so few.
    case shown(steps: Int, last: Int64?, isSampled: Bool)
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
  private(set) var capacity: Int?
  private(set) var steps = StepList()
  private var isSampled = false

  var isEmptied: Bool { capacity != nil && steps.count == 0 }

  /// The first metadata of a run count.
  mutating func describe(plugin: String, dataClass: SummaryMetadata.DataClass) {
    if self.plugin == nil { (self.plugin, self.dataClass) = (plugin, dataClass) }
  }

  /// Takes a value that is a tensor, or has become one.
  @inline(__always)
  mutating func add(_ step: Int64) {
    let known = plugin.flatMap(Dashboard.init(rawValue:))
    let most = capacity ?? known?.pythonCapacity ?? Dashboard.pythonDefaultCapacity
    capacity = most
    steps.append(step)
    if steps.count > most { isSampled = true }
  }

  mutating func forget(from step: Int64, work: inout Int) -> Int { steps.removeAll(from: step, work: &work) }

  var outcome: SeriesForecast.Outcome {
    guard let plugin else { return .hidden(reason: "no metadata") }
    guard let dashboard = Dashboard(rawValue: plugin) else { return .hidden(reason: "no such dashboard") }
    guard dataClass == dashboard.dataClass else { return .hidden(reason: "the data class is not the dashboard's") }
    guard let capacity else { return .hidden(reason: "no value") }
    if dashboard.dataClass == .blobSequence, !isSampled {
      // Blobs are served by their steps in order, the first of each.
      let different = Set(steps.steps)
      return .shown(steps: different.count, last: different.max(), isSampled: false)
    }
    // Meshes are served by their steps in order, all others as they came.
    let last = dashboard == .mesh ? steps.largest : steps.last
    return .shown(steps: min(steps.count, capacity), last: last, isSampled: isSampled)
  }
}

/// A series as the data server holds it (data/server/run.rs, reservoir.rs).
struct RustSeries {
  private(set) var plugin: String?
  private(set) var dataClass = SummaryMetadata.DataClass.unknown
  /// The steps of values that the class allows, and of others.
  private var valid = StepList()
  private var invalid = StepList()
  private var isSampled = false
  private var work = 0

  /// The metadata of the first value count, also where there are none.
  mutating func describe(plugin: String, dataClass: SummaryMetadata.DataClass) {
    if self.plugin == nil { (self.plugin, self.dataClass) = (plugin, dataClass) }
  }

  /// A value takes the place of those with its step or a later one.
  @inline(__always)
  mutating func add(_ step: Int64, isValid: Bool) {
    if let last = valid.last, last >= step { _ = valid.removeAll(from: step, work: &work) }
    if let last = invalid.last, last >= step { _ = invalid.removeAll(from: step, work: &work) }
    if isValid { valid.append(step) } else { invalid.append(step) }
    if valid.count + invalid.count > dataClass.rustCapacity { isSampled = true }
  }

  var outcome: SeriesForecast.Outcome {
    guard let plugin else { return .hidden(reason: "no value") }
    if plugin.isEmpty { return .hidden(reason: "the first value has no metadata") }
    guard let dashboard = Dashboard(rawValue: plugin) else { return .hidden(reason: "no such dashboard") }
    guard dataClass == dashboard.dataClass else { return .hidden(reason: "the data class is not the dashboard's") }
    if valid.count == 0 { return .hidden(reason: "no value has the type that the class wants") }
    return .shown(
      steps: min(valid.count, dataClass.rustCapacity), last: valid.last, isSampled: isSampled)
  }
}
