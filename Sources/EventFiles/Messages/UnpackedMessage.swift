// UnpackedMessage.swift
// Unpacks messages with protobuf-c within a memory limit, frees them, and converts its arrays to Swift's.

import CEventProto

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Unpacks `bytes` and reads the result with `body`.
///
/// protobuf-c recurses for nested messages. No message in proto/ can contain itself, so the declarations bound the depth, whatever
/// the bytes are; undeclared fields are skipped.
/// - Throws: `EventFileError.malformedEvent` if the bytes are not a `kind`, or would take disproportionate memory; the errors of
///   `body`.
func withUnpacked<M, Result>(
  _ kind: String, _ bytes: UnsafeBufferPointer<UInt8>,
  unpack: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?) -> UnsafeMutablePointer<M>?,
  free: (UnsafeMutablePointer<M>?, UnsafeMutablePointer<ProtobufCAllocator>?) -> Void,
  _ body: (M) throws(EventFileError) -> Result
) throws(EventFileError) -> Result {
  let memory = UnsafeMutablePointer<UnpackedMemory>.allocate(capacity: 1)
  memory.initialize(to: UnpackedMemory(messageBytes: bytes.count))
  let allocator = UnsafeMutablePointer<ProtobufCAllocator>.allocate(capacity: 1)
  allocator.initialize(
    to: ProtobufCAllocator(alloc: allocate, free: { _, block in release(block) }, allocator_data: memory))
  defer {
    allocator.deallocate()
    memory.deallocate()
  }
  guard let message = unpack(allocator, bytes.count, bytes.baseAddress) else {
    let isTooMuch = memory.pointee.isExceeded
    throw .malformedEvent(
      reason: isTooMuch
        ? "\(bytes.count) bytes would become more than \(memory.pointee.limit) in memory"
        : "its bytes cannot be decoded (\(kind))")
  }
  defer { free(message, allocator) }
  return try body(message.pointee)
}

/// The memory limit of one message. Two bytes can encode a message of 100 bytes in memory; real messages grow 10 to 20 times.
private struct UnpackedMemory {
  let limit: Int
  var left: Int
  var isExceeded = false

  init(messageBytes: Int) {
    limit = min(32 * messageBytes + 1 << 20, 2 * messageBytes + 1 << 30)
    left = limit
  }
}

private func release(_ block: UnsafeMutableRawPointer?) { free(block) }

/// Allocates for protobuf-c, within the `UnpackedMemory` that `data` points to.
private func allocate(_ data: UnsafeMutableRawPointer?, _ count: Int) -> UnsafeMutableRawPointer? {
  guard let memory = data?.assumingMemoryBound(to: UnpackedMemory.self) else { return nil }
  guard count <= memory.pointee.left else {
    memory.pointee.isExceeded = true
    return nil
  }
  memory.pointee.left -= count
  return malloc(count)
}

/// Returns the messages of a repeated field.
func messages<M>(_ pointers: UnsafeMutablePointer<UnsafeMutablePointer<M>?>?, _ count: Int) -> [M] {
  UnsafeBufferPointer(start: pointers, count: count).compactMap { $0?.pointee }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// Bytes that protobuf-c owns.
  init(_ data: ProtobufCBinaryData) { self.init(start: data.data, count: data.len) }
}

extension Array where Element == UInt8 {
  /// A copy of bytes that protobuf-c owns.
  init(_ data: ProtobufCBinaryData) { self.init(UnsafeBufferPointer(start: data.data, count: data.len)) }
}

extension String {
  /// A copy of a text that protobuf-c owns; bytes that are not UTF-8 are replaced.
  init(_ data: ProtobufCBinaryData) {
    self.init(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
  }
}
