// MessageArena.swift
// The memory of a message that is being put together: all of it lives until the arena goes.

package import CProtobufC

/// Lends memory to protobuf-c's structs. Keep the arena alive until the message is packed.
///
/// Its methods are inlined into the modules that use it, so that none of them pays for its generality.
package final class MessageArena {
  @usableFromInline var blocks: [UnsafeMutableRawPointer] = []

  @inlinable package init() {}

  @inlinable deinit { for block in blocks { block.deallocate() } }

  /// Room for `count` values, not yet initialized.
  @inlinable func room<T>(for count: Int, _ type: T.Type) -> UnsafeMutablePointer<T> {
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: max(count * MemoryLayout<T>.stride, 1), alignment: max(MemoryLayout<T>.alignment, 16))
    blocks.append(block)
    return block.bindMemory(to: T.self, capacity: count)
  }

  /// A message made by its generated `initialize`, then filled in.
  @inlinable package func message<M>(
    _ initialize: (UnsafeMutablePointer<M>?) -> Void, _ fill: (inout M) -> Void = { _ in }
  )
    -> UnsafeMutablePointer<M>
  {
    let pointer = room(for: 1, M.self)
    initialize(pointer)
    fill(&pointer.pointee)
    return pointer
  }

  /// A C array of trivial values: a repeated field.
  @inlinable package func list<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutablePointer<T> {
    let pointer = room(for: values.count, T.self)
    pointer.initialize(from: values, count: values.count)
    return pointer
  }

  /// A C array of pointers to messages: a repeated field.
  @inlinable package func list<M>(_ messages: [UnsafeMutablePointer<M>]) -> UnsafeMutablePointer<
    UnsafeMutablePointer<M>?
  > {
    list(messages.map { Optional($0) })
  }

  @inlinable package func bytes(_ bytes: some Collection<UInt8>) -> ProtobufCBinaryData {
    if bytes.isEmpty { return ProtobufCBinaryData() }
    let pointer = room(for: bytes.count, UInt8.self)
    _ = UnsafeMutableBufferPointer(start: pointer, count: bytes.count).initialize(fromContentsOf: bytes)
    return ProtobufCBinaryData(len: bytes.count, data: pointer)
  }

  @inlinable package func text(_ text: String) -> ProtobufCBinaryData { bytes(text.utf8) }

  /// The numbers as they are in memory; on every processor Swift runs on that is little-endian.
  @inlinable package func raw<T: BitwiseCopyable>(_ values: [T]) -> ProtobufCBinaryData {
    values.withUnsafeBytes { self.bytes($0) }
  }

  /// The packed bytes of a message.
  @inlinable package func packed<M>(
    _ message: UnsafeMutablePointer<M>, size: (UnsafePointer<M>?) -> Int,
    pack: (UnsafePointer<M>?, UnsafeMutablePointer<UInt8>?) -> Int
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size(message)) { buffer, count in count = pack(message, buffer.baseAddress) }
  }
}
