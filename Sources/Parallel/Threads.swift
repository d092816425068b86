// Threads.swift
// Runs work on new threads: one function over a range of indices, two functions at once, or one beside the program.

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Returns `body(0), body(1), … body(count − 1)`, computed by at most `threads` threads, each taking the next index.
///
/// The result does not depend on the number of threads. If a body throws, the others run all the same; then the error of the lowest
/// index is thrown.
package func parallelMap<Element: Sendable, Failure: Error>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) throws(Failure) -> Element
) throws(Failure) -> [Element] {
  let workers = min(count, threads)
  guard workers > 1 else {
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for index in 0..<count { elements.append(try body(index)) }
    return elements
  }
  // Each slot is written by the one thread that drew its index, and read after all threads have ended.
  nonisolated(unsafe) let slots = UnsafeMutableBufferPointer<Result<Element, Failure>?>.allocate(capacity: count)
  slots.initialize(repeating: nil)
  defer {
    slots.deinitialize()
    slots.deallocate()
  }
  let next = Atomic<Int>(0)
  onThreads(workers) {
    while case let index = next.add(1, ordering: .relaxed).oldValue, index < count {
      do throws(Failure) {
        slots[index] = .success(try body(index))
      } catch {
        slots[index] = .failure(error)
      }
    }
  }
  var elements: [Element] = []
  elements.reserveCapacity(count)
  for case let result? in slots { elements.append(try result.get()) }
  return elements
}

/// Returns the results of `one` and `two`, which run on two threads if `threads` allows.
///
/// If one throws, the other runs all the same; then the error of `one`, or else that of `two`, is thrown.
package func sideBySide<One: Sendable, Two: Sendable>(
  threads: Int, _ one: @Sendable () throws -> One, _ two: @Sendable () throws -> Two
) throws -> (One, Two) {
  let made = try parallelMap(2, threads: threads) { index -> (One?, Two?) in
    if index == 0 { return (try one(), nil) }
    return (nil, try two())
  }
  guard let first = made[0].0, let second = made[1].1 else { preconditionFailure("each has made its own") }
  return (first, second)
}

extension [UInt8] {
  /// Makes `count` bytes in parts of `partSize` (the last one may be shorter) with at most `threads` threads.
  /// - Parameter write: writes every byte of the part with that number, which is not initialized.
  package init(
    count: Int, partSize: Int, threads: Int,
    _ write: @Sendable (_ part: Int, _ bytes: UnsafeMutableBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    try self.init(unsafeUninitializedCapacity: count) { bytes, filled in
      // Each thread writes parts of its own, and all are written when the map returns.
      nonisolated(unsafe) let all = bytes
      _ = try parallelMap((count + partSize - 1) / partSize, threads: threads) { part in
        try write(
          part, UnsafeMutableBufferPointer(rebasing: all[part * partSize..<Swift.min((part + 1) * partSize, count)]))
      }
      filled = count
    }
  }
}

extension [[UInt8]] {
  /// All bytes in one array, in the order of the blocks.
  package var concatenated: [UInt8] {
    if count == 1 { return self[0] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(reduce(0) { $0 + $1.count })
    for part in self { bytes.append(contentsOf: part) }
    return bytes
  }
}

/// Runs `body` on `count` threads, including the caller's, and returns when all have ended. If a thread cannot be created, the
/// others do its work. (Dispatch would end the process if there is no file descriptor left.)
private func onThreads(_ count: Int, _ body: @Sendable () -> Void) {
  withoutActuallyEscaping(body) { body in
    let work = Work(body: body)
    var threads: [pthread_t] = []
    for _ in 1..<count {
      #if os(Linux)
        var thread = pthread_t()
      #else
        var thread: pthread_t?
      #endif
      let argument = Unmanaged.passRetained(work)
      if pthread_create(&thread, nil, workMain, argument.toOpaque()) != 0 {
        argument.release()
        break
      }
      #if os(Linux)
        threads.append(thread)
      #else
        if let thread { threads.append(thread) }
      #endif
    }
    body()
    for thread in threads { pthread_join(thread, nil) }
  }
}

/// Starts threads that work beside the program until they return or the process ends.
package enum BackgroundThread {
  /// Runs `body` on a new, detached thread, which blocks all signals: they are for the program's own threads.
  /// - Returns: false if the thread cannot be created.
  @discardableResult
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let work = Unmanaged.passRetained(Work(body: body))
    #if os(Linux)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    var (all, former) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &former)
    let code = pthread_create(&thread, nil, workMain, work.toOpaque())
    pthread_sigmask(SIG_SETMASK, &former, nil)
    guard code == 0 else {
      work.release()
      return false
    }
    #if os(Linux)
      pthread_detach(thread)
    #else
      if let thread { pthread_detach(thread) }
    #endif
    return true
  }
}

/// The body that a thread runs.
private final class Work: Sendable {
  let body: @Sendable () -> Void

  init(body: @escaping @Sendable () -> Void) { self.body = body }
}

#if os(Linux)
  private func workMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
    return nil
  }
#else
  private func workMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
    return nil
  }
#endif
