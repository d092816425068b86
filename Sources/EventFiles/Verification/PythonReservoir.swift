// PythonReservoir.swift
// The steps that the Python loader keeps of a tag (backend/event_processing/reservoir.py).

/// At most `capacity` steps, in the order of their arrival, the last one always among them.
///
/// The loader drops by chance, but seeds its generator with 0 for each tag: what it keeps is the same each time.
struct PythonReservoir {
  private let capacity: Int
  private(set) var steps: [Int64] = []
  /// Whether any was dropped for want of room.
  private(set) var isSampled = false
  /// None is larger, perhaps.
  private var bound = Int64.min
  /// How many the loader believes to have seen.
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

  /// Forgets the steps that are `step` or larger.
  /// - Returns: how many they were; `work` grows by the number of steps looked at.
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
