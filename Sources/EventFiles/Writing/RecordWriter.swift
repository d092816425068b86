// RecordWriter.swift
// Frames payloads as records and gives them to a sink, whole records at a time.

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

/// Bytes at the front of a block of memory that is kept until the end.
struct ByteBuffer: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    base = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Appends `size` bytes that `fill` writes.
  /// - Complexity: O(size), amortized.
  @inline(__always)
  mutating func append(_ size: Int, _ fill: (UnsafeMutableRawPointer) -> Void) {
    if capacity - count < size { grow(by: size) }
    fill(base + count)
    count += size
  }

  mutating func removeAll() { count = 0 }

  private mutating func grow(by size: Int) {
    capacity = max(2 * capacity, count + size)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    larger.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = larger
  }
}

extension ByteBuffer {
  /// Appends one record, framed, whose `size` bytes of payload `fill` writes.
  @inline(__always)
  mutating func appendRecord(_ size: Int, _ fill: (UnsafeMutableRawPointer) -> Void) {
    append(size + RecordLayout.frameBytes) { record in
      record.storeBytes(of: UInt64(size).littleEndian, as: UInt64.self)
      let length = UnsafeRawBufferPointer(start: record, count: RecordLayout.lengthBytes)
      record.storeBytes(
        of: MaskedCRC32C(of: length).value.littleEndian, toByteOffset: RecordLayout.lengthBytes, as: UInt32.self)
      let payload = record + RecordLayout.headerBytes
      fill(payload)
      let checksum = MaskedCRC32C(of: UnsafeRawBufferPointer(start: payload, count: size))
      payload.storeBytes(of: checksum.value.littleEndian, toByteOffset: size, as: UInt32.self)
    }
  }
}
