// OutOfMemory.swift
// Memory that the system does not give.

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
