// RunVerifier.swift
// Verifies the event files of one run, record by record, as both of TensorBoard's loaders read them.

import ByteStreams

/// Reads a run and finds what either of TensorBoard's loaders hides, changes or fails at.
struct RunVerifier {
  typealias Times = (first: Double, last: Double)

  /// The position of a value, and the loaders that still read there.
  struct Spot {
    let file: String
    let number: Int
    var offset = 0
    var events = 0
    /// True once the Python loader no longer reads the file.
    var isOverForPython: Bool
    /// True once the data server no longer reads the file.
    var isOverForRust = false
    /// The times of the first and the last value; they are in reverse order if the clock was set back.
    var times: Times?
  }

  let place: LogWalk.Place
  var tally: FindingTally
  var series: [VerifiedSeries] = []
  var hparams = HParamsFacts()
  /// True if the Python loader fails in this run, after which it reads no run at all.
  private(set) var endsPython = false
  /// True if any file has an event, without which the data server does not list the run.
  private(set) var hasEvents = false
  private(set) var records = 0
  private(set) var bytes = 0
  private(set) var tornTails: [TornTail] = []
  private var table = TagTable()
  private var session = SessionRules()
  private let limit: Int

  init(_ place: LogWalk.Place, limit: Int = 1 << 28) {
    self.place = place
    self.limit = limit
    tally = FindingTally(run: place.name)
  }

  mutating func verify() {
    checkPlace()
    var before: (name: String, times: Times)?
    let firstMisnamed = place.misnamedDirectories.first
    for (number, name) in place.eventFiles.enumerated() {
      let path = Directory.join(place.path, name)
      // The Python loader reads the files in the order of their names and stops at a directory among them.
      let isUnreached = endsPython || firstMisnamed?.precedesByBytes(name) ?? false
      var spot = Spot(
        file: path, number: number, isOverForPython: isUnreached || name.endsWithBytes(of: ".profile-empty"))
      if name.endsWithBytes(of: ".profile-empty") { noteProfileFile(path) }
      do {
        try read(path, &spot)
        if spot.events == 0 { noteEmpty(path) }
      } catch is NoMemory {
        noteUnreadable(path, FileError.noMemory(path: path))
      } catch {
        noteUnreadable(path, error)
      }
      if let times = spot.times {
        if let before, isInterleaved(times, of: name, with: before.times) { noteInterleaved(path, before.name) }
        before = (name, times)
      }
    }
    finish()
  }

  /// Returns true if a file was begun before the previous one ended. It is not if it ends before the previous one begins, or if the
  /// time in its name is later than everything in the previous one: then it was written later, with a clock that was set back.
  private func isInterleaved(_ times: Times, of name: String, with before: Times) -> Bool {
    if before.last <= times.first || times.last < before.first { return false }
    return EventFileName.seconds(of: name).map { Double($0) < before.last } ?? true
  }

  private mutating func read(_ path: String, _ spot: inout Spot) throws {
    let source = try FileSource(path, accepting: .regular)
    let size = try source.claimedSize() ?? 0
    var reader = RecordReader(source, limit: limit)
    defer { bytes += reader.offset }
    /// The start of the damaged end of the file.
    var tail: Int?
    do {
      while true {
        spot.offset = reader.offset
        let more: Void? = try reader.withNextUnverified { payload, damage in
          records += 1
          tail = damage == nil ? nil : tail ?? spot.offset
          if let damage { noteDamaged(damage, rest: size, &spot) }
          take(payload, isDamaged: damage != nil, &spot)
        }
        if more == nil { break }
      }
    } catch let error as EventFileError {
      if case .lengthChecksum = error, try isZero(path, from: spot.offset + RecordLayout.headerBytes) {
        remember(TornTail(file: path, offset: tail ?? spot.offset, count: size - (tail ?? spot.offset)))
      }
      return noteUnreadableRest(error, size: size, spot)
    }
    if reader.unfinishedBytes > 0 { noteTail(reader.unfinishedBytes, spot) }
    if let start = tail ?? (reader.unfinishedBytes > 0 ? spot.offset : nil) {
      remember(TornTail(file: path, offset: start, count: reader.offset + reader.unfinishedBytes - start))
    }
  }

  /// Returns true if a file contains only zeros from `offset` on. A power failure leaves such a file, possibly after a part of a
  /// header, if the device has its length but not its last bytes.
  private func isZero(_ path: String, from offset: Int) throws -> Bool {
    var source = try FileSource(path, from: offset)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = try buffer.withUnsafeMutableBytes({ try source.fill($0) }), count > 0 {
      if buffer[..<count].contains(where: { $0 != 0 }) { return false }
      try source.skip(source.hole())
    }
    return true
  }

  /// Checks one record's payload as an event.
  private mutating func take(_ payload: UnsafeRawBufferPointer, isDamaged: Bool, _ spot: inout Spot) {
    guard let event = EventFields(payload), isSound(event), hasTexts(event, payload) else {
      noteNoEvent(isDamaged: isDamaged, &spot)
      return
    }
    spot.events += 1
    hasEvents = true
    check(times: event, &spot)
    let isFirst = spot.events == 1
    if isFirst || event.content == .fileVersion { check(version: event, isFirst: isFirst, spot) }
    if !spot.isOverForPython { restart(event, spot) }
    // The data server drops an event with an infinite time, and the rest of the file after a NaN.
    if spot.isOverForPython, spot.isOverForRust || !event.wallTime.isFinite { return }
    switch event.content {
    case .summary:
      _ = event.forEachValue { fields in
        if let value = VerifiedValue(fields) { take(value, event, spot) }
      }
    case .graph: takeGraph(event, spot)
    case .runMetadata: takeRunMetadata(event, spot)
    default: break
    }
  }

  /// Returns true if both loaders can parse the event.
  private mutating func isSound(_ event: EventFields) -> Bool {
    var isSound = true
    let isSummary = event.forEachValue { fields in
      guard VerifiedValue(fields) != nil else { return isSound = false }
      let number = table.number(of: fields.tag)
      if number == series.count { series.append(VerifiedSeries(tag: fields.tag)) }
      if !series[number].isText { isSound = false }
    }
    return isSummary && isSound
  }

  /// Returns true if all texts of an event are UTF-8; the texts of a summary's values are checked with the values.
  private func hasTexts(_ event: EventFields, _ payload: UnsafeRawBufferPointer) -> Bool {
    if event.content == .summary { return event.source.isEmpty || WireSchema.source.accepts(event.source) }
    return WireSchema.event.accepts(payload)
  }

  private mutating func take(_ value: VerifiedValue, _ event: EventFields, _ spot: Spot) {
    let number = table.number(of: value.fields.tag)
    if series[number].file != spot.number {
      series[number].file = spot.number
      series[number].isDescribedInFile = value.isDescribed
    }
    if series[number].values == 0 {
      series[number].first = (spot.file, spot.offset)
      series[number].isDescribedAtOnce = value.isDescribed
    }
    series[number].values += 1
    describe(number, by: value, spot)
    checkSteps(number, event.step, spot)
    let isOfItsKind = value.plugin.map { $0 == series[number].plugin } ?? true
    if isOfItsKind { checkContent(of: value, number, event, spot) }
    let isTensor =
      value.fields.form == .tensor || value.oldDashboard != nil
      || (value.fields.form == .none && series[number].dashboard == .hparams)
    if !spot.isOverForPython, isTensor { series[number].python.add(event.step) }
    if !spot.isOverForRust, event.wallTime.isFinite {
      let rust = series[number].rust
      let isValid = value.fits(rust.dataClass, rust.plugin.flatMap(Dashboard.init(rawValue:)))
      series[number].rust.add(event.step, isValid: isValid)
    }
  }

  /// Returns the series of an event without a summary that the loaders turn into a value.
  mutating func numberOfSeries(tag: UnsafeRawBufferPointer, _ dashboard: Dashboard, _ event: EventFields, _ spot: Spot)
    -> Int
  {
    let number = table.number(of: tag)
    if number == series.count { series.append(VerifiedSeries(tag: tag)) }
    if series[number].values == 0 { series[number].first = (spot.file, spot.offset) }
    series[number].values += 1
    series[number].isDescribedAtOnce = true
    if series[number].plugin == nil {
      (series[number].plugin, series[number].dataClass) = (dashboard.rawValue, .blobSequence)
    }
    if !spot.isOverForPython {
      series[number].python.describe(plugin: dashboard.rawValue, dataClass: .blobSequence)
      series[number].python.add(event.step)
    }
    if !spot.isOverForRust, event.wallTime.isFinite {
      series[number].rust.describe(plugin: dashboard.rawValue, dataClass: .blobSequence)
      series[number].rust.add(event.step, isValid: true)
    }
    return number
  }

  /// Drops the points that the Python loader drops at a session's start, or at a step back in an old format.
  private mutating func restart(_ event: EventFields, _ spot: Spot) {
    switch session.take(event) {
    case .nothing: break
    case .forgetAll(let step): forget(Array(series.indices), from: step, spot)
    case .forgetTags(let step):
      var numbers: [Int] = []
      _ = event.forEachValue { numbers.append(table.number(of: $0.tag)) }
      forget(numbers, from: step, spot)
    }
  }

  private mutating func forget(_ numbers: [Int], from step: Int64, _ spot: Spot) {
    var forgotten = 0
    session.work += numbers.count
    for number in numbers {
      forgotten += series[number].python.forget(from: step, work: &session.work)
      series[number].restart = min(step, series[number].restart ?? step)
    }
    if forgotten > 0 { noteRestart(step, forgotten, spot) }
  }

  mutating func noteEndOfPython(_ spot: inout Spot) {
    spot.isOverForPython = true
    endsPython = true
  }

  mutating func remember(_ tail: TornTail) { tornTails.append(tail) }

  /// True if the forecast was abandoned because a file makes it too slow.
  var isForecastGivenUp: Bool { session.work > SessionRules.workLimit }
  /// True if the run begins with a session's start.
  var hasSessionStart: Bool { session.hasStart }
}
