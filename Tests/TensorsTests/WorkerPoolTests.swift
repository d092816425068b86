// WorkerPoolTests.swift
// Every index once, on every number of threads, round after round; run under the thread sanitizer too.

import Synchronization
import Tensors
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
    let slab = Slab(count: 256)
    for _ in 0..<500 {
      pool.forEach(256) { index, _ in slab.base[index] += 1 }
    }
    #expect(slab.values.allSatisfy { $0 == 500 })
  }

  @Test("a worker's scratch belongs to one thread at a time", arguments: [2, 3, 7])
  func scratch(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let scratch = (0..<threads).map { _ in Slab(count: 16) }
    let sums = Slab(count: 300)
    pool.forEach(300) { index, worker in
      let mine = scratch[worker].base
      for place in 0..<16 { mine[place] = Float(index) }
      sums.base[index] = (0..<16).reduce(0) { $0 + mine[$1] }
    }
    #expect((0..<300).allSatisfy { sums.base[$0] == Float(16 * $0) })
  }

  @Test("pools come and go", arguments: [2, 5])
  func lifetimes(threads: Int) {
    for round in 0..<50 {
      let pool = WorkerPool(threads: threads)
      let slab = Slab(count: 8)
      pool.forEach(8) { index, _ in slab.base[index] = Float(round) }
      #expect(slab.base[7] == Float(round))
    }
  }
}

private final class Counter: Sendable {
  let value = Atomic<Int>(0)
}
