// ReservoirTests.swift
// The steps that each loader keeps above its capacity, against TensorBoard 2.21 itself.

import Testing

@testable import EventFiles

@Suite struct ReservoirTests {
  /// Steps, and the steps from which a restart removes some.
  struct Case: Sendable, CustomTestStringConvertible {
    let parts: [Range<Int64>]
    let python: [Int64]
    let rust: [Int64]
    var testDescription: String { "\(parts)" }
  }

  /// Ten are kept. `python` is what TensorBoard's reservoir.py keeps, `rust` what its data server serves.
  static let cases = [
    Case(
      parts: [0..<25], python: [1, 2, 3, 4, 9, 11, 13, 20, 22, 24], rust: [1, 6, 7, 14, 15, 16, 19, 20, 21, 24]),
    Case(parts: [0..<10], python: Array(0..<10), rust: Array(0..<10)),
    Case(
      parts: [0..<500, 100..<130, 50..<400], python: [135, 146, 240, 251, 263, 320, 352, 355, 376, 399],
      rust: [53, 110, 193, 202, 215, 225, 265, 377, 378, 399]),
    // Fractions of 13 and of 11, which the Python loader rounds to the even number and up.
    Case(
      parts: [0..<13, 6..<206], python: [3, 18, 22, 32, 53, 141, 158, 170, 178, 205],
      rust: [30, 44, 64, 84, 117, 126, 149, 172, 203, 205]),
    Case(
      parts: [0..<11, 5..<205], python: [3, 19, 23, 31, 52, 140, 157, 169, 177, 204],
      rust: [33, 42, 67, 81, 120, 121, 129, 152, 175, 204]),
  ]

  @Test("the Python loader", arguments: cases)
  func python(_ sample: Case) {
    var reservoir = PythonReservoir(capacity: 10)
    var work = 0
    for part in sample.parts {
      _ = reservoir.removeAll(from: part.lowerBound, work: &work)
      for step in part { reservoir.append(step) }
    }
    #expect(reservoir.steps == sample.python)
    #expect(reservoir.isSampled == (sample.parts[0].count > 10))
  }

  @Test("the data server", arguments: cases)
  func rust(_ sample: Case) {
    var reservoir = RustReservoir()
    for step in sample.parts.joined() { reservoir.append(step, isValid: true, capacity: 10) }
    #expect(reservoir.steps == sample.rust)
    #expect(reservoir.isSampled == (sample.parts[0].count > 10))
  }

  @Test func fewStepsAreAllKept() {
    for count in 0..<40 {
      var python = PythonReservoir(capacity: 40)
      var rust = RustReservoir()
      for step in 0..<Int64(count) {
        python.append(step)
        rust.append(step, isValid: step % 2 == 0, capacity: 40)
      }
      #expect(python.steps == Array(0..<Int64(count)) && !python.isSampled && !rust.isSampled)
      #expect(rust.steps == python.steps.filter { $0 % 2 == 0 })
      var work = 0
      #expect(python.removeAll(from: 7, work: &work) == max(0, count - 7))
      rust.append(.min, isValid: true, capacity: 40)
      #expect(rust.steps == [.min])
    }
  }

  @Test func whatHasNoClassIsNotKept() {
    var rust = RustReservoir()
    for step in 0..<9 { rust.append(Int64(step), isValid: true, capacity: 0) }
    #expect(rust.steps.isEmpty && !rust.isSampled)
  }

  /// `random.Random(0)`: the first, and the 2,000th, of `getrandbits(32)`.
  @Test func pythonsRandomNumbers() {
    var random = MersenneTwister(seed: 0)
    let words = (0..<2000).map { _ in random.word() }
    #expect(words[0] == 3_626_764_237 && words[1] == 1_654_615_998 && words[1999] == 3_908_016_617)
    var other = MersenneTwister(seed: 0)
    #expect(other.number(below: 1 << 40) == 849_735_321_549)
  }

  /// The first block of a key of zeros (RFC 8439, appendix A.1), and of the next.
  @Test func chaChasRandomNumbers() {
    var random = ChaChaStream(key: [UInt32](repeating: 0, count: 8))
    #expect(random.word() == 0x903D_F1A0_ADE0_B876)
    for _ in 1..<8 { _ = random.word() }
    #expect(random.word() == 0x7A385155BEE7079F)
  }
}
