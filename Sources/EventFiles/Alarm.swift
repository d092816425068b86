// Alarm.swift
// What a thread sleeps on until a time has come or somebody rings, a signal handler among them: a pipe.

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
