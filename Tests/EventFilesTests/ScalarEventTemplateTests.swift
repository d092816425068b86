// ScalarEventTemplateTests.swift
// Scalars packed by hand against scalars packed by protobuf-c.

import Testing

@testable import EventFiles

@Suite struct ScalarEventTemplateTests {
  static let steps: [Int64] = {
    let bounds = (1...8).flatMap { (bytes: Int64) -> [Int64] in
      let bound: Int64 = 1 << (7 * bytes)
      return [bound - 1, bound]
    }
    return [0, 1, -1, .min, .max] + bounds
  }()
  static let values: [Float] = [0, -0.0, 0.25, .nan, .infinity, -.infinity, .leastNonzeroMagnitude]

  @Test(
    "tags of every length around a varint's bounds", arguments: [1, 2, 108, 109, 110, 119, 120, 121, 127, 128, 16_400])
  func sameBytes(length: Int) throws {
    let tag = try Tag(String(repeating: "x", count: length))
    let form = ScalarEventTemplate(tag)
    defer { form.deallocate() }
    for step in Self.steps.map({ Step($0) }) {
      for seconds in [0, -0.0, 1_600_000_000.5, -3] {
        let time = try WallTime(seconds: seconds)
        for value in Self.values {
          let message = Event.EncodedMessage(Event(.summary([.scalar(tag, value)]), step: step, at: time)) { _ in false
          }
          let size = form.size(step: step, at: time)
          #expect(size == message.size)
          guard size == message.size else { continue }
          let packed = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            message.write(to: buffer.baseAddress!)
            count = size
          }
          let written = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            form.write(value, step: step, at: time, to: buffer.baseAddress!)
            count = size
          }
          #expect(written == packed)
        }
      }
    }
  }
}
