// ParallelMap.swift
// One function over a range of indices, spread over threads, the results in order.

import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How many threads can run at once on this machine.
package let processorCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

/// `body(0), body(1), … body(count − 1)`, computed by at most `threads` threads, each taking the next index.
///
/// The result does not depend on the number of threads. All indices are tried, then the error of the lowest failed one
/// is thrown.
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
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
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
