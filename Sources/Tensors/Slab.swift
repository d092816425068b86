// Slab.swift
// Aligned memory for floats, places in it with bounds checks in debug builds, and the error for memory that is refused.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A fixed number of floats at a fixed, cache-line-aligned address, zero at first.
///
/// A slab does not synchronise anything: whoever shares one agrees on which part each thread writes. That is how the
/// worker pool uses it (an index of work owns its part), and the reason for `@unchecked`.
package final class Slab: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let count: Int

  /// Of a slab of its own pages, which cost nothing until they are written; nil for a small one.
  private let mapping: UnsafeMutableRawBufferPointer?

  /// Bytes.
  private static let hugePage = 2 << 20
  private static let mappedFrom = 1 << 18

  /// A slab of moderate size; as everywhere in Swift, memory that cannot be had ends the process.
  /// - Parameter count: floats; the memory is rounded up to whole vectors, so kernels may touch up to 16 more.
  package convenience init(count: Int) {
    do {
      try self.init(large: count)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// A slab whose size the user chose.
  /// - Parameter count: floats, rounded up as above.
  /// - Throws: `OutOfMemory`.
  package init(large count: Int) throws(OutOfMemory) {
    let bytes = (count * 4 + 64 + 63) / 64 * 64
    let memory: UnsafeMutableRawPointer
    if bytes >= Slab.mappedFrom {
      // Rows of weights lie far apart: on small pages every one of them would cost a search for its page.
      let isLarge = bytes >= Slab.hugePage
      let room = bytes + (isLarge ? Slab.hugePage : 0)
      let flags = MAP_PRIVATE | Int32(MAP_ANONYMOUS)
      guard let pages = mmap(nil, room, PROT_READ | PROT_WRITE, flags, -1, 0), pages != MAP_FAILED else {
        throw OutOfMemory(bytes: bytes)
      }
      mapping = UnsafeMutableRawBufferPointer(start: pages, count: room)
      memory = isLarge ? pages.alignedUp(toMultipleOf: Slab.hugePage) : pages
      #if os(Linux)
        if isLarge { madvise(memory, bytes, MADV_HUGEPAGE) }
      #endif
    } else {
      var heap: UnsafeMutableRawPointer?
      guard posix_memalign(&heap, 64, bytes) == 0, let heap else { throw OutOfMemory(bytes: bytes) }
      mapping = nil
      memory = heap
      memset(memory, 0, bytes)
    }
    base = memory.bindMemory(to: Float.self, capacity: bytes / 4)
    self.count = count
  }

  deinit { if let mapping { munmap(mapping.baseAddress, mapping.count) } else { free(base) } }

  /// All floats, for access by index; builds with assertions check it.
  package var values: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }

  /// Some of the floats.
  package func range(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: values[range])
  }
}

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

/// So many bytes were wanted at once.
package struct OutOfMemory: Error, Equatable, CustomStringConvertible {
  package let bytes: Int

  package init(bytes: Int) { self.bytes = bytes }

  /// How much, and what to do about it.
  package var description: String {
    "no memory: \((bytes + 999_999) / 1_000_000) MB more were needed; give a smaller model or batch, fewer threads, or more "
      + "memory (ulimit -v)"
  }
}
