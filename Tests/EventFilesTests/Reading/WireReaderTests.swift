// WireReaderTests.swift
// Fields of messages, whole, cut and wrong.

import Testing

@testable import EventFiles

@Suite struct WireReaderTests {
  /// The fields that a reader finds: numbers, kinds, contents; and whether the bytes were a message.
  private func fields(_ bytes: [UInt8]) -> (found: [String], isSound: Bool) {
    bytes.withUnsafeBytes { bytes in
      var reader = WireReader(bytes)
      var found: [String] = []
      while let field = reader.next() {
        found.append(
          "\(field.number) \(field.kind) \(field.kind == .bytes ? "\(Array(field.bytes))" : "\(field.bits)")")
      }
      return (found, reader.isSound)
    }
  }

  private static let sample = WireMessage().number(1, 300).double(2, 0.5).text(3, "ab").float(4, 1).number(
    536_870_911, .max)

  @Test func everyKind() {
    let (found, isSound) = fields(Self.sample.bytes)
    #expect(isSound)
    #expect(
      found == [
        "1 varint 300", "2 fixed64 \((0.5).bitPattern)", "3 bytes [97, 98]", "4 fixed32 \(Float(1).bitPattern)",
        "536870911 varint \(UInt64.max)",
      ])
    #expect(fields([]).isSound)
  }

  @Test(
    "a message cut anywhere gives its whole fields, and is sound only between two", arguments: 0...sample.bytes.count)
  func cut(at count: Int) {
    let ends = [0, 3, 12, 16, 21, Self.sample.bytes.count]
    let (found, isSound) = fields(Array(Self.sample.bytes[..<count]))
    #expect(found.count == ends.dropFirst().filter { $0 <= count }.count)
    #expect(isSound == ends.contains(count))
  }

  @Test(
    "bytes that are not a message",
    arguments: [
      [0x00, 0x01], [0x06], [0x07], [0x0C], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
      [0x08] + [UInt8](repeating: 0xFF, count: 10), [UInt8](repeating: 0x80, count: 11), [0x0B],
      WireMessage.varint(1 << 32 | 8) + [1],
    ])
  func wrong(_ bytes: [UInt8]) { #expect(!fields(bytes).isSound) }

  @Test func groupsArePassedOver() {
    // Field 5 a group with a number, a string and a group in it; then field 1.
    let inner: [UInt8] = [0x2B, 0x08, 0x07, 0x12, 0x01, 0x61, 0x33, 0x34, 0x2C]
    #expect(fields(inner + [0x08, 0x01]).found == ["1 varint 1"])
    #expect(fields(inner.dropLast()).isSound == false)
    #expect(fields([UInt8](repeating: 0x0B, count: 100) + [UInt8](repeating: 0x0C, count: 100)).isSound)
    #expect(!fields([UInt8](repeating: 0x0B, count: 101) + [UInt8](repeating: 0x0C, count: 101)).isSound)
  }

  @Test func aSummaryInPartsIsOne() {
    let first = WireMessage().message(1, .scalar("a", 1)), second = WireMessage().message(1, .scalar("b", 2))
    let event = WireMessage().message(5, first).number(2, 7).message(5, second).bytes
    event.withUnsafeBytes { bytes in
      let fields = EventFields(bytes)
      var tags: [String] = []
      #expect(fields?.forEachValue { tags.append($0.tag.text ?? "") } == true)
      #expect(tags == ["a", "b"] && fields?.step == 7)
    }
  }

  /// The first number of a tensor, and the count of its numbers.
  private func first(_ tensor: WireMessage) -> (number: Double?, count: Int?) {
    tensor.bytes.withUnsafeBytes { bytes in
      let fields = TensorFields(bytes)
      return (fields?.firstNumber, fields?.storedCount)
    }
  }

  @Test func numbersOfEveryType() {
    let raw: [(UInt64, [UInt8], Double)] = [
      (1, WireMessage.littleEndian(Float(-1.5).bitPattern), -1.5), (2, WireMessage.littleEndian((0.1).bitPattern), 0.1),
      (3, [0xFE, 0xFF, 0xFF, 0xFF], -2), (4, [200], 200), (5, [0xFE, 0xFF], -2), (6, [0xFE], -2), (10, [1], 1),
      (9, [UInt8](repeating: 0xFF, count: 8), -1), (14, [0xC0, 0x3F], 1.5), (17, [0xFF, 0xFF], 65535),
      (19, [0x00, 0x3C], 1), (19, [0x01, 0x80], -1 / 16_777_216), (19, [0x00, 0xFC], -.infinity),
      (22, [0xFF, 0xFF, 0xFF, 0xFF], 4_294_967_295), (23, [0, 0, 0, 0, 1, 0, 0, 0], 4_294_967_296),
    ]
    for (type, bytes, want) in raw {
      let (number, count) = first(.tensor(type).bytes(4, bytes))
      #expect(number == want && count == 1, "type \(type)")
    }
    let listed: [(UInt64, WireMessage, Double)] = [
      (1, WireMessage.tensor(1).float(5, 2.5), 2.5),
      (1, WireMessage.tensor(1).bytes(5, WireMessage.littleEndian(Float(2.5).bitPattern)), 2.5),
      (2, WireMessage.tensor(2).double(6, 2.5), 2.5), (3, WireMessage.tensor(3).number(7, UInt64(bitPattern: -4)), -4),
      (4, WireMessage.tensor(4).bytes(7, [0x80, 0x01]), 128), (9, WireMessage.tensor(9).number(10, 5), 5),
      (10, WireMessage.tensor(10).number(11, 1), 1), (19, WireMessage.tensor(19).number(13, 0x3C00), 1),
      (14, WireMessage.tensor(14).number(13, 0x3FC0), 1.5), (22, WireMessage.tensor(22).number(16, 9), 9),
      (23, WireMessage.tensor(23).number(17, .max), 18_446_744_073_709_551_616),
    ]
    for (type, tensor, want) in listed {
      let (number, count) = first(tensor)
      #expect(number == want && count == 1, "type \(type)")
    }
    #expect(first(.tensor(1).bytes(4, [1, 2])).number == nil)
    #expect(first(.tensor(99)).number == nil)
    #expect(first(.strings([[1], [2]])).count == 2)
  }

  @Test func tagsGetTheirNumbers() {
    var table = TagTable()
    var known: [[UInt8]: Int] = [:]
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      // Names of few letters, so that many repeat, including the empty one.
      let tag = (0..<Int.random(in: 0...5, using: &generator)).map { _ in UInt8.random(in: 0...3, using: &generator) }
      let want = known[tag] ?? known.count
      known[tag] = want
      #expect(tag.withUnsafeBytes { table.number(of: $0) } == want)
    }
    #expect(table.count == known.count)
    for (tag, number) in known { #expect(table.name(number) == String(decoding: tag, as: UTF8.self)) }
  }
}
