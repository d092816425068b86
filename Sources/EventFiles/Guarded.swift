// Guarded.swift
// A value that one thread at a time may touch.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Holds a value behind a lock of the system, which the thread sanitizer knows (it does not know Synchronization's).
final class Guarded<Value: ~Copyable>: @unchecked Sendable {
  /// Apart from the object, so that the lock alone guards it and not the runtime as well.
  private let value: UnsafeMutablePointer<Value>
  private let lock: UnsafeMutablePointer<pthread_mutex_t>

  init(_ value: consuming sending Value) {
    self.value = .allocate(capacity: 1)
    self.value.initialize(to: value)
    lock = .allocate(capacity: 1)
    let code = pthread_mutex_init(lock, nil)
    precondition(code == 0, "a mutex could not be made")
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
    value.deinitialize(count: 1)
    value.deallocate()
  }

  /// Runs `body` while no other thread runs one.
  @inline(__always)
  func withLock<Result, Failure: Error>(_ body: @Sendable (inout Value) throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    acquire()
    defer { release() }
    return try body(&value.pointee)
  }

  /// Keeps all threads out until `release`.
  @inline(__always)
  func acquire() { pthread_mutex_lock(lock) }

  @inline(__always)
  func release() { pthread_mutex_unlock(lock) }

  /// Runs `body`, for who has acquired the lock.
  func unprotected(_ body: (inout Value) -> Void) { body(&value.pointee) }
}
