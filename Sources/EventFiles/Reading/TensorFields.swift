// TensorFields.swift
// Finds a tensor's type, shape and elements in its bytes without copying them.

/// A tensor's fields (proto/tensor.proto), in place.
struct TensorFields {
  /// Element types by TensorFlow's numbers.
  enum Kind: Int32 {
    case float = 1
    case double = 2
    case int32 = 3
    case uint8 = 4
    case int16 = 5
    case int8 = 6
    case string = 7
    case complex64 = 8
    case int64 = 9
    case bool = 10
    case bfloat16 = 14
    case uint16 = 17
    case complex128 = 18
    case half = 19
    case uint32 = 22
    case uint64 = 23

    /// Bytes of an element in the raw form.
    var size: Int? {
      switch self {
      case .bool, .uint8, .int8: 1
      case .int16, .uint16, .half, .bfloat16: 2
      case .float, .int32, .uint32: 4
      case .double, .int64, .uint64, .complex64: 8
      case .complex128: 16
      case .string: nil
      }
    }
  }

  private let message: UnsafeRawBufferPointer
  /// The number of the element type, known or not.
  private(set) var typeNumber: Int32 = 0
  /// The sizes, as stored: any number is possible. Empty for rank 0.
  private(set) var shape: [Int64] = []
  /// The elements as raw little-endian bytes; empty if they are stored as a list.
  private(set) var raw = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Number of strings.
  private(set) var stringCount = 0
  private(set) var hasUnknownRank = false

  var kind: Kind? { Kind(rawValue: typeNumber) }

  /// A tensor, or nil if the bytes are not one.
  init?(_ message: UnsafeRawBufferPointer) {
    self.message = message
    var reader = WireReader(message)
    while let field = reader.next() {
      switch (field.number, field.kind) {
      case (1, .varint): typeNumber = Int32(truncatingIfNeeded: field.bits)
      case (2, .bytes): guard readShape(field.bytes) else { return nil }
      case (4, .bytes): raw = field.bytes
      case (8, .bytes): stringCount += 1
      default: break
      }
    }
    guard reader.isSound else { return nil }
  }

  /// The product of the sizes; nil if one is negative or the product overflows.
  var elementCount: Int? { TensorValue.count(of: shape.map { Int($0) }) }

  /// True if the number of elements matches the shape, or one stands for all; also for types whose elements cannot be counted.
  var isFilled: Bool {
    guard let wanted = elementCount, !hasUnknownRank else { return false }
    guard let stored = storedCount else { return true }
    return stored == wanted || (stored == 1 && wanted > 1 && raw.isEmpty && kind != .string)
  }

  /// The type's name for messages, or its number if unknown.
  var typeName: String { kind.map { "\($0)" } ?? "number \(typeNumber)" }

  /// Hands each string to `body` until it returns false.
  func forEachString(_ body: (UnsafeRawBufferPointer) throws -> Bool) rethrows {
    var reader = WireReader(message)
    while let field = reader.next() {
      if field.number == 8, field.kind == .bytes, try !body(field.bytes) { return }
    }
  }

  /// The first number, whatever its type; nil if there is none.
  var firstNumber: Double? {
    if !raw.isEmpty { return kind.flatMap(rawNumber) }
    guard let wanted = kind.flatMap(Self.listNumber) else { return nil }
    var reader = WireReader(message)
    while let field = reader.next() {
      guard field.number == wanted else { continue }
      return field.kind == .bytes ? packedNumber(field.bytes) : number(ofBits: field.bits)
    }
    return nil
  }

  /// Number of stored elements; nil for types whose elements cannot be counted.
  var storedCount: Int? {
    guard let kind else { return nil }
    if kind == .string { return stringCount }
    if !raw.isEmpty { return kind.size.map { raw.count / $0 } }
    guard let wanted = Self.listNumber(kind) else { return nil }
    var (count, reader) = (0, WireReader(message))
    while let field = reader.next() {
      guard field.number == wanted else { continue }
      if field.kind != .bytes {
        count += 1
      } else if kind == .float || kind == .double {
        count += field.bytes.count / (kind == .float ? 4 : 8)
      } else {
        count += field.bytes.count { $0 < 128 }
      }
    }
    return count
  }

  /// Hands each floating-point number to `body` until it returns false.
  func forEachNumber(_ body: (Double) -> Bool) {
    guard kind == .float || kind == .double else { return }
    if !raw.isEmpty {
      _ = forEachNumber(in: raw, body)
      return
    }
    var reader = WireReader(message)
    while let field = reader.next() {
      guard field.number == (kind == .float ? 5 : 6) else { continue }
      if field.kind == .bytes {
        if !forEachNumber(in: field.bytes, body) { return }
      } else if let number = number(ofBits: field.bits), !body(number) {
        return
      }
    }
  }

  private func forEachNumber(in bytes: UnsafeRawBufferPointer, _ body: (Double) -> Bool) -> Bool {
    let size = kind == .float ? 4 : 8
    for offset in stride(from: 0, through: bytes.count - size, by: size) {
      let bits =
        size == 4
        ? UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        : UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      if let number = number(ofBits: bits), !body(number) { return false }
    }
    return true
  }

  private mutating func readShape(_ message: UnsafeRawBufferPointer) -> Bool {
    var reader = WireReader(message)
    while let field = reader.next() {
      if field.number == 3, field.kind == .varint { hasUnknownRank = field.bits != 0 }
      guard field.number == 2, field.kind == .bytes else { continue }
      var (size, dimension) = (Int64(0), WireReader(field.bytes))
      while let field = dimension.next() {
        if field.number == 1, field.kind == .varint { size = Int64(bitPattern: field.bits) }
        // A dimension's name.
        if field.number == 2, field.kind == .bytes, field.bytes.text == nil { return false }
      }
      guard dimension.isSound else { return false }
      shape.append(size)
    }
    return reader.isSound
  }

  /// The number of the field that lists the elements of a type.
  private static func listNumber(_ kind: Kind) -> UInt32? {
    switch kind {
    case .float: 5
    case .double: 6
    case .int32, .uint8, .int16, .int8, .uint16: 7
    case .int64: 10
    case .bool: 11
    case .half, .bfloat16: 13
    case .uint32: 16
    case .uint64: 17
    case .string, .complex64, .complex128: nil
    }
  }

  private func packedNumber(_ list: UnsafeRawBufferPointer) -> Double? {
    switch kind {
    case .float: list.number(UInt32.self).flatMap { number(ofBits: UInt64($0)) }
    case .double: list.number(UInt64.self).flatMap(number(ofBits:))
    default:
      { (reader: WireReader) in
        var reader = reader
        return reader.nextPackedVarint().flatMap(number(ofBits:))
      }(WireReader(list))
    }
  }

  /// Returns the number that an element of a list encodes.
  private func number(ofBits bits: UInt64) -> Double? {
    switch kind {
    case .float: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .double: Double(bitPattern: bits)
    case .half: Self.half(UInt16(truncatingIfNeeded: bits))
    case .bfloat16: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16))
    case .uint64, .uint32, .bool: Double(bits)
    case .int32, .uint8, .int16, .int8, .uint16, .int64: Double(Int64(bitPattern: bits))
    case .string, .complex64, .complex128, nil: nil
    }
  }

  private func rawNumber(_ kind: Kind) -> Double? {
    switch kind {
    case .float: raw.number(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case .double: raw.number(UInt64.self).map { Double(bitPattern: $0) }
    case .int32: raw.number(Int32.self).map { Double($0) }
    case .uint8, .bool: raw.number(UInt8.self).map { Double($0) }
    case .int16: raw.number(Int16.self).map { Double($0) }
    case .int8: raw.number(Int8.self).map { Double($0) }
    case .int64: raw.number(Int64.self).map { Double($0) }
    case .bfloat16: raw.number(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .uint16: raw.number(UInt16.self).map { Double($0) }
    case .half: raw.number(UInt16.self).map(Self.half)
    case .uint32: raw.number(UInt32.self).map { Double($0) }
    case .uint64: raw.number(UInt64.self).map { Double($0) }
    case .string, .complex64, .complex128: nil
    }
  }

  /// IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
  private static func half(_ bits: UInt16) -> Double {
    let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
    let magnitude: Double =
      switch exponent {
      case 0: fraction / 16_777_216
      case 31: fraction == 0 ? .infinity : .nan
      default: (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
      }
    return bits >> 15 == 0 ? magnitude : -magnitude
  }
}

extension UnsafeRawBufferPointer {
  /// Returns the first number in the bytes, little-endian.
  fileprivate func number<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T? {
    count < MemoryLayout<T>.size ? nil : T(littleEndian: loadUnaligned(as: T.self))
  }
}
