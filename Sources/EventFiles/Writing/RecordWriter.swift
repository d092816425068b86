// RecordWriter.swift
// Frames payloads as records and gives them to a sink, whole records at a time.

public import ByteStreams

/// Frames payloads and gives them to a sink; no write ever ends inside a record.
public struct RecordWriter<Sink: ByteSink>: ~Copyable {
  /// Takes the records.
  var sink: Sink
  private var buffer: ByteBuffer
  private let bufferSize: Int
  /// Number of records that wait in the buffer.
  private(set) var pendingRecords = 0
  /// Number of records that the sink has taken.
  private(set) var writtenRecords = 0
  /// Number of bytes that the sink has taken.
  public private(set) var writtenBytes = 0
  /// Why the sink refused a write. It may have stopped inside a record, after which no further record could be read.
  private var failure: (any Error)?

  /// - Parameter bufferSize: number of bytes that wait at most; with 0, each record is written at once.
  public init(_ sink: Sink, bufferSize: Int = 1 << 16) {
    self.sink = sink
    self.bufferSize = bufferSize
    buffer = ByteBuffer(capacity: bufferSize + bufferSize / 4)
  }

  /// Appends one record.
  /// - Throws: the sink's error; after it every call throws the same error, and nothing is written.
  public mutating func append(_ payload: [UInt8]) throws {
    try append(payload.count) { target in
      payload.withUnsafeBytes { source in
        if let start = source.baseAddress { target.copyMemory(from: start, byteCount: source.count) }
      }
    }
  }

  /// Appends one record with a payload of `size` bytes, which `fill` writes.
  @inline(__always)
  mutating func append(_ size: Int, _ fill: (UnsafeMutableRawPointer) -> Void) throws {
    if let failure { throw failure }
    buffer.appendRecord(size, fill)
    pendingRecords += 1
    if buffer.count >= bufferSize { try flush() }
  }

  /// Gives the sink everything that waits, in one write.
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

  /// Forgets the waiting records and the failure, after the sink has been truncated to its last whole record.
  mutating func discardPending() {
    failure = nil
    buffer.removeAll()
    pendingRecords = 0
  }

  /// Flushes, and returns the sink.
  public consuming func close() throws -> Sink {
    try flush()
    return sink
  }
}

/// A growing, reusable buffer; the only place where records are written through pointers.
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

  /// Appends `size` bytes, which `fill` writes.
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
  /// Appends one framed record with a payload of `size` bytes, which `fill` writes.
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
