// RunReader.swift
// Reads every value of a run, file after file, and the new values when the files have grown.

import ByteStreams

/// Reads the event files of one run's directory in the order of their names, whichever program wrote them.
///
/// Between two calls it keeps only the position in each file; during a call, one buffer. So memory grows with the number of tags and
/// with the longest record, not with the files.
public struct RunReader {
  /// A part of a file that could not be read.
  public struct Damage: Equatable, Sendable {
    /// The file's path.
    public let file: String
    /// The start of the record, in bytes from the file's start.
    public let offset: Int
    /// The error. After a damaged length the rest of the file is not read; after any other error the next record is.
    public let error: EventFileError
  }

  private struct Position {
    var offset = 0
    /// The file's size when it was last read.
    var size = -1
    var isDead = false
    var damages = 0
    var identity: FileStatus.Identity?
    /// The bytes before the offset, which are the checksum of the last record.
    var end: [UInt8] = []
  }

  /// The run's directory.
  public let path: String
  /// Parts that could not be read so far, at most 100 records a file.
  public private(set) var damages: [Damage] = []
  private var positions: [ExactName: Position] = [:]
  private let catalog = SeriesCatalog()
  private let limit: Int
  private static let damageLimit = 100

  /// A reader at the start of a run.
  /// - Parameter limit: the longest record accepted, in bytes.
  public init(_ path: String, limit: Int = 1 << 28) {
    self.path = path
    self.limit = limit
  }

  /// A reader at the start of a run.
  public init(_ run: LoggedRun) { self.init(run.path) }

  /// The series seen so far, in the order of their first values.
  public var series: [LoggedSeries] { catalog.all }

  /// Hands every value written since the last call to `body`. It reads an incomplete last record with the next call, and new
  /// files too. It reads a file that was truncated or replaced again from its start, and adds that to `damages`.
  /// - Throws: `FileError`; the errors of `body`, after which the next call continues after that record.
  public mutating func read(_ body: (borrowing LoggedValue) throws -> Void) throws {
    for name in try Directory.list(path) where EventFileName.isEventFile(name) {
      let file = Directory.join(path, name)
      guard let status = try FileStatus.of(file), status.kind == .regular else { continue }
      var position = positions[ExactName(name)] ?? Position()
      if let known = position.identity, known != status.identity || status.size < position.offset {
        if try Self.end(of: file, at: position.offset) != position.end {
          note(.replaced, in: file, at: 0, &position)
          position = Position(damages: position.damages)
        }
      }
      let isKnown = position.isDead || position.size == status.size
      position.identity = status.identity
      defer { positions[ExactName(name)] = position }
      if isKnown { continue }
      try read(file, from: &position, body)
      position.end = try Self.end(of: file, at: position.offset)
    }
  }

  /// Hands every value of one of the files to `body`, even if it was read before.
  /// - Throws: as `read`.
  package mutating func read(file name: String, _ body: (borrowing LoggedValue) throws -> Void) throws {
    var position = Position()
    try read(Directory.join(path, name), from: &position, body)
  }

  private mutating func read(
    _ file: String, from position: inout Position, _ body: (borrowing LoggedValue) throws -> Void
  ) throws {
    var records = RecordReader(try FileSource(file, from: position.offset), limit: limit, offset: position.offset)
    while true {
      let offset = records.offset
      var failure: (any Error)?
      do {
        let isEvent = try records.withNext { payload in
          do { return try Self.visit(payload, catalog, body) } catch { failure = error }
          return true
        }
        guard let isEvent else { break }
        if !isEvent { throw EventFileError.malformedEvent(reason: "the record's bytes cannot be decoded") }
      } catch let error as EventFileError {
        note(error, in: file, at: offset, &position)
        if records.offset == offset { position.isDead = true }
      } catch is NoMemory {
        throw FileError.noMemory(path: file)
      }
      position.offset = records.offset
      if let failure { throw failure }
      if position.isDead { return }
    }
    position.size = records.offset + records.unfinishedBytes
  }

  /// Returns the four bytes before a position, or fewer at the file's start. They tell a grown file that was copied anew by another
  /// program, which has the same ones, from a different file.
  private static func end(of file: String, at offset: Int) throws -> [UInt8] {
    let start = max(0, offset - RecordLayout.checksumBytes)
    var source = try FileSource(file, from: start)
    return try [UInt8](unsafeUninitializedCapacity: offset - start) { buffer, count in
      while count < buffer.count {
        let read = try source.fill(
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
        if read == 0 { break }
        count += read
      }
    }
  }

  /// Hands over the values of one event; returns false if the bytes are not an event.
  @inline(__always)
  private static func visit(
    _ payload: UnsafeRawBufferPointer, _ catalog: SeriesCatalog, _ body: (borrowing LoggedValue) throws -> Void
  ) throws -> Bool {
    guard let event = EventFields(payload) else { return false }
    if event.content == .summary {
      return try event.forEachValue { try body(LoggedValue($0, of: event, in: catalog)) }
    }
    if let value = LoggedValue(ofEvent: event, in: catalog) { try body(value) }
    return true
  }

  private mutating func note(_ error: EventFileError, in file: String, at offset: Int, _ position: inout Position) {
    position.damages += 1
    if position.damages <= Self.damageLimit { damages.append(Damage(file: file, offset: offset, error: error)) }
  }
}
