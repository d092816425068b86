// TensorValue.swift
// An array with a type and a shape, as event files store it (TensorProto).

import CEventProto
import Protobuf

/// Elements in row-major order and their shape, whose product is the number of elements.
public struct TensorValue: Equatable, Sendable {
  /// Elements of one type.
  public enum Elements: Equatable, Sendable {
    /// 32-bit floating point.
    case float([Float])
    /// 64-bit floating point.
    case double([Double])
    /// 32-bit integers.
    case int32([Int32])
    /// 64-bit integers.
    case int64([Int64])
    /// 8-bit unsigned integers.
    case uint8([UInt8])
    /// Byte strings.
    case strings([[UInt8]])

    /// The number of elements.
    public var count: Int {
      switch self {
      case .float(let elements): elements.count
      case .double(let elements): elements.count
      case .int32(let elements): elements.count
      case .int64(let elements): elements.count
      case .uint8(let elements): elements.count
      case .strings(let elements): elements.count
      }
    }
  }

  /// The elements; the last dimension varies fastest.
  public let elements: Elements
  /// The size of each dimension; empty for rank 0, which has one element.
  public let shape: [Int]

  /// A tensor of `elements`.
  /// - Precondition: no size is negative, and their product is the number of elements.
  public init(_ elements: Elements, shape: [Int]) {
    precondition(TensorValue.count(of: shape) == elements.count, "the shape does not match the number of elements")
    self.elements = elements
    self.shape = shape
  }

  /// Returns the number of elements of a shape, or nil if a size is negative or the product overflows.
  static func count(of shape: [Int]) -> Int? {
    var product = 1
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if size < 0 || overflow { return nil }
      product = next
    }
    return product
  }
}

extension TensorValue {
  /// Rows of cells as a tensor of rank 2; short rows are padded with empty cells.
  init(table rows: [[String]]) {
    let columns = max(rows.map(\.count).max() ?? 0, 1)
    let cells = rows.flatMap { row in
      row.map { Array($0.utf8) } + [[UInt8]](repeating: [], count: columns - row.count)
    }
    self.init(.strings(cells), shape: [rows.count, columns])
  }

  func message(in arena: MessageArena) -> UnsafeMutablePointer<Tensorboard__TensorProto> {
    arena.message(tensorboard__tensor_proto__init) { message in
      message.tensor_shape = TensorValue.message(ofShape: shape, in: arena)
      switch elements {
      case .float(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_FLOAT
        message.tensor_content = arena.raw(values)
      case .double(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_DOUBLE
        message.tensor_content = arena.raw(values)
      case .int32(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_INT32
        message.tensor_content = arena.raw(values)
      case .int64(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_INT64
        message.tensor_content = arena.raw(values)
      case .uint8(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_UINT8
        message.tensor_content = arena.raw(values)
      case .strings(let values):
        message.dtype = TENSORBOARD__DATA_TYPE__DT_STRING
        message.n_string_val = values.count
        message.string_val = arena.list(values.map { arena.bytes($0) })
      }
    }
  }

  /// The message of a shape: empty for rank 0, with an empty dimension for size 0.
  static func message(ofShape shape: [Int], in arena: MessageArena)
    -> UnsafeMutablePointer<Tensorboard__TensorShapeProto>
  {
    arena.message(tensorboard__tensor_shape_proto__init) {
      $0.n_dim = shape.count
      $0.dim = arena.list(
        shape.map { size in
          arena.message(tensorboard__tensor_shape_proto__dim__init) { $0.size = Int64(size) }
        })
    }
  }
}

extension TensorValue {
  /// The largest number of elements that one stored element may stand for.
  static let expansionLimit = 1 << 16

  init(_ message: Tensorboard__TensorProto) throws(EventFileError) {
    let shape = try message.tensor_shape.map { (shape) throws(EventFileError) in try TensorValue.shape(shape.pointee) }
    let wanted = TensorValue.count(of: shape ?? [])
    guard let elements = try Elements(message)?.expanded(to: wanted) else {
      throw .malformedEvent(reason: "a tensor of type \(message.dtype.rawValue), which is not supported")
    }
    guard elements.count == wanted else {
      throw .malformedEvent(reason: "a tensor of shape \(shape ?? []) holds \(elements.count) elements")
    }
    self.init(elements, shape: shape ?? [])
  }

  /// Returns the sizes; a shape without elements, such as a node's, may contain -1 for an unknown size.
  static func shape(_ message: Tensorboard__TensorShapeProto) throws(EventFileError) -> [Int] {
    messages(message.dim, message.n_dim).map { Int($0.size) }
  }
}

extension TensorValue.Elements {
  /// The stored elements, or nil for an unsupported type.
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

  /// Repeats a single element to fill the tensor, as TensorFlow stores constant tensors.
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

/// Returns the elements in the raw bytes, or those in the list if there are no raw bytes.
private func stored<T: BitwiseCopyable>(
  _ raw: UnsafeRawBufferPointer, _ list: UnsafeMutablePointer<T>?, _ count: Int
) throws(EventFileError) -> [T] {
  if raw.isEmpty { return Array(UnsafeBufferPointer(start: list, count: count)) }
  let size = MemoryLayout<T>.size
  guard raw.count % size == 0 else {
    throw .malformedEvent(reason: "a tensor has \(raw.count) bytes, which is not a multiple of \(size)")
  }
  return stride(from: 0, to: raw.count, by: size).map { raw.loadUnaligned(fromByteOffset: $0, as: T.self) }
}
