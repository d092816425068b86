// PointSampleTests.swift

import Testing

@testable import Embeddings

struct PointSampleTests {
  private let classes = (0..<1000).map { $0 % 7 == 0 ? 3 : $0 % 3 }

  @Test("a sample holds each point once, one of each class in front")
  func front() {
    for wanted in [0, 1, 2, 4, 5, 99, 100, 500, 999, 1000, 5000] {
      let numbers = PointSample(of: 1000, classes: classes, points: wanted, seed: 1).numbers
      #expect(numbers.count == min(wanted, 1000) && Set(numbers).count == numbers.count)
      #expect(numbers.allSatisfy { (0..<1000).contains($0) })
      // The first of each class.
      #expect(Array(numbers.prefix(4)) == Array([3, 1, 2, 0].prefix(wanted)))
    }
  }

  @Test("classes share a sample evenly, and small ones give all they have")
  func shares() {
    let uneven = (0..<1000).map { $0 < 10 ? 0 : $0 < 30 ? 1 : $0 < 300 ? 2 : 3 }
    let numbers = PointSample(of: 1000, classes: uneven, points: 200, seed: 1).numbers
    let counts = Dictionary(grouping: numbers) { uneven[$0] }.mapValues(\.count)
    #expect(counts == [0: 10, 1: 20, 2: 85, 3: 85])
  }

  @Test("the others come in an order of the seed")
  func order() {
    func numbers(_ seed: UInt64) -> [Int] { PointSample(of: 1000, classes: classes, points: 1000, seed: seed).numbers }
    #expect(numbers(1) == numbers(1) && numbers(1) != numbers(2))
    #expect(Set(numbers(1)) == Set(numbers(2)) && numbers(1) != numbers(1).sorted())
  }

  @Test("without classes any points are taken")
  func unlabeled() {
    let numbers = PointSample(of: 500, classes: nil, points: 50, seed: 1).numbers
    #expect(Set(numbers).count == 50 && numbers[0] == 0)
    #expect(numbers.contains { $0 > 400 } && numbers.contains { $0 < 100 })
    #expect(PointSample(of: 0, classes: nil, points: 50, seed: 1).numbers == [])
  }

  @Test("beyond what the page shows, points come in their order")
  func all() {
    let count = PointSample.shownPoints + 50_000
    let numbers = PointSample(of: count, classes: (0..<count).map { $0 * 2 / count }, points: count, seed: 1).numbers
    #expect(Set(numbers).count == count && numbers.count == count)
    let shown = numbers.prefix(PointSample.shownPoints)
    let share = Double(shown.count { $0 * 2 / count == 0 }) / Double(shown.count)
    #expect(share == 0.5)
    let others = Array(numbers.dropFirst(PointSample.shownPoints))
    #expect(others == others.sorted())
  }
}
