// RandomStreamTests.swift
// Known draws of Philox, independence of streams, and the distributions drawn from them.

import Testing

import Tensors

@Suite struct RandomStreamTests {
  // Vectors published with the generator's own library (Random123, kat_vectors).
  @Test(
    "Philox 4×32-10 gives the published words",
    arguments: [
      (
        SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
        SIMD4<UInt32>(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)
      ),
      (
        SIMD4(repeating: UInt32.max), SIMD2(repeating: UInt32.max),
        SIMD4<UInt32>(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
      ),
      (
        SIMD4<UInt32>(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), SIMD2<UInt32>(0xA409_3822, 0x299F_31D0),
        SIMD4<UInt32>(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
      ),
    ])
  func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, want: SIMD4<UInt32>) {
    #expect(Philox.block(counter: counter, key: key) == want)
  }

  @Test("seed, name, index and epoch each make another stream; equal ones the same")
  func streams() {
    func words(_ seed: UInt64, _ name: String, _ index: UInt32, _ epoch: UInt32) -> [UInt32] {
      var stream = RandomStream(seed: seed, name: name, index: index, epoch: epoch)
      return (0..<9).map { _ in stream.nextWord() }
    }
    let first = words(1, "noise", 0, 0)
    #expect(words(1, "noise", 0, 0) == first)
    for other in [words(2, "noise", 0, 0), words(1, "noisf", 0, 0), words(1, "noise", 1, 0), words(1, "noise", 0, 1)] {
      #expect(zip(first, other).allSatisfy { $0 != $1 })
    }
  }

  @Test("a permutation holds every number once and is not the identity", arguments: [1, 2, 3, 10, 1000])
  func permutation(count: Int) {
    var stream = RandomStream(seed: 3, name: "shuffle")
    let order = stream.permutation(of: count)
    #expect(order.sorted() == (0..<Int32(count)).map { $0 })
    if count >= 10 { #expect(order != order.sorted()) }
  }

  @Test("whole numbers below a bound are even to within five standard errors", arguments: [2, 3, 7, 10])
  func integers(bound: Int) {
    var stream = RandomStream(seed: 4, name: "integers")
    let draws = 100_000
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<draws { counts[stream.integer(below: bound)] += 1 }
    let share = Double(draws) / Double(bound)
    for count in counts { #expect(abs(Double(count) - share) < 5 * share.squareRoot()) }
  }
}
