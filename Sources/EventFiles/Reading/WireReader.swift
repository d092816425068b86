// WireReader.swift
// Reads the fields of a protobuf message from its bytes.

/// Reads one field after the other. It does not recurse and checks every length: if the bytes are not a message, it stops and
/// `isSound` becomes false.
struct WireReader {
  /// One field; its kind determines which of `bits` and `bytes` it has.
  struct Field {
    enum Kind: UInt8 { case varint, fixed64, bytes, fixed32 }

    let number: UInt32
    let kind: Kind
    /// The bits of a number.
    let bits: UInt64
    /// The bytes of a string, of a message, or of packed numbers.
    let bytes: UnsafeRawBufferPointer
  }

  /// The depth to which groups may nest; TensorBoard's messages have none.
  private static let groupLimit = 100

  private let message: UnsafeRawBufferPointer
  private var offset = 0
  private(set) var isSound = true

  @inline(__always)
  init(_ message: UnsafeRawBufferPointer) { self.message = message }

  /// Returns the next field, nil at the end; skips groups.
  @inline(__always)
  mutating func next() -> Field? {
    while isSound, offset < message.count {
      let key = varint()
      guard isSound, (1..<1 << 29).contains(key >> 3) else {
        isSound = false
        return nil
      }
      let number = UInt32(truncatingIfNeeded: key >> 3)
      switch key & 7 {
      case 0:
        let bits = varint()
        return isSound ? Field(number: number, kind: .varint, bits: bits, bytes: Self.none) : nil
      case 1:
        guard let bits = fixed(UInt64.self) else { return nil }
        return Field(number: number, kind: .fixed64, bits: bits, bytes: Self.none)
      case 2:
        guard let bytes = lengthAndBytes() else { return nil }
        return Field(number: number, kind: .bytes, bits: 0, bytes: bytes)
      case 3:
        if skipGroup() { continue }
      case 5:
        guard let bits = fixed(UInt32.self) else { return nil }
        return Field(number: number, kind: .fixed32, bits: UInt64(bits), bytes: Self.none)
      default: break
      }
      isSound = false
      return nil
    }
    return nil
  }

  @inline(__always)
  private mutating func fixed<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T? {
    guard message.count - offset >= MemoryLayout<T>.size else {
      isSound = false
      return nil
    }
    defer { offset += MemoryLayout<T>.size }
    return T(littleEndian: message.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  @inline(__always)
  private mutating func lengthAndBytes() -> UnsafeRawBufferPointer? {
    let count = varint()
    guard isSound, count <= UInt64(message.count - offset) else {
      isSound = false
      return nil
    }
    defer { offset += Int(count) }
    return UnsafeRawBufferPointer(rebasing: message[offset..<offset + Int(count)])
  }

  /// Returns a packed list's next number; nil at its end.
  @inline(__always)
  mutating func nextPackedVarint() -> UInt64? {
    guard isSound, offset < message.count else { return nil }
    let bits = varint()
    return isSound ? bits : nil
  }

  /// Returns the number in a message's field, the last one if it is repeated; nil if there is none.
  static func number(_ field: UInt32, in message: UnsafeRawBufferPointer) -> UInt64? {
    var (reader, number) = (WireReader(message), UInt64?.none)
    while let next = reader.next() { if next.number == field, next.kind == .varint { number = next.bits } }
    return number
  }

  private static var none: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  /// Reads a number of seven bits a byte and at most ten bytes.
  @inline(__always)
  private mutating func varint() -> UInt64 {
    if offset < message.count, message[offset] < 128 {
      offset += 1
      return UInt64(message[offset - 1])
    }
    return longVarint()
  }

  private mutating func longVarint() -> UInt64 {
    var (bits, shift): (UInt64, UInt64) = (0, 0)
    while offset < message.count, shift < 70 {
      let byte = message[offset]
      offset += 1
      bits |= UInt64(byte & 127) << shift
      if byte < 128 { return bits }
      shift += 7
    }
    isSound = false
    return 0
  }

  /// Skips a group after its first key; returns false if it has no end.
  private mutating func skipGroup() -> Bool {
    var depth = 1
    while depth > 0 {
      guard offset < message.count, depth <= Self.groupLimit else { return false }
      let key = varint()
      guard isSound else { return false }
      var size: UInt64 = 0
      switch key & 7 {
      case 0: _ = varint()
      case 1: size = 8
      case 2: size = varint()
      case 3: depth += 1
      case 4: depth -= 1
      case 5: size = 4
      default: return false
      }
      guard isSound, size <= UInt64(message.count - offset) else { return false }
      offset += Int(size)
    }
    return true
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes as text, or nil if they are not UTF-8.
  var text: String? { String(validating: self, as: UTF8.self) }

  /// Returns true if the bytes are the ASCII text.
  func equals(_ text: StaticString) -> Bool {
    elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
