// EventFileReader.swift
// Reads one event file: its records, with checksums verified, and the events in them.

public import ByteStreams

/// Reads records in order. When the source has grown since its end was reached, reading continues there.
public struct RecordReader<Source: ByteSource> {
  /// The result of `next`.
  public enum Outcome: Equatable, Sendable {
    /// The payload of the next record.
    case record([UInt8])
    /// The source ends here, between two records or inside one; call again when there may be more.
    case needsMoreBytes
  }

  /// A record in the buffer; it is valid until the next read.
  private struct Frame {
    let payload: Range<Int>
    /// The error of a wrong checksum.
    let damage: EventFileError?
  }

  private var source: Source
  private let limit: Int
  /// Bytes of the source: those before `start` have been handed over, those from `end` on are free.
  private var buffer: [UInt8] = []
  private var start = 0
  private var end = 0
  /// The start of the next record, in bytes from the start of the file.
  public private(set) var offset: Int
  private static var chunk: Int { 1 << 18 }

  /// A reader of a source.
  /// - Parameters:
  ///   - limit: the longest payload accepted, in bytes.
  ///   - offset: the source's position in its file, which must be the start of a record.
  public init(_ source: Source, limit: Int = 1 << 28, offset: Int = 0) {
    self.source = source
    self.limit = limit
    self.offset = offset
  }

  /// Number of bytes read after the last whole record; more than 0 at the end of a file means a torn record.
  public var unfinishedBytes: Int { end - start }

  /// Returns the next record.
  ///
  /// Memory grows with the bytes read, never with the length that a record claims.
  /// - Throws: `EventFileError.lengthChecksum` and `.oversized`, after which every call throws the same; `.dataChecksum`, after
  ///   which the next call reads the next record; the source's errors; an error if the system has no memory for the record.
  public mutating func next() throws -> Outcome {
    try withNext { Array($0) }.map { .record($0) } ?? .needsMoreBytes
  }

  /// Hands the payload of the next record to `body` without copying it: the bytes are valid only during the call.
  /// - Returns: the result of `body`; nil if the source ends, between two records or inside one.
  /// - Throws: as `next`; the errors of `body`, after which the next call reads the next record.
  @inline(__always)
  public mutating func withNext<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result? {
    guard let frame = try nextFrame() else { return nil }
    if let damage = frame.damage { throw damage }
    return try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[frame.payload])) }
  }

  /// Does as `withNext`, but hands over payloads with a wrong checksum too, with the error.
  mutating func withNextUnverified<Result>(
    _ body: (UnsafeRawBufferPointer, EventFileError?) throws -> Result
  ) throws -> Result? {
    guard let frame = try nextFrame() else { return nil }
    return try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[frame.payload]), frame.damage) }
  }

  /// Reads the next record into the buffer; returns nil if it is not complete yet.
  @inline(__always)
  private mutating func nextFrame() throws -> Frame? {
    guard try fill(RecordLayout.headerBytes) else { return nil }
    let length = integer(at: 0, as: UInt64.self)
    if let (got, want) = mismatch(0..<RecordLayout.lengthBytes) {
      throw EventFileError.lengthChecksum(got: got, want: want, offset: offset)
    }
    guard length <= UInt64(limit) else {
      throw EventFileError.oversized(length: length, limit: limit, offset: offset)
    }
    let payload = RecordLayout.headerBytes..<RecordLayout.headerBytes + Int(length)
    let size = payload.upperBound + RecordLayout.checksumBytes
    guard try fill(size) else { return nil }
    var damage: EventFileError?
    if let (got, want) = mismatch(payload) { damage = .dataChecksum(got: got, want: want, offset: offset) }
    let frame = Frame(payload: start + payload.lowerBound..<start + payload.upperBound, damage: damage)
    start += size
    offset += size
    return frame
  }

  /// Returns the stored checksum of bytes of the record and their actual one if the two differ.
  @inline(__always)
  private func mismatch(_ range: Range<Int>) -> (got: MaskedCRC32C, want: MaskedCRC32C)? {
    let got = MaskedCRC32C(value: integer(at: range.upperBound, as: UInt32.self))
    let want = buffer.withUnsafeBytes {
      MaskedCRC32C(of: UnsafeRawBufferPointer(rebasing: $0[start + range.lowerBound..<start + range.upperBound]))
    }
    return got == want ? nil : (got, want)
  }

  @inline(__always)
  private func integer<T: FixedWidthInteger>(at position: Int, as type: T.Type) -> T {
    buffer.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: start + position, as: T.self)) }
  }

  /// Reads until `count` bytes of the next record are in the buffer; returns false if the source has no more now.
  @inline(__always)
  private mutating func fill(_ count: Int) throws -> Bool {
    unfinishedBytes >= count ? true : try readMore(count)
  }

  private mutating func readMore(_ count: Int) throws -> Bool {
    while unfinishedBytes < count {
      if end == buffer.count { try makeRoom(for: count) }
      let read = try buffer.withUnsafeMutableBytes {
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[end...]))
      }
      if read == 0 { return false }
      end += read
    }
    return true
  }

  /// Moves the remaining bytes to the front, and grows the buffer if `count` bytes do not fit: to at most twice the bytes read,
  /// so that memory does not depend on the length that a record claims.
  private mutating func makeRoom(for count: Int) throws {
    let size = max(Self.chunk, min(count, 2 * (end - start)))
    if size > buffer.count { try MemoryCheck.require(size) }
    var larger = size > buffer.count ? [UInt8](repeating: 0, count: size) : []
    buffer.withUnsafeMutableBytes { bytes in
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if larger.isEmpty {
        UnsafeMutableRawBufferPointer(rebasing: bytes[..<rest.count]).copyMemory(from: rest)
      } else {
        larger.withUnsafeMutableBytes { $0.copyMemory(from: rest) }
      }
    }
    if !larger.isEmpty { buffer = larger }
    (start, end) = (0, end - start)
  }
}

extension RecordReader: Sendable where Source: Sendable {}

/// Reads the events of one file in order, decoded in full. When the file has grown since its end was reached, reading continues there.
/// For the values of a whole run, without decoding more than is needed, use `RunReader`.
public struct EventFileReader<Source: ByteSource> {
  /// The result of `next`.
  public enum Outcome: Equatable, Sendable {
    /// The next event.
    case event(Event)
    /// The file ends here, between two records or inside one; call again when there may be more.
    case needsMoreBytes
  }

  private var records: RecordReader<Source>
  private var metadata: [Tag: SummaryMetadata] = [:]

  /// A reader of a source.
  /// - Parameter limit: the longest event accepted, in bytes.
  public init(_ source: Source, limit: Int = 1 << 28) { records = RecordReader(source, limit: limit) }

  /// The start of the next record, in bytes from the file's start.
  public var offset: Int { records.offset }

  /// Number of bytes after the last whole record; more than 0 at the end of a file means a torn record.
  public var unfinishedBytes: Int { records.unfinishedBytes }

  /// Returns the next event. A value without metadata is interpreted by those of its tag's first value.
  /// - Throws: as `RecordReader.next`; `EventFileError.malformedEvent` and `.notATime` for a record that is not an event, after
  ///   which the next call reads the next record.
  public mutating func next() throws -> Outcome {
    guard case .record(let payload) = try records.next() else { return .needsMoreBytes }
    return .event(try Event(decoding: payload, metadata: &metadata))
  }

  /// Returns all events up to the current end.
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
