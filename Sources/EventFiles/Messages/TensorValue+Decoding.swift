// TensorValue+Decoding.swift
// Messages to tensors; no size is believed before the elements are there.

import CEventProto

extension TensorValue {
  /// The most elements that a single stored one may stand for.
  static let expansionLimit = 1 << 16

  init(_ message: Tensorboard__TensorProto) throws(EventFileError) {
    let shape = try message.tensor_shape.map { (shape) throws(EventFileError) in try TensorValue.shape(shape.pointee) }
    let wanted = TensorValue.count(of: shape ?? [])
    guard let elements = try Elements(message)?.expanded(to: wanted) else {
      throw .malformedEvent(reason: "a tensor of type \(message.dtype.rawValue), which is not read")
    }
    guard elements.count == wanted else {
      throw .malformedEvent(reason: "a tensor of shape \(shape ?? []) holds \(elements.count) elements")
    }
    self.init(elements, shape: shape ?? [])
  }

  /// Sizes; TensorBoard allows -1 in shapes that only describe.
  static func shape(_ message: Tensorboard__TensorShapeProto) throws(EventFileError) -> [Int] {
    messages(message.dim, message.n_dim).map { Int($0.size) }
  }
}

extension TensorValue.Elements {
  /// The stored elements, or nil for a type that is not read.
  fileprivate init?(_ message: Tensorboard__TensorProto) throws(EventFileError) {
    let raw = UnsafeRawBufferPointer(start: message.tensor_content.data, count: message.tensor_content.len)
    switch message.dtype {
    case TENSORBOARD__DATA_TYPE__DT_FLOAT: self = .float(try stored(raw, message.float_val, message.n_float_val))
    case TENSORBOARD__DATA_TYPE__DT_DOUBLE: self = .double(try stored(raw, message.double_val, message.n_double_val))
    case TENSORBOARD__DATA_TYPE__DT_INT32: self = .int32(try stored(raw, message.int_val, message.n_int_val))
    case TENSORBOARD__DATA_TYPE__DT_INT64: self = .int64(try stored(raw, message.int64_val, message.n_int64_val))
    case TENSORBOARD__DATA_TYPE__DT_UINT8:
      let listed = UnsafeBufferPointer(start: message.int_val, count: message.n_int_val)
      self = .uint8(raw.isEmpty ? listed.map { UInt8(truncatingIfNeeded: $0) } : Array(raw))
    case TENSORBOARD__DATA_TYPE__DT_STRING:
      self = .strings(UnsafeBufferPointer(start: message.string_val, count: message.n_string_val).map { [UInt8]($0) })
    default: return nil
    }
  }

  /// A single element stands for a tensor full of it.
  fileprivate func expanded(to wanted: Int?) -> Self {
    guard let wanted, count == 1, wanted > 1, wanted <= TensorValue.expansionLimit else { return self }
    switch self {
    case .float(let one): return .float(Array(repeating: one[0], count: wanted))
    case .double(let one): return .double(Array(repeating: one[0], count: wanted))
    case .int32(let one): return .int32(Array(repeating: one[0], count: wanted))
    case .int64(let one): return .int64(Array(repeating: one[0], count: wanted))
    case .uint8(let one): return .uint8(Array(repeating: one[0], count: wanted))
    case .strings: return self
    }
  }
}

/// The elements in the raw bytes, or those in the list where there are no raw bytes.
private func stored<T: BitwiseCopyable>(
  _ raw: UnsafeRawBufferPointer, _ list: UnsafeMutablePointer<T>?, _ count: Int
) throws(EventFileError) -> [T] {
  if raw.isEmpty { return Array(UnsafeBufferPointer(start: list, count: count)) }
  let size = MemoryLayout<T>.size
  guard raw.count % size == 0 else {
    throw .malformedEvent(reason: "a tensor has \(raw.count) bytes, no multiple of \(size)")
  }
  return stride(from: 0, to: raw.count, by: size).map { raw.loadUnaligned(fromByteOffset: $0, as: T.self) }
}
