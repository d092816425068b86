// WallTime.swift
// When something was logged, in seconds since 1970.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A finite number of seconds since 1970: TensorBoard's data server gives up a file whose time is NaN.
public struct WallTime: Hashable, Comparable, Sendable {
  /// Seconds since 1970, UTC.
  public let seconds: Double

  /// - Throws: `EventFileError.notATime` where `seconds` is NaN or infinite.
  public init(seconds: Double) throws(EventFileError) {
    guard seconds.isFinite else { throw .notATime(seconds) }
    self.seconds = seconds
  }

  /// The time of the system's clock.
  public static func now() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(finite: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
  }

  private init(finite seconds: Double) { self.seconds = seconds }

  /// True where `left` comes first.
  public static func < (left: WallTime, right: WallTime) -> Bool { left.seconds < right.seconds }
}
