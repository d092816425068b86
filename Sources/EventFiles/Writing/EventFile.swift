// EventFile.swift
// Writes one event file: opening records, metadata with each tag's first value, whole records only.

import ByteStreams

/// One event file being written, by one owner at a time.
struct EventFile<Sink: EventSink>: ~Copyable {
  private var records: RecordWriter<Sink>
  /// The kind of each tag whose metadata the file holds.
  private var kinds: [Tag: String] = [:]
  /// Templates for the scalar tags among them.
  private var scalars: [Tag: ScalarEventTemplate] = [:]
  private let opening: [Event]
  /// Number of opening events that are in the file or wait.
  private var opened = 0
  /// Why nothing can be written any more, once that is so.
  private var damage: EventFileError?

  /// - Parameter sessionStart: readers drop the points of earlier files from this step on.
  init(_ sink: Sink, writer: String, sessionStart: Step, bufferSize: Int = 1 << 16) {
    records = RecordWriter(sink, bufferSize: bufferSize)
    opening = [
      Event(.fileVersion(Event.fileVersion), writer: writer),
      Event(.sessionLog(SessionLog(.start)), step: sessionStart),
    ]
  }

  deinit { for form in scalars.values { form.deallocate() } }

  /// Appends one number.
  /// - Complexity: O(tag); allocates nothing after the tag's first value.
  @inline(__always)
  mutating func append(
    _ tag: Tag, _ value: Float, step: Step, at time: WallTime, description: String, displayName: String = ""
  ) throws {
    guard let form = scalars[tag] else {
      let first = SummaryValue.scalar(tag, value, description: description, displayName: displayName)
      return try append(Event(.summary([first]), step: step, at: time))
    }
    do {
      try records.append(form.size(step: step, at: time)) { form.write(value, step: step, at: time, to: $0) }
    } catch {
      throw cutBack(after: error)
    }
  }

  /// Appends one event. The first value of each tag carries its metadata.
  mutating func append(_ event: Event) throws {
    if let damage { throw damage }
    try writeOpening()
    let new = try newKinds(in: event)
    try encode(event, described: Set(new.keys))
    for (tag, kind) in new {
      kinds[tag] = kind
      if kind == "scalars", scalars[tag] == nil { scalars[tag] = ScalarEventTemplate(tag) }
    }
  }

  /// Writes the opening records, so that a reader sees the run.
  mutating func open() throws {
    try writeOpening()
    try flush()
  }

  /// True while records wait in the buffer.
  @inline(__always)
  var hasWaiting: Bool { records.pendingRecords > 0 }

  /// Writes everything that waits.
  mutating func flush() throws {
    do { try records.flush() } catch { throw cutBack(after: error) }
  }

  /// Checks that nobody has removed or replaced the file.
  mutating func checkPlace() throws { try records.sink.checkPlace() }

  /// Flushes, and waits until the device has the file's data and its name.
  mutating func sync() throws {
    try flush()
    try records.sink.sync()
    try records.sink.syncName()
  }

  /// Flushes and closes the file, even if the flush fails.
  mutating func close() throws {
    do {
      try flush()
    } catch {
      try? records.sink.close()
      throw error
    }
    try records.sink.close()
  }

  private mutating func writeOpening() throws {
    while opened < opening.count {
      try encode(opening[opened], described: [])
      opened += 1
    }
  }

  /// The event's tags whose metadata have to be written with it, and their kinds.
  private func newKinds(in event: Event) throws -> [Tag: String] {
    guard case .summary(let values) = event.content else { return [:] }
    var new: [Tag: String] = [:]
    for value in values {
      let kind = value.content.pluginName
      if let known = kinds[value.tag] ?? new[value.tag], known != kind {
        throw EventFileError.kindChanged(tag: value.tag, was: known, now: kind)
      }
      // The HParams dashboard reads only metadata, so each of its values carries them.
      if kinds[value.tag] == nil || kind == "hparams" { new[value.tag] = kind }
    }
    return new
  }

  private mutating func encode(_ event: Event, described: Set<Tag>) throws {
    var described = described
    let message = Event.EncodedMessage(event) { described.remove($0.tag) != nil }
    do {
      try records.append(message.size) { message.write(to: $0) }
    } catch {
      throw cutBack(after: error)
    }
  }

  /// Drops the records that could not be written and truncates the file to its last whole record, so that later events can follow.
  private mutating func cutBack(after error: any Error) -> any Error {
    let lost = records.pendingRecords
    records.discardPending()
    // The lost records may have held the opening, or the metadata of a tag.
    kinds = [:]
    for form in scalars.values { form.deallocate() }
    scalars = [:]
    opened = min(records.writtenRecords, opening.count)
    do {
      try records.sink.truncate(to: records.writtenBytes)
    } catch let second {
      let path = records.sink.path
      guard let cause = second as? FileError else { return second }
      damage = .damaged(path: path, cause: cause)
    }
    if let damage { return damage }
    guard let cause = error as? FileError else { return error }
    return EventFileError.recordsLost(count: lost, cause: cause)
  }
}

extension SummaryValue.Content {
  /// The name of the dashboard that shows the value.
  fileprivate var pluginName: String {
    switch self {
    case .scalar: "scalars"
    case .sessionStart, .sessionEnd, .hyperParameterTable: "hparams"
    default: metadata.pluginName
    }
  }
}

/// A sink that can truncate its file to the last whole record after a write failed half-way.
protocol EventSink: ByteSink {
  var path: String { get }
  mutating func truncate(to size: Int) throws
  mutating func sync() throws
  mutating func checkPlace() throws
  mutating func syncName() throws
  mutating func close() throws
}

extension FileSink: EventSink {}
