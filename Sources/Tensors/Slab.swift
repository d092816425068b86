// Slab.swift
// One aligned stretch of floats that many threads read and write by agreement.

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
