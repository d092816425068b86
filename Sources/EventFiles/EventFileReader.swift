// EventFileReader.swift
// Records to events: what was logged, read back.

public import ByteStreams

/// Reads the events of one file in order, and goes on where it was when the file has grown.
public struct EventFileReader<Source: ByteSource> {
  /// What a call of `next` found.
  public enum Outcome: Equatable, Sendable {
    /// The next event.
    case event(Event)
    /// The file ends here, between two records or inside one; ask again when there may be more.
    case needsMoreBytes
  }

  private var records: RecordReader<Source>
  private var metadata: [Tag: SummaryMetadata] = [:]

  /// - Parameter limit: the longest event accepted, in bytes.
  public init(_ source: Source, limit: Int = 1 << 28) { records = RecordReader(source, limit: limit) }

  /// Where the next record begins, in bytes from the file's start.
  public var offset: Int { records.offset }

  /// Bytes beyond the last whole record: more than 0 at the end of a file means a torn record.
  public var unfinishedBytes: Int { records.unfinishedBytes }

  /// The next event; a value without metadata is understood by those of its tag's first value.
  /// - Throws: as `RecordReader.next`; `EventFileError.malformedEvent` and `.notATime` for a record that is no event, after
  ///   which the next call reads the next one.
  public mutating func next() throws -> Outcome {
    guard case .record(let payload) = try records.next() else { return .needsMoreBytes }
    return .event(try Event(decoding: payload, metadata: &metadata))
  }

  /// All events up to the end of what is there.
  public mutating func rest() throws -> [Event] {
    var events: [Event] = []
    while case .event(let event) = try next() { events.append(event) }
    return events
  }
}

extension EventFileReader where Source == FileSource {
  /// Opens the file at `path`.
  /// - Throws: `FileError`.
  public init(path: String, limit: Int = 1 << 28) throws { self.init(try FileSource(path), limit: limit) }
}

extension EventFileReader: Sendable where Source: Sendable {}
