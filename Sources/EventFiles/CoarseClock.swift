// CoarseClock.swift
// A clock that never goes back, cheap enough to be asked at each record.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

enum CoarseClock {
  /// Nanoseconds since some moment, a few milliseconds late.
  @inline(__always)
  static func nanoseconds() -> UInt64 {
    #if os(Linux)
      let clock = CLOCK_MONOTONIC_COARSE
    #else
      let clock = CLOCK_MONOTONIC_RAW_APPROX
    #endif
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
