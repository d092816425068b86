// ScalarEventTemplate.swift
// Encodes an event with one scalar without protobuf-c: fast, and without allocations.

/// The bytes between the step and the number, which are the same in every event of a scalar tag after its metadata were written.
///
/// An event with one scalar is (field numbers of proto/event.proto and proto/summary.proto): `09` wall time (8 bytes),
/// `10` step (varint), `2a` size of the summary, `0a` size of the value, `0a` size of the tag, the tag, `15` number (4 bytes).
/// A wall time or a step of 0 is omitted. Tests compare these bytes with those of protobuf-c.
struct ScalarEventTemplate {
  /// The bytes from `2a` to `15`.
  private let middle: UnsafeRawBufferPointer

  /// Allocates the bytes for `tag`; call `deallocate` at the end.
  init(_ tag: Tag) {
    var name = tag.name
    let middle = name.withUTF8 { name in
      let value = 1 + Self.varintSize(UInt64(name.count)) + name.count + 5
      let summary = 1 + Self.varintSize(UInt64(value)) + value
      let bytes =
        [0x2A] + Self.varint(UInt64(summary)) + [0x0A] + Self.varint(UInt64(value)) + [0x0A]
        + Self.varint(UInt64(name.count)) + name + [0x15]
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      copy.copyBytes(from: bytes)
      return UnsafeRawBufferPointer(copy)
    }
    self.middle = middle
  }

  func deallocate() { middle.deallocate() }

  /// The size of the event in bytes.
  @inline(__always)
  func size(step: Step, at time: WallTime) -> Int {
    (time.seconds == 0 ? 0 : 9) + (step.value == 0 ? 0 : 1 + Self.varintSize(UInt64(bitPattern: step.value)))
      + middle.count + 4
  }

  /// Writes the event, `size` bytes.
  @inline(__always)
  func write(_ number: Float, step: Step, at time: WallTime, to target: UnsafeMutableRawPointer) {
    var next = target
    if time.seconds != 0 {
      next.storeBytes(of: 0x09, as: UInt8.self)
      (next + 1).storeBytes(of: time.seconds.bitPattern.littleEndian, as: UInt64.self)
      next += 9
    }
    if step.value != 0 {
      next.storeBytes(of: 0x10, as: UInt8.self)
      next += 1
      var rest = UInt64(bitPattern: step.value)
      while rest >= 128 {
        next.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 128, as: UInt8.self)
        rest >>= 7
        next += 1
      }
      next.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
      next += 1
    }
    next.copyMemory(from: middle.baseAddress.unsafelyUnwrapped, byteCount: middle.count)
    (next + middle.count).storeBytes(of: number.bitPattern.littleEndian, as: UInt32.self)
  }

  /// Bytes of a varint, which holds seven bits a byte.
  @inline(__always)
  private static func varintSize(_ number: UInt64) -> Int { (70 - (number | 1).leadingZeroBitCount) / 7 }

  private static func varint(_ number: UInt64) -> [UInt8] {
    number < 128 ? [UInt8(number)] : [UInt8(number & 127) | 128] + varint(number >> 7)
  }
}
