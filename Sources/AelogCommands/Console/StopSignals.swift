// StopSignals.swift
// Signals that ask the process to end: the first is noted for the work to see, the second ends it at once.

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C, `kill`, and a closed terminal.
package enum StopSignals {
  /// From now on the first of these signals only sets `received`. A hang-up that is ignored (nohup) stays so; signals that
  /// the parent process had blocked get through.
  package static func install() {
    _ = noted.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] { signal(number, note) }
    if let former = signal(SIGHUP, note), unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
      signal(SIGHUP, SIG_IGN)
    }
    var stopping = sigset_t()
    sigemptyset(&stopping)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&stopping, number) }
    pthread_sigmask(SIG_UNBLOCK, &stopping, nil)
  }

  /// The number of the first signal that came; nil before.
  package static var received: Int32? {
    let number = noted.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Waits so long, or until one of these signals comes.
  package static func wait(seconds: Double) {
    if received != nil { return }
    poll(nil, 0, Int32(seconds * 1000))
  }

  /// Writing where nobody reads, or more than a limit allows, becomes an error of that write.
  package static func ignoreWriteSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }
}

private let noted = Atomic<Int32>(0)

/// Does only what a signal handler may.
private func note(_ number: Int32) {
  if !noted.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged { _exit(128 + number) }
}
