// LoggedSeries.swift
// The values under one tag of a run, as far as a reader has seen them.

/// A tag of a run, and what its first value said of it.
public struct LoggedSeries: Equatable, Sendable {
  /// The name; whatever stood in the file, so escape it before it is printed.
  public let tag: Tag
  /// What its values are.
  public let kind: SeriesKind
  /// The metadata of the first value that had any.
  public let metadata: SummaryMetadata
}

/// The series of a run by their numbers; values being read look them up here.
final class SeriesCatalog {
  private(set) var all: [LoggedSeries] = []
  private var table = TagTable()
  /// Whether a series' metadata have come.
  private var isDescribed: [Bool] = []

  /// The number of the value's series; a new one is added.
  @inline(__always)
  func number(of value: ValueFields) -> Int {
    let number = table.number(of: value.tag)
    if number == all.count || (value.metadata != nil && !isDescribed[number]) { describe(number, by: value) }
    return number
  }

  /// The number of the series that an event without a summary belongs to.
  func number(of kind: SeriesKind, tag: UnsafeRawBufferPointer) -> Int {
    let number = table.number(of: tag)
    if number == all.count {
      let metadata = SummaryMetadata(pluginName: "graphs", dataClass: .blobSequence)
      all.append(LoggedSeries(tag: Tag(unchecked: table.name(number)), kind: kind, metadata: metadata))
      isDescribed.append(true)
    }
    return number
  }

  private func describe(_ number: Int, by value: ValueFields) {
    let own = value.metadata.flatMap { SummaryMetadata(fields: $0) }
    let metadata = own ?? SummaryMetadata(pluginName: "", dataClass: .unknown)
    let kind = SeriesKind(value.form) ?? SeriesKind(pluginName: metadata.pluginName)
    let series = LoggedSeries(tag: Tag(unchecked: table.name(number)), kind: kind, metadata: metadata)
    if number == all.count {
      all.append(series)
      isDescribed.append(own != nil)
    } else {
      all[number] = series
      isDescribed[number] = own != nil
    }
  }
}
