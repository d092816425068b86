// WireMessage.swift
// Builds protobuf messages field by field, valid and invalid ones, and event files of them.

import ByteStreams

@testable import EventFiles

/// A message under construction.
struct WireMessage {
  private(set) var bytes: [UInt8] = []

  static func varint(_ number: UInt64) -> [UInt8] {
    number < 128 ? [UInt8(number)] : [UInt8(number & 127) | 128] + varint(number >> 7)
  }

  static func littleEndian<T: FixedWidthInteger>(_ number: T) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  func number(_ field: UInt64, _ value: UInt64) -> WireMessage { adding(field, 0, Self.varint(value)) }
  func double(_ field: UInt64, _ value: Double) -> WireMessage {
    adding(field, 1, Self.littleEndian(value.bitPattern))
  }
  func float(_ field: UInt64, _ value: Float) -> WireMessage { adding(field, 5, Self.littleEndian(value.bitPattern)) }
  func bytes(_ field: UInt64, _ value: [UInt8]) -> WireMessage {
    adding(field, 2, Self.varint(UInt64(value.count)) + value)
  }
  func text(_ field: UInt64, _ value: String) -> WireMessage { bytes(field, Array(value.utf8)) }
  func message(_ field: UInt64, _ value: WireMessage) -> WireMessage { bytes(field, value.bytes) }

  private func adding(_ field: UInt64, _ type: UInt64, _ content: [UInt8]) -> WireMessage {
    var copy = self
    copy.bytes += Self.varint(field << 3 | type) + content
    return copy
  }
}

extension WireMessage {
  static func metadata(_ plugin: String, _ dataClass: UInt64 = 0, content: [UInt8] = [], description: String = "")
    -> WireMessage
  {
    WireMessage().message(1, WireMessage().text(1, plugin).bytes(2, content)).text(3, description).number(4, dataClass)
  }

  static func tensor(_ type: UInt64, shape: [UInt64] = []) -> WireMessage {
    var sizes = WireMessage()
    for size in shape { sizes = sizes.message(2, WireMessage().number(1, size)) }
    return WireMessage().number(1, type).message(2, sizes)
  }

  /// A rank-1 tensor of strings, or of rank 0 with `isScalar`.
  static func strings(_ strings: [[UInt8]], isScalar: Bool = false) -> WireMessage {
    strings.reduce(tensor(7, shape: isScalar ? [] : [UInt64(strings.count)])) { $0.bytes(8, $1) }
  }

  static func value(_ tag: String, tensor: WireMessage, metadata: WireMessage? = nil) -> WireMessage {
    let value = WireMessage().text(1, tag).message(8, tensor)
    return metadata.map { value.message(9, $0) } ?? value
  }

  static func scalar(_ tag: String, _ number: Float, metadata: WireMessage? = nil) -> WireMessage {
    let value = WireMessage().text(1, tag).float(2, number)
    return metadata.map { value.message(9, $0) } ?? value
  }
}

/// The bytes of an event file under construction.
struct EventFileBytes {
  private(set) var bytes: [UInt8] = []
  private var time = 1.6e9

  /// A file with the usual first records.
  init(start: Int? = 0, version: String? = "brain.Event:2") {
    if let version { add(WireMessage().text(3, version)) }
    if let start { add(WireMessage().number(2, UInt64(start)).message(7, WireMessage().number(1, 1))) }
  }

  mutating func add(_ event: WireMessage, at seconds: Double? = nil) {
    time += 1
    addPayload(WireMessage().double(1, seconds ?? time).bytes + event.bytes)
  }

  mutating func add(_ value: WireMessage, step: Int64, at seconds: Double? = nil) {
    add(
      WireMessage().number(2, UInt64(bitPattern: step)).message(5, WireMessage().message(1, value)), at: seconds)
  }

  mutating func addPayload(_ payload: [UInt8]) { bytes += RecordTests.framed([payload]) }

  /// Writes the file and `extra` bytes after it to `path`.
  func write(to path: String, extra: [UInt8] = []) throws {
    try Directory.create(Directory.parent(of: path))
    try AtomicFile.replace(path, bytes: bytes + extra)
  }
}

/// Returns the bytes of pairs of hexadecimal digits.
func bytes(_ digits: String) -> [UInt8] {
  let digits = Array(digits)
  return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
}

/// Means the tag of a series, not a tag of Swift Testing.
typealias Tag = EventFiles.Tag
