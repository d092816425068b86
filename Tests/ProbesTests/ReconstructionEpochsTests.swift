// ReconstructionEpochsTests.swift
// Few epochs have a picture; they rise, and both ends are among them.

import Testing

@testable import Probes

@Suite struct ReconstructionEpochsTests {
  @Test func everyNumberOfEpochs() {
    for last in Array(0...400) + [1000, 12_345, 1_000_000] {
      let epochs = ReconstructionEpochs.choose(last: last)
      #expect(epochs.count == min(10, last + 1), "\(last): \(epochs)")
      #expect(epochs.first == 0 && epochs.last == last, "\(last): \(epochs)")
      #expect(zip(epochs, epochs.dropFirst()).allSatisfy { $0 < $1 }, "\(last): \(epochs)")
    }
  }

  @Test func theDocumentedOnes() {
    #expect(ReconstructionEpochs.choose(last: 10) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10])
    #expect(ReconstructionEpochs.choose(last: 100) == [0, 1, 2, 3, 6, 10, 18, 32, 56, 100])
  }
}
