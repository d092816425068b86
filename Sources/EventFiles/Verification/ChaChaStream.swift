// ChaChaStream.swift
// The random numbers of the Rust crate `rand_chacha`, by which TensorBoard's data server draws what it drops.

/// ChaCha with twenty rounds (RFC 8439, with a counter of 64 bits), seeded as `ChaCha20Rng::seed_from_u64` seeds it.
struct ChaChaStream {
  private static let constants: [UInt32] = [0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574]
  private let key: [UInt32]
  private var counter: UInt64 = 0
  private var block: [UInt32] = []
  private var next = 16

  init(key: [UInt32]) { self.key = key }

  /// The key is eight outputs of the generator PCG32 that `seed` starts.
  init(seed: UInt64) {
    var state = seed
    self.init(
      key: (0..<8).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 11_634_580_027_462_260_723
        let shifted = UInt32(truncatingIfNeeded: ((state >> 18) ^ state) >> 27)
        let turn = UInt32(state >> 59)
        return shifted >> turn | shifted << ((32 &- turn) & 31)
      })
  }

  /// The next 64 bits.
  mutating func word() -> UInt64 {
    if next == 16 { fill() }
    next += 2
    return UInt64(block[next - 2]) | UInt64(block[next - 1]) << 32
  }

  /// A number in 0..<`bound`, drawn as `Uniform::from(0..bound)` draws it: the upper half of a product with 64 random bits,
  /// again where the lower half is in the rest that would make some numbers likelier.
  mutating func number(below bound: Int) -> Int {
    let bound = UInt64(bound)
    let zone = UInt64.max - (UInt64.max - bound + 1) % bound
    while true {
      let product = word().multipliedFullWidth(by: bound)
      if product.low <= zone { return Int(product.high) }
    }
  }

  private mutating func fill() {
    let start =
      Self.constants + key + [UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), 0, 0]
    block = start
    for _ in 0..<10 {
      for column in 0..<4 { quarter(column, column + 4, column + 8, column + 12) }
      for column in 0..<4 {
        quarter(column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
      }
    }
    for index in block.indices { block[index] &+= start[index] }
    counter &+= 1
    next = 0
  }

  private mutating func quarter(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    mix(a, b, d, 16)
    mix(c, d, b, 12)
    mix(a, b, d, 8)
    mix(c, d, b, 7)
  }

  /// Adds `from` to `to`, and turns what `turned` then differs in.
  private mutating func mix(_ to: Int, _ from: Int, _ turned: Int, _ turn: UInt32) {
    block[to] &+= block[from]
    let word = block[turned] ^ block[to]
    block[turned] = word << turn | word >> (32 - turn)
  }
}
