// ByteBuffer.swift
// Memory that grows and is used again: the only place where records are written through pointers.

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
