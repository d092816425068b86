// MemoryCheck.swift
// Asks the system for large memory before an array takes it: Swift ends the process where an array gets none.

/// The system does not give `bytes` at once.
package struct NoMemory: Error, Equatable, CustomStringConvertible {
  package let bytes: Int

  /// How much, and what to do about it.
  package var description: String {
    "no memory: \((bytes + 999_999) / 1_000_000) MB more were needed; give smaller files, fewer threads, or more memory "
      + "(ulimit -v)"
  }
}

package enum MemoryCheck {
  /// Smaller memory is taken without asking.
  private static let smallest = 1 << 20

  /// Checks that the system would give `bytes` now. Nothing stays allocated.
  /// - Throws: `NoMemory`.
  package static func require(_ bytes: Int) throws(NoMemory) {
    if bytes >= smallest, !SystemCalls.canMap(bytes) { throw NoMemory(bytes: bytes) }
  }
}
