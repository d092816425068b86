// UnpackedMessage.swift
// Messages that protobuf-c has unpacked, freed in the end; and its arrays as Swift sees them.

import CEventProto

/// Unpacks `bytes` and reads the result with `body`.
///
/// protobuf-c calls itself for nested messages. None of the messages in proto/ can hold one of its own kind, so the depth is
/// bounded by their declarations, whatever the bytes say; what they do not declare is skipped.
/// - Throws: `EventFileError.malformedEvent` where the bytes are no `kind`; what `body` throws.
func withUnpacked<M, Result>(
  _ kind: String, _ bytes: UnsafeBufferPointer<UInt8>,
  unpack: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?) -> UnsafeMutablePointer<M>?,
  free: (UnsafeMutablePointer<M>?, UnsafeMutablePointer<ProtobufCAllocator>?) -> Void,
  _ body: (M) throws(EventFileError) -> Result
) throws(EventFileError) -> Result {
  guard let message = unpack(nil, bytes.count, bytes.baseAddress) else {
    throw .malformedEvent(reason: "its bytes are no \(kind)")
  }
  defer { free(message, nil) }
  return try body(message.pointee)
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
