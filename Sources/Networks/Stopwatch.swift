// Stopwatch.swift
// Seconds between two looks at a clock that never goes back.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Starts when it is made; a look costs some tens of nanoseconds.
package struct Stopwatch {
  private var last = Stopwatch.now()

  package init() {}

  /// Seconds since the last lap, or the start; the next lap begins.
  package mutating func lap() -> Double {
    let now = Stopwatch.now()
    defer { last = now }
    return now - last
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
