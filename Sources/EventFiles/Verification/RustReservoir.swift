// RustReservoir.swift
// The steps that TensorBoard's data server keeps of a tag (data/server/reservoir.rs).

/// At most `capacity` rising steps, always including the last one.
///
/// The server drops steps at random, but seeds its generator with 0 for each tag, so it always keeps the same ones.
struct RustReservoir {
  /// A step; its value is valid if it is of the tag's class. Invalid ones are kept but not shown.
  private struct Item {
    let step: Int64
    let isValid: Bool
  }

  private var items: [Item] = []
  /// True if any step was dropped because of the capacity.
  private(set) var isSampled = false
  /// The server's count of steps seen.
  private var seen = 0
  private var generator: ChaChaStream?

  /// The steps that are shown.
  var steps: [Int64] { items.filter(\.isValid).map(\.step) }

  /// Adds a step; it replaces steps that are equal or later.
  /// - Complexity: amortized O(1).
  @inline(__always)
  mutating func append(_ step: Int64, isValid: Bool, capacity: Int) {
    if capacity == 0 { return }
    if let last = items.last, last.step >= step { removeAll(from: step) }
    seen += 1
    if seen > capacity { makeRoom(capacity) }
    items.append(Item(step: step, isValid: isValid))
  }

  private mutating func removeAll(from step: Int64) {
    let before = items.count
    while let last = items.last, last.step >= step { items.removeLast() }
    let (quotient, _) = before.dividingFullWidth(seen.multipliedFullWidth(by: items.count))
    seen = quotient
  }

  /// Draws the index to drop, even if there is room after steps were removed.
  private mutating func makeRoom(_ capacity: Int) {
    var random = generator.take() ?? ChaChaStream(seed: 0)
    let place = random.number(below: seen)
    generator = random
    if place >= capacity {
      isSampled = items.popLast() != nil || isSampled
    } else if items.count >= capacity {
      isSampled = true
      items.remove(at: place)
    }
  }
}

/// The random numbers of the Rust crate `rand_chacha`: ChaCha with 20 rounds (RFC 8439, with a counter of 64 bits), seeded as by
/// `ChaCha20Rng::seed_from_u64`.
struct ChaChaStream {
  private static let constants: [UInt32] = [0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574]
  private let key: [UInt32]
  private var counter: UInt64 = 0
  private var block: [UInt32] = []
  private var next = 16

  init(key: [UInt32]) { self.key = key }

  /// Fills the key with eight outputs of the generator PCG32, started with `seed`.
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

  /// Returns the next 64 bits.
  mutating func word() -> UInt64 {
    if next == 16 { fill() }
    next += 2
    return UInt64(block[next - 2]) | UInt64(block[next - 1]) << 32
  }

  /// Returns a number in 0..<`bound` as `Uniform::from(0..bound)` does: the upper half of a product with 64 random bits, drawn
  /// again while the lower half is in the range that would make some numbers more likely.
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

  /// Adds `from` to `to`, then rotates the difference of `turned` and `to`.
  private mutating func mix(_ to: Int, _ from: Int, _ turned: Int, _ turn: UInt32) {
    block[to] &+= block[from]
    let word = block[turned] ^ block[to]
    block[turned] = word << turn | word >> (32 - turn)
  }
}
