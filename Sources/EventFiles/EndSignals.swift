// EndSignals.swift
// The signals that end a process unless it says otherwise: held up until what was logged is in the files.

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
