// UnpackedMessage.swift
// Messages that protobuf-c has unpacked, freed in the end; and its arrays as Swift sees them.

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
/// protobuf-c calls itself for nested messages. None of the messages in proto/ can hold one of its own kind, so the depth is
/// bounded by their declarations, whatever the bytes say; what they do not declare is skipped.
/// - Throws: `EventFileError.malformedEvent` where the bytes are no `kind`, or would take more memory than they account for; what
///   `body` throws.
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
        ? "\(bytes.count) bytes would become more than \(memory.pointee.limit) in memory" : "its bytes are no \(kind)")
  }
  defer { free(message, allocator) }
  return try body(message.pointee)
}

/// Memory for one message. Two bytes can stand for a message of a hundred: what programs write becomes ten times as large, or twenty.
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

/// protobuf-c's allocation, from what is left of the `UnpackedMemory` that `data` points to.
private func allocate(_ data: UnsafeMutableRawPointer?, _ count: Int) -> UnsafeMutableRawPointer? {
  guard let memory = data?.assumingMemoryBound(to: UnpackedMemory.self) else { return nil }
  guard count <= memory.pointee.left else {
    memory.pointee.isExceeded = true
    return nil
  }
  memory.pointee.left -= count
  return malloc(count)
}

/// The messages of a repeated field.
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
  /// A copy of a text that protobuf-c owns; what is no UTF-8 is replaced.
  init(_ data: ProtobufCBinaryData) {
    self.init(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
  }
}
