// TerminationSignals.swift
// Delays Ctrl-C, kill and hang-up until what was logged is in the files.

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C, `kill`, and a closed terminal, for a program that has left them at their default.
///
/// The first wakes the thread of `OpenWriterRegistry`, which closes the writers and has the process end by the same signal; a second
/// ends it at once. A program that ignores or handles a signal itself keeps doing so, and then closes its writers itself.
enum EndSignals {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]

  static func watch(waking alarm: Alarm) {
    bell.store(UInt(bitPattern: Unmanaged.passRetained(alarm).toOpaque()), ordering: .relaxed)
    _ = noted.load(ordering: .relaxed)
    for number in numbers {
      let former = signal(number, note)
      if !isSame(former, SIG_DFL) { signal(number, former) }
    }
  }

  /// The number of the first signal that came; nil before.
  static var received: Int32? {
    let number = noted.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Ends the process as if the signal had never been held up.
  static func endProcess(by number: Int32) -> Never {
    signal(number, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    kill(getpid(), number)
    _exit(128 + number)
  }

  /// In the child of a fork, which has no thread to wake: the default again.
  static func forget() {
    noted.store(0, ordering: .relaxed)
    for number in numbers {
      let former = signal(number, SIG_DFL)
      if !isSame(former, note) { signal(number, former) }
    }
  }

  private typealias Handler = @convention(c) (Int32) -> Void

  private static func isSame(_ left: Handler?, _ right: Handler?) -> Bool {
    unsafeBitCast(left, to: Int.self) == unsafeBitCast(right, to: Int.self)
  }
}

private let noted = Atomic<Int32>(0)
/// Where the alarm is.
private let bell = Atomic<UInt>(0)

/// Does only what a signal handler may.
private func note(_ number: Int32) {
  let error = errno
  if noted.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged {
    if let alarm = UnsafeRawPointer(bitPattern: bell.load(ordering: .relaxed)) {
      Unmanaged<Alarm>.fromOpaque(alarm).takeUnretainedValue().ring()
    }
  } else {
    // Delivered when this handler returns.
    signal(number, SIG_DFL)
    kill(getpid(), number)
  }
  errno = error
}

final class Alarm: Sendable {
  /// -1 where the system had no descriptors left: then the sleeper looks once a second.
  private let bell = Atomic<Int32>(-1)
  private let ear = Atomic<Int32>(-1)

  init() { open() }

  /// Wakes the sleeper, or keeps it from falling asleep. Does only what a signal handler may.
  func ring() {
    var stroke: UInt8 = 1
    // A full pipe wakes as well.
    _ = write(bell.load(ordering: .relaxed), &stroke, 1)
  }

  /// Sleeps until the time of `CoarseClock`, for ever where it is the largest, or until the alarm rings.
  func wait(until time: UInt64) {
    var watched = pollfd(fd: ear.load(ordering: .relaxed), events: Int16(POLLIN), revents: 0)
    let now = CoarseClock.nanoseconds()
    // Rounded up, so that the time has come after the sleep.
    let milliseconds = time <= now ? 0 : min((time - now) / 1_000_000 + 1, 1 << 30)
    let longest: UInt64 = watched.fd < 0 ? 1000 : .max
    poll(&watched, 1, time == .max && watched.fd >= 0 ? -1 : Int32(min(milliseconds, longest)))
    guard watched.revents != 0 else { return }
    var strokes: UInt64 = 0
    while read(watched.fd, &strokes, 8) == 8 {}
  }

  /// In the child of a fork: the pipe there is also the parent's.
  func renew() {
    close(bell.load(ordering: .relaxed))
    close(ear.load(ordering: .relaxed))
    open()
  }

  private func open() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
    }
    ear.store(ends[0], ordering: .relaxed)
    bell.store(ends[1], ordering: .relaxed)
  }
}

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
