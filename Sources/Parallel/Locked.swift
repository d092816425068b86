// Locked.swift
// A value that one thread at a time may touch.

#if canImport(Glibc)
  public import Glibc
#elseif canImport(Musl)
  public import Musl
#else
  public import Darwin
#endif

/// Holds a value behind a lock of the system, which the thread sanitizer knows (it does not know Synchronization's `Mutex`).
///
/// Public, since what is `package` was not inlined into other modules, and a scalar took 8 % longer to its file.
public final class Locked<Value: ~Copyable>: @unchecked Sendable {
  /// Apart from the object, so that the lock alone guards it and not the runtime as well.
  @usableFromInline let value: UnsafeMutablePointer<Value>
  @usableFromInline let lock: UnsafeMutablePointer<pthread_mutex_t>

  /// Guards `value` from now on.
  public init(_ value: consuming sending Value) {
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
  @inlinable @inline(__always)
  public func withLock<Result, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    acquire()
    defer { release() }
    return try body(&value.pointee)
  }

  /// Keeps all threads out until `release`.
  @inlinable @inline(__always)
  public func acquire() { pthread_mutex_lock(lock) }

  /// Lets the next thread in.
  @inlinable @inline(__always)
  public func release() { pthread_mutex_unlock(lock) }

  /// Runs `body`, for who has acquired the lock.
  public func unprotected(_ body: (inout Value) -> Void) { body(&value.pointee) }
}
