// RustReservoir.swift
// The steps that the data server keeps of a tag (data/server/reservoir.rs).

/// At most `capacity` steps, rising, the last one always among them.
///
/// The server drops by chance, but seeds its generator with 0 for each tag: what it keeps is the same each time.
struct RustReservoir {
  /// A step, and whether its value is of the class that the tag has; one that is not is kept and never shown.
  private struct Item {
    let step: Int64
    let isValid: Bool
  }

  private var items: [Item] = []
  /// Whether any was dropped for want of room.
  private(set) var isSampled = false
  /// How many the server believes to have seen.
  private var seen = 0
  private var generator: ChaChaStream?

  /// Those that are shown.
  var steps: [Int64] { items.filter(\.isValid).map(\.step) }

  /// A value takes the place of those with its step or a later one.
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

  /// The place is drawn even where there is room, after steps have been taken back.
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
