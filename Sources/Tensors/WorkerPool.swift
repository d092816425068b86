// WorkerPool.swift
// Threads that share the indices of a loop and sleep when there is none.

internal import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A fixed set of threads, the caller's among them, that run the same body for each index of a range.
///
/// Which thread runs an index is left to chance, so a body must write only what its index owns; then the result is the
/// same for any number of threads. Between two calls the threads sleep.
package final class WorkerPool: Sendable {
  package let threads: Int
  private let round: Round

  /// - Parameter threads: including the caller's; at least 1.
  package init(threads: Int) {
    self.threads = max(1, threads)
    round = Round()
    for worker in stride(from: 1, to: self.threads, by: 1) { round.start(worker: worker) }
  }

  deinit { round.end() }

  /// The processors that this process may use.
  package static var availableProcessors: Int {
    max(1, Int(ck_processors()))
  }

  /// Runs `body(index, worker)` for every index in 0 ..< count and returns when all are done.
  ///
  /// - `worker` is in 0 ..< threads and belongs to one thread at a time: a key to scratch memory.
  /// - Precondition: not called from inside a body, nor from two threads at once.
  package func forEach(_ count: Int, _ body: @escaping @Sendable (_ index: Int, _ worker: Int) -> Void) {
    if threads == 1 || count <= 1 {
      for index in 0..<count { body(index, 0) }
      return
    }
    round.run(count: count, workers: threads - 1, body)
  }
}

/// What the threads of a pool share: the loop at hand and who still works on it.
private final class Round: @unchecked Sendable {
  typealias Body = @Sendable (Int, Int) -> Void
  // All but `nextIndex` are guarded by `mutex`.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let begun = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var body: Body?
  private var count = 0
  private var number = 0
  private var busy = 0
  private var ended = false
  private let nextIndex = Atomic<Int>(0)

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

  func start(worker: Int) {
    let argument = Unmanaged.passRetained(Worker(round: self, number: worker))
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, workerMain, argument.toOpaque())
    if status == 0 {
      pthread_detach(thread)
    } else {
      argument.release()
      absent += 1
    }
  }

  /// Threads that the system refused; the others do their share.
  private var absent = 0

  func run(count: Int, workers: Int, _ body: @escaping Body) {
    pthread_mutex_lock(mutex)
    self.body = body
    self.count = count
    nextIndex.store(0, ordering: .relaxed)
    busy = workers - absent
    number += 1
    pthread_cond_broadcast(begun)
    pthread_mutex_unlock(mutex)

    work(body, count, worker: 0)

    pthread_mutex_lock(mutex)
    while busy > 0 { pthread_cond_wait(finished, mutex) }
    self.body = nil
    pthread_mutex_unlock(mutex)
  }

  func end() {
    pthread_mutex_lock(mutex)
    ended = true
    pthread_cond_broadcast(begun)
    pthread_mutex_unlock(mutex)
  }

  /// The life of one thread: wait for a round, take part, report, until the pool ends.
  func serve(worker: Int) {
    var seen = 0
    pthread_mutex_lock(mutex)
    while true {
      while number == seen && !ended { pthread_cond_wait(begun, mutex) }
      if ended { break }
      seen = number
      guard let body else { continue }
      let count = self.count
      pthread_mutex_unlock(mutex)
      work(body, count, worker: worker)
      pthread_mutex_lock(mutex)
      busy -= 1
      if busy == 0 { pthread_cond_signal(finished) }
    }
    pthread_mutex_unlock(mutex)
  }

  private func work(_ body: Body, _ count: Int, worker: Int) {
    while true {
      let index = nextIndex.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { return }
      body(index, worker)
    }
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
