// MessageArena.swift
// The memory of a message that is being put together: all of it lives until the arena goes.

import CEventProto

/// Lends memory to protobuf-c's structs. Keep the arena alive until the message is packed.
final class MessageArena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  /// Room for `count` values, not yet initialized.
  private func room<T>(for count: Int, _ type: T.Type) -> UnsafeMutablePointer<T> {
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: max(count * MemoryLayout<T>.stride, 1), alignment: max(MemoryLayout<T>.alignment, 16))
    blocks.append(block)
    return block.bindMemory(to: T.self, capacity: count)
  }

  /// A message made by its generated `initialize`, then filled in.
  func message<M>(_ initialize: (UnsafeMutablePointer<M>?) -> Void, _ fill: (inout M) -> Void = { _ in })
    -> UnsafeMutablePointer<M>
  {
    let pointer = room(for: 1, M.self)
    initialize(pointer)
    fill(&pointer.pointee)
    return pointer
  }

  /// A C array of trivial values: a repeated field.
  func list<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutablePointer<T> {
    let pointer = room(for: values.count, T.self)
    pointer.initialize(from: values, count: values.count)
    return pointer
  }

  /// A C array of pointers to messages: a repeated field.
  func list<M>(_ messages: [UnsafeMutablePointer<M>]) -> UnsafeMutablePointer<UnsafeMutablePointer<M>?> {
    list(messages.map { Optional($0) })
  }

  func bytes(_ bytes: some Collection<UInt8>) -> ProtobufCBinaryData {
    if bytes.isEmpty { return ProtobufCBinaryData() }
    let pointer = room(for: bytes.count, UInt8.self)
    _ = UnsafeMutableBufferPointer(start: pointer, count: bytes.count).initialize(fromContentsOf: bytes)
    return ProtobufCBinaryData(len: bytes.count, data: pointer)
  }

  func text(_ text: String) -> ProtobufCBinaryData { bytes(text.utf8) }

  /// The numbers as they are in memory; on every processor Swift runs on that is little-endian.
  func raw<T: BitwiseCopyable>(_ values: [T]) -> ProtobufCBinaryData {
    values.withUnsafeBytes { self.bytes($0) }
  }

  /// The packed bytes of a message.
  func packed<M>(
    _ message: UnsafeMutablePointer<M>, size: (UnsafePointer<M>?) -> Int,
    pack: (UnsafePointer<M>?, UnsafeMutablePointer<UInt8>?) -> Int
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size(message)) { buffer, count in count = pack(message, buffer.baseAddress) }
  }
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
