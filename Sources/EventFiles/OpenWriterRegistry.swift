// OpenWriterRegistry.swift
// The writers of this process that are open: flushed in time by one sleeping thread, and closed when the process ends.

import ByteStreams
import Parallel
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Knows every open writer, and sees to it that what they were given reaches their files:
///
/// - by a thread that sleeps until a flush is due, and for good while none is;
/// - at `exit`, and when one of `EndSignals` is about to end the process, by closing them all; files that are being replaced
///   as a whole stay as they were then;
/// - not in a process that was forked: there the files are the parent's.
final class OpenWriterRegistry: Sendable {
  static let shared = OpenWriterRegistry()

  private struct Entry {
    weak var run: RunWriter?
    /// When it wants to be flushed.
    var deadline: UInt64?
  }

  private struct Entries {
    var entries: [ObjectIdentifier: Entry] = [:]
    var isWatched = false
    /// When the thread will look again; anything earlier has to wake it.
    var nextLook = UInt64.max
  }

  private let state = Locked(Entries())
  private let alarm = Alarm()
  private static let forks = Atomic<Int>(0)

  /// How many forks lie between this process and the one that first wrote.
  static var forkCount: Int { forks.load(ordering: .relaxed) }

  private init() {
    // Nobody holds the lock at the moment of a fork, so that the child finds it free.
    pthread_atfork(
      { OpenWriterRegistry.shared.state.acquire() }, { OpenWriterRegistry.shared.state.release() }, { OpenWriterRegistry.shared.startAnew() })
    atexit { OpenWriterRegistry.shared.closeAll(thenHold: false) }
  }

  func add(_ run: RunWriter) {
    state.withLock { state in state.entries[ObjectIdentifier(run)] = Entry(run: run) }
    attend()
  }

  /// Sees to the end of the process from now on.
  func attend() {
    let isFirst = state.withLock { state in
      defer { state.isWatched = true }
      return !state.isWatched
    }
    if isFirst {
      EndSignals.watch(waking: alarm)
      // Without a thread, full buffers and closing still write. The thread is told whom it works for: if it asked for `shared`,
      // the thread sanitizer's Swift would have it hold a lock for that moment, and the child of a fork in that moment would
      // wait for it forever.
      BackgroundThread.start { [self] in watch() }
    }
  }

  func remove(_ run: RunWriter) {
    let identifier = ObjectIdentifier(run)
    state.withLock { state in _ = state.entries.removeValue(forKey: identifier) }
  }

  /// Has a writer flushed at a time of `CoarseClock`.
  func flush(_ run: RunWriter, at deadline: UInt64) {
    let identifier = ObjectIdentifier(run)
    let isEarlier = state.withLock { state in
      state.entries[identifier]?.deadline = deadline
      return deadline < state.nextLook
    }
    if isEarlier { alarm.ring() }
  }

  private func watch() {
    while true {
      let deadline = state.withLock { state in
        state.nextLook = state.entries.values.compactMap(\.deadline).min() ?? .max
        return state.nextLook
      }
      alarm.wait(until: deadline)
      if let signal = EndSignals.received {
        closeAll(thenHold: true)
        TemporaryFileRegistry.shared.removeAll { EndSignals.endProcess(by: signal) }
      }
      for run in takeDue() { run.flushInTime() }
    }
  }

  private func takeDue() -> [RunWriter] {
    let now = CoarseClock.nanoseconds()
    return state.withLock { state in
      var due: [RunWriter] = []
      for (identifier, entry) in state.entries {
        guard let deadline = entry.deadline, deadline <= now else { continue }
        state.entries[identifier]?.deadline = nil
        if let run = entry.run { due.append(run) }
      }
      return due
    }
  }

  private func closeAll(thenHold: Bool) {
    let runs = state.withLock { state in state.entries.values.compactMap(\.run) }
    for run in runs { run.closeAtEnd(thenHold: thenHold) }
  }

  /// In the child of a fork, with the lock held: no thread, no writers.
  private func startAnew() {
    OpenWriterRegistry.forks.add(1, ordering: .relaxed)
    state.unprotected { state in state = Entries() }
    alarm.renew()
    EndSignals.forget()
    state.release()
  }
}
