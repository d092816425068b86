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
/// A slab does not synchronize anything. Threads that use one together must each write their own part, as the indices of a
/// worker pool's loop do; hence `@unchecked`.
package final class Slab: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let count: Int

  /// The pages of a large slab, which cost nothing until they are written; nil for a small one.
  private let mapping: UnsafeMutableRawBufferPointer?

  /// Bytes in a huge page.
  private static let hugePage = 2 << 20
  /// The fewest bytes that get pages of their own.
  private static let mappedFrom = 1 << 18

  /// Creates a slab of moderate size; if the memory is refused, the process ends, as everywhere in Swift.
  /// - Parameter count: floats; the memory is rounded up to whole vectors, so kernels may touch up to 16 more.
  package convenience init(count: Int) {
    do {
      try self.init(large: count)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Creates a slab whose size the user chose.
  /// - Parameter count: floats, rounded up as above.
  /// - Throws: `OutOfMemory`.
  package init(large count: Int) throws(OutOfMemory) {
    let bytes = (count * 4 + 64 + 63) / 64 * 64
    let memory: UnsafeMutableRawPointer
    if bytes >= Slab.mappedFrom {
      // Rows of weights lie far apart: on small pages each row would cost a page-table lookup.
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
/// Builds with assertions check every access; other builds only compute the address. The slab must outlive the pointer.
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

  /// Points to the first of an array's numbers, for kernels to write. The array must outlive the pointer.
  package init(writing numbers: UnsafeMutableBufferPointer<Float>) {
    guard let base = numbers.baseAddress else { preconditionFailure("no numbers") }
    self.init(base: base, count: numbers.count, offset: 0)
  }

  /// Points to the first of an array's numbers, for kernels to read. The array must outlive the pointer.
  package init(reading numbers: UnsafeBufferPointer<Float>) {
    self.init(writing: UnsafeMutableBufferPointer(mutating: numbers))
  }

  /// The place `distance` floats after this one.
  @inline(__always)
  package static func + (place: SlabPointer, distance: Int) -> SlabPointer {
    SlabPointer(base: place.base, count: place.count, offset: place.offset + distance)
  }

  /// The float `distance` floats after this place.
  package subscript(distance: Int) -> Float {
    @inline(__always) get { checked(distance..<distance + 1)[distance] }
    @inline(__always) nonmutating set { checked(distance..<distance + 1)[distance] = newValue }
  }

  /// Returns the address, for access to `reach`, counted in floats from here.
  @inline(__always)
  package func checked(_ reach: @autoclosure () -> Range<Int>) -> UnsafeMutablePointer<Float> {
    assert(contains(reach()), "floats \(reach()) from offset \(offset) lie outside a slab of \(count)")
    return base + offset
  }

  /// Returns the address of `count` doubles, which take two floats each.
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

/// The system refused a request for memory.
package struct OutOfMemory: Error, Equatable, CustomStringConvertible {
  /// Bytes requested.
  package let bytes: Int

  package init(bytes: Int) { self.bytes = bytes }

  /// Says how much memory was needed, and what to do.
  package var description: String {
    "no memory: \((bytes + 999_999) / 1_000_000) MB more were needed; give a smaller model or batch, fewer threads, or more "
      + "memory (ulimit -v)"
  }
}
