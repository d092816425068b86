// SideBySideTests.swift
// Both are made, and the first one's error is told before the second's.

import Parallel
import Testing

struct SideBySideTests {
  private struct Failure: Error, Equatable { let number: Int }

  @Test("with one thread and with two", arguments: [1, 2])
  func bothAreMade(threads: Int) throws {
    let (number, text) = try sideBySide(threads: threads) { () -> Int? in
      nil
    } _: {
      "two"
    }
    #expect(number == nil && text == "two")
  }

  @Test("with one thread and with two", arguments: [1, 2])
  func errors(threads: Int) {
    #expect(throws: Failure(number: 1)) {
      try sideBySide(threads: threads) { () throws -> Int in
        throw Failure(number: 1)
      } _: { () throws -> Int in
        throw Failure(number: 2)
      }
    }
    #expect(throws: Failure(number: 2)) {
      try sideBySide(threads: threads) {
        1
      } _: { () throws -> Int in
        throw Failure(number: 2)
      }
    }
  }
}
