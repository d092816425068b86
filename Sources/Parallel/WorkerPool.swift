// WorkerPool.swift
// Runs the iterations of many short loops on threads that sleep between loops; their number can change while they work.

internal import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Runs a body for each index of a range on several threads, the caller's among them: as many as are allowed at the time.
///
/// Any thread may run an index, so a body must write only memory that its index owns; then the result is the same for any number of
/// threads. Between two calls the threads wait some microseconds and then sleep.
package final class WorkerPool: Sendable {
  private let allowance: ThreadAllowance
  private let round = Round()

  package init(_ allowance: ThreadAllowance) { self.allowance = allowance }

  /// - Parameter threads: including the caller's; at least 1.
  package convenience init(threads: Int) { self.init(ThreadAllowance(threads)) }

  /// The maximum number of threads.
  package var threads: Int { allowance.most }

  deinit { round.end() }

  /// Runs `body(index, worker)` for every index in 0 ..< count and returns when all are done.
  ///
  /// - `worker` is in 0 ..< threads and belongs to one thread at a time: a key to scratch memory.
  /// - Precondition: not called from inside a body, nor from two threads at once.
  package func forEach(_ count: Int, _ body: @escaping @Sendable (_ index: Int, _ worker: Int) -> Void) {
    let allowed = allowance.now
    if allowed == 1 || count <= 1 {
      for index in 0..<count { body(index, 0) }
      return
    }
    round.run(count: count, threads: allowed, body)
  }
}

/// The state that the threads of a pool have in common: the current loop and its participants.
///
/// A thread that wakes too late for a loop misses it, and nobody waits for it: only those that joined are waited for.
private final class Round: @unchecked Sendable {
  typealias Body = @Sendable (Int, Int) -> Void
  /// The round's number in the upper half; below, whether it can be joined, and the number of threads that have joined.
  private let state = Atomic<UInt64>(0)
  private static let open: UInt64 = 1 << 31
  private let nextIndex = Atomic<Int>(0)
  /// The number of threads of the current or last loop: a thread with this number or a higher one keeps sleeping.
  private let allowed = Atomic<Int>(1)
  private let isEnded = Atomic<Bool>(false)
  // Written between rounds only; a thread that has joined may read them.
  private var body: Body?
  private var count = 0
  /// The number of threads that were started or that the system refused, the caller's among them.
  private var started = 1
  // Threads sleep on these after some microseconds of waiting.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let begun = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(begun, nil)
    pthread_cond_init(finished, nil)
  }

  deinit {
    pthread_cond_destroy(begun)
    pthread_cond_destroy(finished)
    pthread_mutex_destroy(mutex)
    begun.deallocate()
    finished.deallocate()
    mutex.deallocate()
  }

  /// Starts a thread. If it cannot be created, the others do its work.
  private func start(worker: Int) {
    let argument = Unmanaged.passRetained(Worker(round: self, number: worker))
    var thread = pthread_t()
    if pthread_create(&thread, nil, workerMain, argument.toOpaque()) == 0 {
      pthread_detach(thread)
    } else {
      argument.release()
    }
  }

  func run(count: Int, threads: Int, _ body: @escaping Body) {
    while started < threads {
      start(worker: started)
      started += 1
    }
    self.body = body
    self.count = count
    allowed.store(threads, ordering: .relaxed)
    nextIndex.store(0, ordering: .relaxed)
    let round = (state.load(ordering: .relaxed) >> 32) &+ 1
    state.store(round << 32 | Self.open, ordering: .releasing)
    wake(begun)

    work(body, count, worker: 0)

    state.bitwiseAnd(~Self.open, ordering: .acquiringAndReleasing)
    wait(finished) { self.state.load(ordering: .acquiring) & (Self.open - 1) == 0 }
    self.body = nil
  }

  func end() {
    isEnded.store(true, ordering: .releasing)
    wake(begun)
  }

  /// Runs one thread: waits for rounds and takes part in them until the pool ends.
  func serve(worker: Int) {
    var seen: UInt64 = 0
    while true {
      wait(begun) {
        let now = self.state.load(ordering: .acquiring)
        let isCalled = now >> 32 != seen && now & Self.open != 0 && worker < self.allowed.load(ordering: .relaxed)
        return isCalled || self.isEnded.load(ordering: .acquiring)
      }
      if isEnded.load(ordering: .acquiring) { return }
      guard let round = join() else { continue }
      seen = round
      if let body { work(body, count, worker: worker) }
      let left = state.subtract(1, ordering: .acquiringAndReleasing).newValue
      if left & (Self.open | (Self.open - 1)) == 0 { wake(finished) }
    }
  }

  /// Joins the current round.
  /// - Returns: its number, or nil if it has closed meanwhile.
  private func join() -> UInt64? {
    var now = state.load(ordering: .acquiring)
    while now & Self.open != 0 {
      let (joined, found) = state.compareExchange(
        expected: now, desired: now + 1, ordering: .acquiringAndReleasing)
      if joined { return now >> 32 }
      now = found
    }
    return nil
  }

  private func work(_ body: Body, _ count: Int, worker: Int) {
    while true {
      let index = nextIndex.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { return }
      body(index, worker)
    }
  }

  /// Waits until `isDone`: first awake for some ten microseconds, the time between two loops of a step, then asleep.
  private func wait(_ condition: UnsafeMutablePointer<pthread_cond_t>, until isDone: () -> Bool) {
    for _ in 0..<500 {
      if isDone() { return }
      ck_pause()
    }
    pthread_mutex_lock(mutex)
    while !isDone() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  /// Wakes the sleeping threads, after a change that `isDone` sees.
  private func wake(_ condition: UnsafeMutablePointer<pthread_cond_t>) {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}

private final class Worker {
  let round: Round
  let number: Int
  init(round: Round, number: Int) {
    self.round = round
    self.number = number
  }
}

private func workerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let worker = Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue()
  worker.round.serve(worker: worker.number)
  return nil
}

/// The number of threads that some work may use, which can change while it runs. Results do not depend on it.
package final class ThreadAllowance: Sendable, ExpressibleByIntegerLiteral {
  /// The limit, for which scratch memory is allocated.
  package let most: Int
  private let allowed: Atomic<Int>

  /// - Parameters:
  ///   - now: the first number, at least 1.
  ///   - most: the limit, at least `now`.
  package init(_ now: Int, most: Int = 1) {
    let now = max(1, now)
    self.most = max(now, most)
    allowed = Atomic(now)
  }

  package convenience init(integerLiteral threads: Int) { self.init(threads) }

  /// The current number, 1 … `most`.
  package var now: Int { allowed.load(ordering: .relaxed) }

  /// Sets the number from the next loop on, limited to 1 … `most`.
  package func change(to threads: Int) { allowed.store(min(max(1, threads), most), ordering: .relaxed) }
}

/// Numbers, zero at first, that the threads of a loop write: each iteration at its own index.
package final class SharedResults: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Double>
  package let count: Int

  package init(count: Int) {
    self.count = count
    base = .allocate(capacity: max(1, count))
    base.initialize(repeating: 0, count: max(1, count))
  }

  deinit { base.deallocate() }

  package subscript(index: Int) -> Double {
    get { UnsafeBufferPointer(start: base, count: count)[index] }
    set { UnsafeMutableBufferPointer(start: base, count: count)[index] = newValue }
  }

  /// Returns the memory of some results, for a kernel to write.
  package func range(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: UnsafeMutableBufferPointer(start: base, count: count)[range])
  }

  /// All results, in the order of the indices.
  package var values: [Double] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
