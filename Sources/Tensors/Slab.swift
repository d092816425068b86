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

  /// Bytes.
  private static let hugePage = 2 << 20

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
    // Rows of weights lie far apart: on small pages every one of them would cost a search for its page.
    let isLarge = bytes >= Slab.hugePage
    var memory: UnsafeMutableRawPointer?
    let status = posix_memalign(&memory, isLarge ? Slab.hugePage : 64, bytes)
    guard status == 0, let memory else { throw OutOfMemory(bytes: bytes) }
    #if os(Linux)
      if isLarge { madvise(memory, bytes, MADV_HUGEPAGE) }
    #endif
    memset(memory, 0, bytes)
    base = memory.bindMemory(to: Float.self, capacity: bytes / 4)
    self.count = count
  }

  deinit { free(base) }

  package var values: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }
}
