// RecordWriter.swift
// Payloads in, framed records out: one owner, one buffer, one order, one close.

public import ByteStreams

/// Frames payloads and gives them to a sink, whole records at a time: no write call ever ends inside a record.
public struct RecordWriter<Sink: ByteSink>: ~Copyable {
  /// Where the records go.
  var sink: Sink
  private var buffer: ByteBuffer
  private let bufferSize: Int
  /// Records that the sink has not got yet.
  private(set) var pendingRecords = 0
  /// Records that the sink has taken.
  private(set) var writtenRecords = 0
  /// Their bytes.
  public private(set) var writtenBytes = 0
  /// What the sink refused, perhaps half-way through a record: more would only follow torn bytes.
  private var failure: (any Error)?

  /// - Parameter bufferSize: the sink gets its bytes when there are so many; with 0, at each record.
  public init(_ sink: Sink, bufferSize: Int = 1 << 16) {
    self.sink = sink
    self.bufferSize = bufferSize
    buffer = ByteBuffer(capacity: bufferSize + bufferSize / 4)
  }

  /// Appends one record.
  /// - Throws: what the sink throws; nothing more is taken then, and every later call throws the same.
  public mutating func append(_ payload: [UInt8]) throws {
    try append(payload.count) { target in
      payload.withUnsafeBytes { source in
        if let start = source.baseAddress { target.copyMemory(from: start, byteCount: source.count) }
      }
    }
  }

  /// Appends one record whose `size` bytes `fill` writes.
  @inline(__always)
  mutating func append(_ size: Int, _ fill: (UnsafeMutableRawPointer) -> Void) throws {
    if let failure { throw failure }
    buffer.appendRecord(size, fill)
    pendingRecords += 1
    if buffer.count >= bufferSize { try flush() }
  }

  /// Gives the sink everything that waits, in one call.
  public mutating func flush() throws {
    if let failure { throw failure }
    if buffer.count == 0 { return }
    do {
      try sink.write(buffer.bytes)
    } catch {
      failure = error
      throw error
    }
    writtenBytes += buffer.count
    writtenRecords += pendingRecords
    discardPending()
  }

  /// Forgets the records that the sink has not taken, and its failure: for who has cut them off the sink.
  mutating func discardPending() {
    failure = nil
    buffer.removeAll()
    pendingRecords = 0
  }

  /// Gives the sink everything that waits, and gives the sink back.
  public consuming func close() throws -> Sink {
    try flush()
    return sink
  }
}
