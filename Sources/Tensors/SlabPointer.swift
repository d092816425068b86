// SlabPointer.swift
// A place in a slab. Kernels take these, so that a debug build can check each access against the slab's bounds.

/// A place in a slab: the slab's start and size, and an offset in floats.
///
/// Builds with assertions check every access; others compute the address and nothing more. The slab must outlive it.
package struct SlabPointer: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Float>
  /// Floats in the slab.
  private let count: Int
  private let offset: Int

  fileprivate init(base: UnsafeMutablePointer<Float>, count: Int, offset: Int) {
    self.base = base
    self.count = count
    self.offset = offset
  }

  /// The first of an array's numbers, for kernels to write. The array must outlive it.
  package init(writing numbers: UnsafeMutableBufferPointer<Float>) {
    guard let base = numbers.baseAddress else { preconditionFailure("no numbers") }
    self.init(base: base, count: numbers.count, offset: 0)
  }

  /// The first of an array's numbers, for kernels to read. The array must outlive it.
  package init(reading numbers: UnsafeBufferPointer<Float>) {
    self.init(writing: UnsafeMutableBufferPointer(mutating: numbers))
  }

  /// The place `distance` floats further on.
  @inline(__always)
  package static func + (place: SlabPointer, distance: Int) -> SlabPointer {
    SlabPointer(base: place.base, count: place.count, offset: place.offset + distance)
  }

  /// The float `distance` floats further on.
  package subscript(distance: Int) -> Float {
    @inline(__always) get { checked(distance..<distance + 1)[distance] }
    @inline(__always) nonmutating set { checked(distance..<distance + 1)[distance] = newValue }
  }

  /// The address, for access to `reach`, counted in floats from here.
  @inline(__always)
  package func checked(_ reach: @autoclosure () -> Range<Int>) -> UnsafeMutablePointer<Float> {
    assert(contains(reach()), "floats \(reach()) from \(offset) on leave a slab of \(count)")
    return base + offset
  }

  /// The address of `count` doubles, which take two floats each.
  package func doubles(_ count: Int) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(checked(0..<2 * count)).assumingMemoryBound(to: Double.self)
  }

  /// Copies `count` floats from another place.
  package func update(from source: SlabPointer, count: Int) {
    checked(0..<count).update(from: source.checked(0..<count), count: count)
  }

  /// Sets `count` floats.
  package func update(repeating value: Float, count: Int) {
    checked(0..<count).update(repeating: value, count: count)
  }

  private func contains(_ reach: Range<Int>) -> Bool {
    reach.isEmpty || (offset + reach.lowerBound >= 0 && offset + reach.upperBound <= count)
  }
}

extension Slab {
  /// The slab's first place.
  package var start: SlabPointer { SlabPointer(base: base, count: count, offset: 0) }
}
