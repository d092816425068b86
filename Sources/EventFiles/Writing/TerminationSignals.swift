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

/// Handles SIGINT, SIGTERM and SIGHUP where the program has left them at their default.
///
/// The first signal wakes the thread of `OpenWriterRegistry`, which closes the writers and ends the process by the same signal.
/// A second signal ends the process at once. A signal that the program ignores or handles itself is left alone; such a program
/// closes its writers itself.
enum TerminationSignals {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]

  /// Installs the handlers; the first signal wakes the sleeper of `pipe`.
  static func watch(waking pipe: SelfPipe) {
    pipeAddress.store(UInt(bitPattern: Unmanaged.passRetained(pipe).toOpaque()), ordering: .relaxed)
    _ = firstSignal.load(ordering: .relaxed)
    for number in numbers {
      let former = signal(number, handle)
      if !isSame(former, SIG_DFL) { signal(number, former) }
    }
  }

  /// The number of the first signal received; nil before.
  static var received: Int32? {
    let number = firstSignal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Ends the process by the signal, with its default action.
  static func endProcess(by number: Int32) -> Never {
    signal(number, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    kill(getpid(), number)
    _exit(128 + number)
  }

  /// Restores the default actions in the child of a fork, which has no thread to wake.
  static func restoreDefaults() {
    firstSignal.store(0, ordering: .relaxed)
    for number in numbers {
      let former = signal(number, SIG_DFL)
      if !isSame(former, handle) { signal(number, former) }
    }
  }

  private typealias Handler = @convention(c) (Int32) -> Void

  private static func isSame(_ left: Handler?, _ right: Handler?) -> Bool {
    unsafeBitCast(left, to: Int.self) == unsafeBitCast(right, to: Int.self)
  }
}

private let firstSignal = Atomic<Int32>(0)
/// The address of the `SelfPipe` to wake.
private let pipeAddress = Atomic<UInt>(0)

/// The signal handler; calls only async-signal-safe functions.
private func handle(_ number: Int32) {
  let error = errno
  if firstSignal.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged {
    if let pipe = UnsafeRawPointer(bitPattern: pipeAddress.load(ordering: .relaxed)) {
      Unmanaged<SelfPipe>.fromOpaque(pipe).takeUnretainedValue().wake()
    }
  } else {
    // Delivered when this handler returns.
    signal(number, SIG_DFL)
    kill(getpid(), number)
  }
  errno = error
}

/// Lets a thread sleep until a deadline or until another thread or a signal handler wakes it, by a pipe to itself.
final class SelfPipe: Sendable {
  /// -1 if the system had no descriptors left: then the sleeper looks once a second.
  private let writeEnd = Atomic<Int32>(-1)
  private let readEnd = Atomic<Int32>(-1)

  init() { open() }

  /// Wakes the sleeper, or keeps it from falling asleep. Async-signal-safe.
  func wake() {
    var byte: UInt8 = 1
    // If the pipe is full, the sleeper wakes anyway.
    _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
  }

  /// Sleeps until `wake` is called or `CoarseMonotonicClock` shows `time`; the largest time means forever.
  func wait(until time: UInt64) {
    var watched = pollfd(fd: readEnd.load(ordering: .relaxed), events: Int16(POLLIN), revents: 0)
    let now = CoarseMonotonicClock.nanoseconds()
    // Rounded up, so that the deadline has passed after the sleep.
    let milliseconds = time <= now ? 0 : min((time - now) / 1_000_000 + 1, 1 << 30)
    let longest: UInt64 = watched.fd < 0 ? 1000 : .max
    poll(&watched, 1, time == .max && watched.fd >= 0 ? -1 : Int32(min(milliseconds, longest)))
    guard watched.revents != 0 else { return }
    var bytes: UInt64 = 0
    while read(watched.fd, &bytes, 8) == 8 {}
  }

  /// Opens a new pipe in the child of a fork, where the old one is also the parent's.
  func reopen() {
    close(writeEnd.load(ordering: .relaxed))
    close(readEnd.load(ordering: .relaxed))
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
    readEnd.store(ends[0], ordering: .relaxed)
    writeEnd.store(ends[1], ordering: .relaxed)
  }
}

/// A clock that never goes back, cheap enough to be read for each record.
enum CoarseMonotonicClock {
  /// Nanoseconds since an arbitrary moment, accurate to a few milliseconds.
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
