// RecordReader.swift
// Framed records in, payloads out; "not yet" is not "wrong".

public import ByteStreams

/// Reads records in order, and goes on where it was when a file that was still being written has grown.
public struct RecordReader<Source: ByteSource> {
  /// What a call of `next` found.
  public enum Outcome: Equatable, Sendable {
    /// The payload of the next record.
    case record([UInt8])
    /// The source ends here, between two records or inside one; ask again when there may be more.
    case needsMoreBytes
  }

  private var source: Source
  private let limit: Int
  /// Room for bytes of the source: those before `start` have been given out, those from `end` on have not come.
  private var buffer: [UInt8] = []
  private var start = 0
  private var end = 0
  /// Where the next record begins, in bytes from the source's start.
  public private(set) var offset = 0
  private static var chunk: Int { 1 << 16 }

  /// - Parameter limit: the longest payload accepted, in bytes.
  public init(_ source: Source, limit: Int = 1 << 28) {
    self.source = source
    self.limit = limit
  }

  /// Bytes read beyond the last whole record: more than 0 at the end of a file means a torn record.
  public var unfinishedBytes: Int { end - start }

  /// The next record.
  ///
  /// Memory grows with the bytes that have come, never with the length that a record claims.
  /// - Throws: `EventFileError.lengthChecksum` and `.oversized`, after which every call throws the same;
  ///   `.dataChecksum`, after which the next call reads the next record; what the source throws.
  public mutating func next() throws -> Outcome {
    guard try fill(RecordLayout.headerBytes) else { return .needsMoreBytes }
    let length = integer(at: 0, as: UInt64.self)
    try check(0..<RecordLayout.lengthBytes) { .lengthChecksum(got: $0, want: $1, offset: offset) }
    guard length <= UInt64(limit) else {
      throw EventFileError.oversized(length: length, limit: limit, offset: offset)
    }
    let payload = RecordLayout.headerBytes..<RecordLayout.headerBytes + Int(length)
    guard try fill(payload.upperBound + RecordLayout.checksumBytes) else { return .needsMoreBytes }
    let record = (start: start, offset: offset)
    defer {
      start = record.start + payload.upperBound + RecordLayout.checksumBytes
      offset = record.offset + payload.upperBound + RecordLayout.checksumBytes
    }
    try check(payload) { .dataChecksum(got: $0, want: $1, offset: offset) }
    return .record(Array(buffer[start + payload.lowerBound..<start + payload.upperBound]))
  }

  /// Throws unless the bytes, counted from the record's start, have the checksum that follows them.
  private func check(_ range: Range<Int>, orThrow error: (MaskedCRC32C, MaskedCRC32C) -> EventFileError) throws {
    let got = MaskedCRC32C(value: integer(at: range.upperBound, as: UInt32.self))
    let want = buffer.withUnsafeBytes {
      MaskedCRC32C(of: UnsafeRawBufferPointer(rebasing: $0[start + range.lowerBound..<start + range.upperBound]))
    }
    if got != want { throw error(got, want) }
  }

  private func integer<T: FixedWidthInteger>(at position: Int, as type: T.Type) -> T {
    buffer.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: start + position, as: T.self)) }
  }

  /// Reads until `count` bytes of the next record are there; false where the source has none now.
  private mutating func fill(_ count: Int) throws -> Bool {
    while unfinishedBytes < count {
      if end == buffer.count { makeRoom(for: count) }
      let read = try buffer.withUnsafeMutableBytes {
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[end...]))
      }
      if read == 0 { return false }
      end += read
    }
    return true
  }

  /// Moves what is left to the front, and grows where that is not enough for `count` bytes: to the double of the bytes
  /// that have come, so that no claim of a length costs more than what came with it.
  private mutating func makeRoom(for count: Int) {
    buffer.removeFirst(start)
    (start, end) = (0, end - start)
    let size = max(Self.chunk, min(count, 2 * end))
    buffer.append(contentsOf: repeatElement(0, count: max(size - buffer.count, 0)))
  }
}

extension RecordReader: Sendable where Source: Sendable {}
