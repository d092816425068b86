// SHA256.swift
// The digest SHA-256 (FIPS 180-4): two files with one digest are one file, as far as anybody knows.

/// The state of SHA-256: eight words.
package struct SHA256: DigestFunction {
  package static let lengthIsBigEndian = true

  /// The first bits of the fractions of the square roots of the first eight primes.
  private var state: SIMD8<UInt32> = [
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
    0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
  ]

  package init() {}

  package mutating func absorb(_ blocks: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      Self.roots.withUnsafeBufferPointer { roots in
        for start in stride(from: 0, to: blocks.count, by: 64) {
          Self.expand(UnsafeRawBufferPointer(rebasing: blocks[start..<start + 64]), into: words)
          mix(words, roots)
        }
      }
    }
  }

  /// Makes the 64 words of a block from its 16.
  private static func expand(_ block: UnsafeRawBufferPointer, into words: UnsafeMutableBufferPointer<UInt32>) {
    for index in 0..<16 {
      words[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
    }
    for index in 16..<64 {
      let (early, late) = (words[index &- 15], words[index &- 2])
      let first = turned(early, 7) ^ turned(early, 18) ^ (early &>> 3)
      let second = turned(late, 17) ^ turned(late, 19) ^ (late &>> 10)
      words[index] = words[index &- 16] &+ first &+ words[index &- 7] &+ second
    }
  }

  private mutating func mix(_ words: UnsafeMutableBufferPointer<UInt32>, _ roots: UnsafeBufferPointer<UInt32>) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for step in 0..<64 {
      let upper = Self.turned(e, 6) ^ Self.turned(e, 11) ^ Self.turned(e, 25)
      let sum = h &+ upper &+ (g ^ (e & (f ^ g))) &+ roots[step] &+ words[step]
      let lower = Self.turned(a, 2) ^ Self.turned(a, 13) ^ Self.turned(a, 22)
      let majority = (a & b) | (c & (a | b))
      (h, g, f, e) = (g, f, e, d &+ sum)
      (d, c, b, a) = (c, b, a, sum &+ lower &+ majority)
    }
    state = state &+ SIMD8(a, b, c, d, e, f, g, h)
  }

  private static func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 { word &>> bits | word &<< (32 &- bits) }

  package var bytes: [UInt8] {
    (0..<8).flatMap { index in withUnsafeBytes(of: state[index].bigEndian) { Array($0) } }
  }

  /// The first bits of the fractions of the cube roots of the first 64 primes.
  private static let roots: [UInt32] = [
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1,
    0x923F82A4, 0xAB1C5ED5, 0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3,
    0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174, 0xE49B69C1, 0xEFBE4786,
    0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147,
    0x06CA6351, 0x14292967, 0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13,
    0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85, 0xA2BFE8A1, 0xA81A664B,
    0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A,
    0x5B9CCA4F, 0x682E6FF3, 0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208,
    0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
  ]
}
