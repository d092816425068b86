// SeriesCatalog.swift
// Numbers the series of a run by their tags, fast enough for millions of values.

/// Numbers tags in the order of their first occurrence. One array holds their bytes.
///
/// Programs log their tags in turn, so the tag that followed last time is tried first; only a wrong guess costs a hash.
struct TagTable {
  private var names: [UInt8] = []
  /// The end of each tag's bytes.
  private var ends: [Int] = []
  private var hashes: [Int] = []
  /// For each tag, the tag that followed it last.
  private var followers: [Int] = []
  /// Open addressing: tag numbers or -1; their count is a power of two, and at most half of them are taken.
  private var slots: [Int] = [-1, -1, -1, -1]
  private var last = 0

  var count: Int { ends.count }

  /// Returns the number of a tag; a new tag gets the next one.
  /// - Complexity: O(length) on average.
  @inline(__always)
  mutating func number(of tag: UnsafeRawBufferPointer) -> Int {
    if last < followers.count, case let guess = followers[last], isTag(guess, tag) {
      last = guess
      return guess
    }
    let number = lookUp(tag)
    if last < followers.count { followers[last] = number }
    last = number
    return number
  }

  /// Returns the tag as text; bytes that are not UTF-8 are replaced.
  func name(_ number: Int) -> String { String(decoding: names[bytes(of: number)], as: UTF8.self) }

  @inline(__always)
  private func bytes(of number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

  @inline(__always)
  private func isTag(_ number: Int, _ tag: UnsafeRawBufferPointer) -> Bool {
    let range = bytes(of: number)
    guard range.count == tag.count else { return false }
    return names.withUnsafeBytes { names in
      for index in 0..<tag.count where names[range.lowerBound + index] != tag[index] { return false }
      return true
    }
  }

  private mutating func lookUp(_ tag: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: tag)
    let hash = hasher.finalize()
    var slot = hash & (slots.count - 1)
    while slots[slot] >= 0 {
      let number = slots[slot]
      if hashes[number] == hash, isTag(number, tag) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = ends.count
    slots[slot] = number
    names.append(contentsOf: tag)
    ends.append(names.count)
    hashes.append(hash)
    followers.append(number)
    if 2 * count > slots.count { grow() }
    return number
  }

  private mutating func grow() {
    slots = [Int](repeating: -1, count: 2 * slots.count)
    for (number, hash) in hashes.enumerated() {
      var slot = hash & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = number
    }
  }
}

/// The series of a run by number, where values look theirs up while they are read.
final class SeriesCatalog {
  private(set) var all: [LoggedSeries] = []
  private var table = TagTable()
  /// For each series, true after its first metadata.
  private var isDescribed: [Bool] = []

  /// Returns the number of a value's series; adds a new series.
  @inline(__always)
  func number(of value: ValueFields) -> Int {
    let number = table.number(of: value.tag)
    if number == all.count || (value.metadata != nil && !isDescribed[number]) { describe(number, by: value) }
    return number
  }

  /// Returns the number of the series of an event without a summary; adds a new series.
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
