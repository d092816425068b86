// PythonReservoir.swift
// The steps that TensorBoard's Python loader keeps of a tag (backend/event_processing/reservoir.py).

/// At most `capacity` steps in the order of their arrival, always including the last one.
///
/// The loader drops steps at random, but seeds its generator with 0 for each tag, so it always keeps the same ones.
struct PythonReservoir {
  private let capacity: Int
  private(set) var steps: [Int64] = []
  /// True if any step was dropped because of the capacity.
  private(set) var isSampled = false
  /// An upper bound of the steps.
  private var bound = Int64.min
  /// The loader's count of steps seen.
  private var seen = 0
  private var generator: MersenneTwister?

  init(capacity: Int) { self.capacity = capacity }

  /// - Complexity: amortized O(1).
  @inline(__always)
  mutating func append(_ step: Int64) {
    bound = max(bound, step)
    if steps.count < capacity { steps.append(step) } else { replace(by: step) }
    seen += 1
  }

  private mutating func replace(by step: Int64) {
    isSampled = true
    var random = generator.take() ?? MersenneTwister(seed: 0)
    let place = random.number(below: seen + 1)
    generator = random
    steps.remove(at: min(place, capacity - 1))
    steps.append(step)
  }

  /// Removes the steps from `step` on.
  /// - Returns: the number of removed steps; `work` grows by the number of steps visited.
  mutating func removeAll(from step: Int64, work: inout Int) -> Int {
    if step > bound { return 0 }
    let before = steps.count
    work += before
    steps.removeAll { $0 >= step }
    bound = step - (step == .min ? 0 : 1)
    if before == steps.count { return 0 }
    seen = Int((Double(seen) * (Double(steps.count) / Double(before))).rounded(.toNearestOrEven))
    return before - steps.count
  }
}

/// The random numbers of Python's `random` module: MT19937 (Matsumoto and Nishimura, 1998), seeded as by `random.Random(seed)`.
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
    // The seed is a list of one word: each round mixes in the word, then the index.
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

  /// Returns the next 32 bits.
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

  /// Returns a number in 0..<`bound` as `random.randint` does: draws as many bits as the bound has, until the number is below it.
  mutating func number(below bound: Int) -> Int {
    let bits = Int.bitWidth - bound.leadingZeroBitCount
    while true {
      let drawn = bits <= 32 ? Int(word() >> UInt32(32 - bits)) : Int(word()) | Int(word() >> UInt32(64 - bits)) << 32
      if drawn < bound { return drawn }
    }
  }
}
