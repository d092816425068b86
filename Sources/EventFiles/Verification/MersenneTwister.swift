// MersenneTwister.swift
// The random numbers of Python's `random` module, by which TensorBoard's Python loader draws what it drops.

/// MT19937 (Matsumoto and Nishimura, 1998), seeded as `random.Random(seed)` seeds it.
struct MersenneTwister {
  private static let size = 624
  private static let middle = 397
  private var state: [UInt32]
  private var next = MersenneTwister.size

  init(seed: UInt32) {
    state = [19_650_218]
    for index in 1..<Self.size {
      state.append(Self.mixed(state[index - 1], by: 1_812_433_253) &+ UInt32(index))
    }
    // The seed is a list of one word: it is worked in at every place, and then the place itself.
    var place = 1
    for _ in 0..<Self.size {
      state[place] = (state[place] ^ Self.mixed(state[place - 1], by: 1_664_525)) &+ seed
      advance(&place)
    }
    for _ in 1..<Self.size {
      state[place] = (state[place] ^ Self.mixed(state[place - 1], by: 1_566_083_941)) &- UInt32(place)
      advance(&place)
    }
    state[0] = 1 << 31
  }

  private static func mixed(_ word: UInt32, by factor: UInt32) -> UInt32 { (word ^ (word >> 30)) &* factor }

  private mutating func advance(_ place: inout Int) {
    place += 1
    if place == Self.size {
      state[0] = state[Self.size - 1]
      place = 1
    }
  }

  /// The next 32 bits.
  mutating func word() -> UInt32 {
    if next == Self.size { twist() }
    var word = state[next]
    next += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  private mutating func twist() {
    for index in 0..<Self.size {
      let pair = (state[index] & 0x8000_0000) | (state[(index + 1) % Self.size] & 0x7FFF_FFFF)
      state[index] = state[(index + Self.middle) % Self.size] ^ (pair >> 1) ^ (pair & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    next = 0
  }

  /// A number in 0..<`bound`, drawn as `random.randint` draws it: as many bits as the bound has, again while they are too many.
  mutating func number(below bound: Int) -> Int {
    let bits = Int.bitWidth - bound.leadingZeroBitCount
    while true {
      let drawn = bits <= 32 ? Int(word() >> UInt32(32 - bits)) : Int(word()) | Int(word() >> UInt32(64 - bits)) << 32
      if drawn < bound { return drawn }
    }
  }
}
