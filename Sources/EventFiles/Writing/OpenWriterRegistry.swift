// OpenWriterRegistry.swift
// All open writers of this process: one thread flushes them on time, and they are closed when the process ends.

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

/// Knows every open writer and brings its values to its file in time:
///
/// - One thread sleeps until a flush is due; while none is, it sleeps forever.
/// - At `exit`, and when one of `TerminationSignals` is about to end the process, all writers are closed. Files that are being
///   replaced atomically keep their old content then.
/// - In a forked process nothing is written: there the files are the parent's.
final class OpenWriterRegistry: Sendable {
  static let shared = OpenWriterRegistry()

  private struct Entry {
    weak var run: RunWriter?
    /// When it is to be flushed; nil while nothing waits.
    var deadline: UInt64?
  }

  private struct Entries {
    var entries: [ObjectIdentifier: Entry] = [:]
    var isWatched = false
    /// When the thread will look again; an earlier deadline has to wake it.
    var nextLook = UInt64.max
  }

  private let state = Locked(Entries())
  private let pipe = SelfPipe()
  private static let forks = Atomic<Int>(0)

  /// Number of forks between the process that first wrote and this one.
  static var forkCount: Int { forks.load(ordering: .relaxed) }

  private init() {
    // The lock is taken before a fork, so that no other thread holds it in the child.
    pthread_atfork(
      { OpenWriterRegistry.shared.state.acquire() }, { OpenWriterRegistry.shared.state.release() },
      { OpenWriterRegistry.shared.resetAfterFork() })
    atexit { OpenWriterRegistry.shared.closeAll(thenHold: false) }
  }

  func add(_ run: RunWriter) {
    state.withLock { state in state.entries[ObjectIdentifier(run)] = Entry(run: run) }
    watchProcess()
  }

  /// Starts the thread and the signal handlers, once.
  func watchProcess() {
    let isFirst = state.withLock { state in
      defer { state.isWatched = true }
      return !state.isWatched
    }
    if isFirst {
      TerminationSignals.watch(waking: pipe)
      // If no thread can be started, full buffers and closing still write. The thread captures `self` instead of asking for
      // `shared`: under the thread sanitizer that takes a lock for a moment, and a child forked in that moment would wait for it
      // forever.
      BackgroundThread.start { [self] in flushAndWatch() }
    }
  }

  func remove(_ run: RunWriter) {
    let identifier = ObjectIdentifier(run)
    state.withLock { state in _ = state.entries.removeValue(forKey: identifier) }
  }

  /// Schedules a flush of a writer at a time of `CoarseMonotonicClock`.
  func flush(_ run: RunWriter, at deadline: UInt64) {
    let identifier = ObjectIdentifier(run)
    let isEarlier = state.withLock { state in
      state.entries[identifier]?.deadline = deadline
      return deadline < state.nextLook
    }
    if isEarlier { pipe.wake() }
  }

  /// Flushes writers that are due and ends the process after a signal; runs on the background thread, forever.
  private func flushAndWatch() {
    while true {
      let deadline = state.withLock { state in
        state.nextLook = state.entries.values.compactMap(\.deadline).min() ?? .max
        return state.nextLook
      }
      pipe.wait(until: deadline)
      if let signal = TerminationSignals.received {
        closeAll(thenHold: true)
        TemporaryFileRegistry.shared.removeAll { TerminationSignals.endProcess(by: signal) }
      }
      for run in takeDue() { run.flushInTime() }
    }
  }

  private func takeDue() -> [RunWriter] {
    let now = CoarseMonotonicClock.nanoseconds()
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

  /// Forgets the writers and the thread in the child of a fork, where the lock is held.
  private func resetAfterFork() {
    OpenWriterRegistry.forks.add(1, ordering: .relaxed)
    state.unprotected { state in state = Entries() }
    pipe.reopen()
    TerminationSignals.restoreDefaults()
    state.release()
  }
}

extension RunWriter {
  /// Flushes because the flush interval has passed; the next call reports a failure.
  func flushInTime() {
    state.withLock { state in
      state?.isFlushDue = false
      do {
        try state?.file.flush()
      } catch {
        state?.unreported = error
      }
    }
  }

  /// Closes because the process ends; writes a failure to the error stream, since no call will report it.
  /// - Parameter thenHold: keeps the lock, so that no other thread writes again.
  func closeAtEnd(thenHold: Bool) {
    state.acquire()
    state.unprotected { state in
      guard var open = state.take() else { return }
      do {
        try open.close()
      } catch {
        writeToErrorStream("\(error)\n")
      }
    }
    if !thenHold { state.release() }
  }
}

private func writeToErrorStream(_ line: String) {
  var line = line
  line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Closes writers and removes temporary files before Ctrl-C, `kill` or hang-up ends a program that does not handle them itself.
package enum ExitCleanup {
  /// Installs the signal handlers and starts the thread; the first writer does so too.
  package static func install() { OpenWriterRegistry.shared.watchProcess() }
}
