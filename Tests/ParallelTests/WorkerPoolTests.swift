// WorkerPoolTests.swift
// Every index once, on every number of threads, round after round; run under the thread sanitizer too.

import Parallel
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  @Test("every index runs once, on a worker that exists", arguments: [1, 2, 3, 7], [0, 1, 2, 5, 64, 1000])
  func indices(threads: Int, count: Int) {
    let pool = WorkerPool(threads: threads)
    let runs = (0..<count).map { _ in Counter() }
    pool.forEach(count) { index, worker in
      #expect((0..<threads).contains(worker))
      runs[index].value.wrappingAdd(1, ordering: .relaxed)
    }
    #expect(runs.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
  }

  @Test("what one round writes the next one reads", arguments: [2, 3, 7])
  func rounds(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let results = SharedResults(count: 256)
    for _ in 0..<500 {
      pool.forEach(256) { index, _ in results[index] += 1 }
    }
    #expect(results.values.allSatisfy { $0 == 500 })
  }

  @Test("a worker's scratch belongs to one thread at a time", arguments: [2, 3, 7])
  func scratch(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let scratch = (0..<threads).map { _ in SharedResults(count: 16) }
    let sums = SharedResults(count: 300)
    pool.forEach(300) { index, worker in
      let mine = scratch[worker].base
      for place in 0..<16 { mine[place] = Double(index) }
      sums[index] = (0..<16).reduce(0) { $0 + mine[$1] }
    }
    #expect((0..<300).allSatisfy { sums[$0] == Double(16 * $0) })
  }

  @Test("as many threads work as are allowed at the time, and no more")
  func allowance() {
    let allowance = ThreadAllowance(1, most: 4)
    let pool = WorkerPool(allowance)
    #expect(pool.threads == 4 && allowance.now == 1)
    for (threads, wanted) in [(1, 1), (3, 3), (9, 4), (2, 2), (-1, 1), (4, 4)] {
      allowance.change(to: threads)
      #expect(allowance.now == wanted)
      let workers = Atomic<UInt64>(0)
      // Everyone who is allowed to comes, because each waits for the others.
      pool.forEach(wanted) { _, worker in
        workers.bitwiseOr(1 << UInt64(worker), ordering: .relaxed)
        while workers.load(ordering: .relaxed).nonzeroBitCount < wanted {}
      }
      #expect(workers.load(ordering: .relaxed) == 1 << UInt64(wanted) - 1)
      let all = Atomic<UInt64>(0)
      pool.forEach(500) { _, worker in all.bitwiseOr(1 << UInt64(worker), ordering: .relaxed) }
      #expect(all.load(ordering: .relaxed) < 1 << UInt64(wanted))
    }
  }

  @Test("pools come and go", arguments: [2, 5])
  func lifetimes(threads: Int) {
    for round in 0..<50 {
      let pool = WorkerPool(threads: threads)
      let results = SharedResults(count: 8)
      pool.forEach(8) { index, _ in results[index] = Double(round) }
      #expect(results[7] == Double(round))
    }
  }
}

private final class Counter: Sendable {
  let value = Atomic<Int>(0)
}
