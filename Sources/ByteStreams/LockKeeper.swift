// LockKeeper.swift
// Touches the lock files that this process holds, so that other machines see that it lives.

import Parallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread that sleeps, touches every lock file, and ends when there is none. A slow step, a long layout or a hung terminal
/// does not stop it. A forked process begins without locks: they are the parent's.
final class LockKeeper: Sendable {
  static let shared = LockKeeper(milliseconds: Int32(DirectoryLock.patience / 4) * 1000)

  private struct Lock {
    let descriptor: Int32
    let path: String
  }

  private struct State {
    var locks: [FileStatus.Identity: Lock] = [:]
    var isRunning = false
  }

  private let state = Locked(State())
  private let milliseconds: Int32

  /// - Parameter milliseconds: from one touch to the next.
  init(milliseconds: Int32) { self.milliseconds = milliseconds }

  /// Nobody holds the lock at the moment of a fork, so that the child finds it free.
  private static let isForkAware: Void = {
    pthread_atfork(
      { LockKeeper.shared.state.acquire() }, { LockKeeper.shared.state.release() },
      {
        LockKeeper.shared.state.unprotected { $0 = State() }
        LockKeeper.shared.state.release()
      })
  }()

  /// Touches the open lock file from now on. Without a thread it is touched by `DirectoryLock.refresh` alone.
  func add(_ descriptor: Int32, _ identity: FileStatus.Identity, path: String) {
    _ = Self.isForkAware
    let isFirst = state.withLock { state in
      state.locks[identity] = Lock(descriptor: descriptor, path: path)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if isFirst, !BackgroundThread.start({ [self] in keep() }) { state.withLock { $0.isRunning = false } }
  }

  /// Call it before the file is closed.
  func remove(_ identity: FileStatus.Identity) { state.withLock { _ = $0.locks.removeValue(forKey: identity) } }

  /// Whether this process holds the lock file.
  func holds(_ identity: FileStatus.Identity) -> Bool { state.withLock { $0.locks[identity] != nil } }

  private func keep() {
    while true {
      SystemCalls.sleep(milliseconds: milliseconds)
      let isOver = state.withLock { state in
        for lock in state.locks.values { try? SystemCalls.touch(lock.descriptor, path: lock.path) }
        if state.locks.isEmpty { state.isRunning = false }
        return state.locks.isEmpty
      }
      if isOver { return }
    }
  }
}
