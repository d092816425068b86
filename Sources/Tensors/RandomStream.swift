// RandomStream.swift
// Random numbers by counter: the same seed, name and index give the same numbers, in any order, on any thread.

/// A stream of random numbers, named by its purpose, whose only state is a counter.
///
/// A draw is Philox 4x32-10 of a counter (position in the stream, index, epoch) under a key made of the seed and the
/// stream's name. Two streams never share numbers, so a new use of randomness changes none of the old ones, and a
/// resumed run draws exactly what the uninterrupted one would have drawn.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package struct RandomStream: Sendable {
  /// The two words every draw of this stream is keyed with.
  package let key: SIMD2<UInt32>
  /// Distinguishes sibling streams of one name, such as an image's number.
  package let index: UInt32
  /// Distinguishes repetitions of the whole, such as the epoch.
  package let epoch: UInt32
  private var block: UInt64 = 0
  private var buffer = SIMD4<UInt32>()
  private var used = 4

  /// - Parameters:
  ///   - name: the purpose of the numbers, for example "initial weights".
  ///   - index: distinguishes sibling streams (an image, a class).
  ///   - epoch: distinguishes repetitions.
  package init(seed: UInt64, name: String, index: UInt32 = 0, epoch: UInt32 = 0) {
    // FNV-1a of the name, then the finalizer of SplitMix64: every bit of the seed and the name reaches every bit of the key.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var mixed = (seed &+ 0x9E37_79B9_7F4A_7C15) ^ hash
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    key = SIMD2(UInt32(truncatingIfNeeded: mixed), UInt32(truncatingIfNeeded: mixed >> 32))
    self.index = index
    self.epoch = epoch
  }

  /// Draws the next 32 random bits.
  package mutating func nextWord() -> UInt32 {
    if used == 4 {
      let counter = SIMD4(UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), index, epoch)
      buffer = Philox.block(counter: counter, key: key)
      block &+= 1
      used = 0
    }
    defer { used += 1 }
    return buffer[used]
  }

  /// Draws a number uniform in [0, 1), in steps of 2⁻²⁴.
  package mutating func uniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// Draws a number uniform between the range's ends.
  package mutating func uniform(in range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Draws a whole number in 0 ..< count, without bias.
  /// - Precondition: count > 0.
  package mutating func integer(below count: Int) -> Int {
    // Lemire's multiply-and-reject.
    let bound = UInt32(count)
    var product = UInt64(nextWord()) &* UInt64(bound)
    if UInt32(truncatingIfNeeded: product) < bound {
      let threshold = (0 &- bound) % bound
      while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(nextWord()) &* UInt64(bound) }
    }
    return Int(product >> 32)
  }

  /// Returns 0 ..< count in random order (Fisher and Yates).
  package mutating func permutation(of count: Int) -> [Int32] {
    var order = (0..<count).map { Int32($0) }
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, integer(below: last + 1)) }
    return order
  }
}

/// The block function behind every random number: Philox 4x32 with ten rounds.
package enum Philox {
  /// Returns four random words for a 128-bit counter under a 64-bit key.
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var state = counter
    var key = key
    for _ in 0..<10 {
      let first = UInt64(state[0]) * 0xD251_1F53
      let second = UInt64(state[2]) * 0xCD9E_8D57
      state = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ state[1] ^ key[0], UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ state[3] ^ key[1], UInt32(truncatingIfNeeded: first))
      key = SIMD2(key[0] &+ 0x9E37_79B9, key[1] &+ 0xBB67_AE85)
    }
    return state
  }
}
