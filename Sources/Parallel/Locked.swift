// Locked.swift
// Protects a value, so that one thread at a time uses it.

#if canImport(Glibc)
  public import Glibc
#elseif canImport(Musl)
  public import Musl
#else
  public import Darwin
#endif

/// Holds a value behind a lock of the system, which the thread sanitizer knows (it does not know Synchronization's `Mutex`).
///
/// It is public because `package` code was not inlined into other modules, and writing a scalar took 8 % longer.
public final class Locked<Value: ~Copyable>: @unchecked Sendable {
  /// On the heap, so that the lock alone protects it, and the runtime's exclusivity checks do not apply.
  @usableFromInline let value: UnsafeMutablePointer<Value>
  @usableFromInline let lock: UnsafeMutablePointer<pthread_mutex_t>

  /// Protects `value` from now on.
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

  /// Runs `body` while no other thread uses the value.
  @inlinable @inline(__always)
  public func withLock<Result, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    acquire()
    defer { release() }
    return try body(&value.pointee)
  }

  /// Takes the lock; other threads wait for it until `release`.
  @inlinable @inline(__always)
  public func acquire() { pthread_mutex_lock(lock) }

  /// Releases the lock.
  @inlinable @inline(__always)
  public func release() { pthread_mutex_unlock(lock) }

  /// Runs `body` without taking the lock.
  /// - Precondition: the caller has acquired it.
  public func unprotected(_ body: (inout Value) -> Void) { body(&value.pointee) }
}
