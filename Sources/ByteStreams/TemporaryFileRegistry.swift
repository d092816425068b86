// TemporaryFileRegistry.swift
// The temporary files of this process that are neither in their places nor removed.

import Parallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Knows them, so that the end of the process can remove them. A forked process begins with none: they are the parent's.
package final class TemporaryFileRegistry: Sendable {
  package static let shared = TemporaryFileRegistry()

  private let paths = Locked(Set<ExactName>())
  private let change = Locked(())

  private init() {
    // Nobody holds a lock at the moment of a fork, so that the child finds them free.
    pthread_atfork(
      { TemporaryFileRegistry.shared.acquire() }, { TemporaryFileRegistry.shared.release() },
      { TemporaryFileRegistry.shared.startAnew() })
  }

  func add(_ path: String) { paths.withLock { _ = $0.insert(ExactName(path)) } }

  func remove(_ path: String) { paths.withLock { _ = $0.remove(ExactName(path)) } }

  /// Puts several files in their places together: `removeAll` waits for it. One at a time.
  package func together(_ body: () throws -> Void) rethrows {
    change.acquire()
    defer { change.release() }
    try body()
  }

  /// Removes them, and then ends the process; nothing is begun any more.
  package func removeAll(then end: () -> Never) -> Never {
    acquire()
    paths.unprotected { for path in $0 { try? SystemCalls.removeFile(path.text) } }
    end()
  }

  private func acquire() {
    change.acquire()
    paths.acquire()
  }

  private func release() {
    paths.release()
    change.release()
  }

  /// In the child of a fork, with the locks held.
  private func startAnew() {
    paths.unprotected { $0 = [] }
    release()
  }
}
