// MemoryCheck.swift
// Asks the system for large memory before an array takes it, because Swift ends the process if an array gets none.

/// The system does not have `bytes` of memory.
package struct NoMemory: Error, Equatable, CustomStringConvertible {
  package let bytes: Int

  /// How much memory was needed, and what to do about it.
  package var description: String {
    "no memory: \((bytes + 999_999) / 1_000_000) MB more were needed; give smaller files, fewer threads, or more memory "
      + "(ulimit -v)"
  }
}

package enum MemoryCheck {
  /// The smallest number of bytes that is asked for.
  private static let smallest = 1 << 20

  /// Checks that the system would give `bytes` now. Nothing stays allocated.
  /// - Throws: `NoMemory`.
  package static func require(_ bytes: Int) throws(NoMemory) {
    if bytes >= smallest, !SystemCalls.canMap(bytes) { throw NoMemory(bytes: bytes) }
  }
}
