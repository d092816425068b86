// StepListTests.swift
// Steps kept as runs of equal distances behave as an array of them.

import Testing

@testable import EventFiles

@Suite struct StepListTests {
  @Test("any steps, any forgetting", arguments: 0..<200)
  func asAnArray(seed: UInt64) {
    var generator = Xorshift(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
    var (list, plain, work) = (StepList(), [Int64](), 0)
    var step: Int64 = 0
    for _ in 0..<60 {
      switch generator.next() % 8 {
      case 0: step = Int64.random(in: -20...20, using: &generator)
      case 1: step = [Int64.min, .max, 0].randomElement(using: &generator) ?? 0
      case 2:
        let from = Int64.random(in: -25...25, using: &generator)
        let before = plain.count
        plain.removeAll { $0 >= from }
        #expect(list.removeAll(from: from, work: &work) == before - plain.count)
      default: step = step &+ Int64(generator.next() % 3)
      }
      list.append(step)
      plain.append(step)
      #expect(list.steps == plain && list.count == plain.count)
      #expect(list.last == plain.last && list.largest == plain.max())
    }
  }

  /// Numbers that are the same in every run.
  private struct Xorshift: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }
}
