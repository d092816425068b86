// ParallelMapTests.swift

import Testing

@testable import Parallel

struct ParallelMapTests {
  @Test func theLowestFailureIsThrown() {
    struct Failure: Error, Equatable { let index: Int }
    for threads in 1...3 {
      #expect(throws: Failure(index: 3)) {
        try parallelMap(9, threads: threads) { index in
          if index >= 3 { throw Failure(index: index) }
          return index
        }
      }
    }
  }

  @Test func resultsComeInOrder() {
    for threads in 1...3 {
      #expect(parallelMap(9, threads: threads) { $0 * $0 } == [0, 1, 4, 9, 16, 25, 36, 49, 64])
      #expect(parallelMap(0, threads: threads) { $0 } == [])
    }
  }
}
