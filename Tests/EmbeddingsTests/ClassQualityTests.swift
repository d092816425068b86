// ClassQualityTests.swift
// Votes, silhouette and trustworthiness against their definitions, written out.

import Embeddings
import Parallel
import PointMatrices
import Tensors
import Testing

@Suite struct ClassQualityTests {
  /// One each: tests run side by side, and a pool serves one caller at a time.
  static var pool: WorkerPool { WorkerPool(threads: 2) }

  @Test func votes() {
    // On a line: 0 0 0 1 | 1 1 1 0, each with its two nearest.
    let points = PointMatrix(count: 8, dimensions: 1, values: [0, 1, 2, 2.9, 10, 11, 12, 12.9])
    let votes = NeighborVotes(
      Neighbors(of: points, k: 2, pool: Self.pool), labels: [0, 0, 0, 1, 1, 1, 1, 0], classes: 2)
    // 2.9 has 2 and 1, both 0; 12.9 has 12 and 11, both 1; 2 has 2.9 (1) and 1 (0): the nearest decides, and so for 12.
    #expect(votes.confusion == [[2, 2], [2, 2]])
    #expect(votes.accuracy == 0.5)
    #expect(votes.mixedUp.map(\.points) == [4])
    let clusters = Clusters(count: 200, dimensions: 5, classes: 4, spread: 0.01)
    let clean = NeighborVotes(
      Neighbors(of: clusters.points, k: 5, pool: Self.pool), labels: clusters.labels, classes: 4)
    #expect(clean.accuracy == 1 && clean.mixedUp.isEmpty)
  }

  @Test("with a class far away too", arguments: [0, 1e5, 1e9] as [Float])
  func silhouette(far: Float) throws {
    let labels = (0..<90).map { $0 % 4 }
    let points = FarClasses.points(90, dimensions: 3, far: far)
    func mean(_ point: Int, _ label: Int) -> Double {
      let others = (0..<90).filter { labels[$0] == label && $0 != point }
      return others.reduce(0) { $0 + points.squaredDistance(point, $1).squareRoot() } / Double(others.count)
    }
    let want =
      (0..<90).reduce(0.0) { sum, point in
        let own = mean(point, labels[point])
        let other = (0..<4).filter { $0 != labels[point] }.map { mean(point, $0) }.min() ?? 0
        return sum + (other - own) / max(own, other)
      } / 90
    let got = try #require(PairMeasures.silhouette(points, labels: labels, pool: Self.pool))
    #expect(abs(got - want) < 1e-12, "\(got) \(want)")
    #expect(PairMeasures.silhouette(points, labels: labels.map { _ in 7 }, pool: Self.pool) == nil)
    // Labels are but names, and a scale is but a unit.
    let scaled = PointMatrix(count: 90, dimensions: 3, values: points.values.map { $0 * 0x1p-70 })
    let renamed = try #require(PairMeasures.silhouette(scaled, labels: labels.map { 5 - 3 * $0 }, pool: Self.pool))
    #expect(abs(renamed - want) < 1e-12)
  }

  @Test("one, two and five threads find the same silhouette, bit by bit") func threads() {
    let points = FarClasses.points(700, dimensions: 5, far: 1e4)
    let labels = (0..<700).map { $0 % 13 }
    let found = [1, 2, 5].map { PairMeasures.silhouette(points, labels: labels, pool: WorkerPool(threads: $0)) }
    #expect(found[0] != nil && found[0] == found[1] && found[0] == found[2])
  }

  @Test("classes of one point, a class for each point, no points, equal points, points that are not finite")
  func few() throws {
    let points = Clusters(count: 40, dimensions: 2, classes: 4, spread: 0.01).points
    #expect(PairMeasures.silhouette(points, labels: Array(0..<40), pool: Self.pool) == 0)
    // One point alone: the silhouette of the others, over all points.
    let alone = try #require(
      PairMeasures.silhouette(points, labels: (0..<40).map { $0 == 0 ? 9 : 1 }, pool: Self.pool))
    #expect(abs(alone) < 1)
    #expect(
      PairMeasures.silhouette(PointMatrix(count: 0, dimensions: 2, values: []), labels: [], pool: Self.pool) == nil)
    let equal = PointMatrix(count: 6, dimensions: 1, values: [Float](repeating: 3, count: 6))
    #expect(PairMeasures.silhouette(equal, labels: [0, 0, 0, 1, 1, 1], pool: Self.pool) == 0)
    for value in [Float.nan, .infinity] {
      let bad = PointMatrix(count: 4, dimensions: 1, values: [1, 2, value, 4])
      #expect(PairMeasures.silhouette(bad, labels: [0, 0, 1, 1], pool: Self.pool) == nil)
    }
    let votes = NeighborVotes(Neighbors(of: points, k: 3, pool: Self.pool), labels: Array(0..<40), classes: 40)
    #expect(votes.accuracy == 0)
    let one = NeighborVotes(
      Neighbors(of: points, k: 3, pool: Self.pool), labels: [Int](repeating: 0, count: 40), classes: 1)
    #expect(one.accuracy == 1 && one.mixedUp.isEmpty)
  }

  @Test func trustworthiness() {
    let points = Clusters(count: 80, dimensions: 6, classes: 3, spread: 1).points
    let twoColumns = (0..<80).flatMap { (row: Int) -> [Float] in [points.values[row * 6], points.values[row * 6 + 3]] }
    let code = PointMatrix(count: 80, dimensions: 2, values: twoColumns)
    let (k, n) = (7, 80)
    let neighbors = Neighbors(of: code, k: k, pool: Self.pool)
    let order = NeighborsTests.searched(points, k: n - 1)
    var penalty = 0
    for point in 0..<n {
      let ranks = Array(order[point * (n - 1)..<(point + 1) * (n - 1)])
      for neighbor in neighbors[point] { penalty += max(0, (ranks.firstIndex(of: neighbor) ?? 0) + 1 - k) }
    }
    let want = 1 - 2 * Double(penalty) / Double(n * k * (2 * n - 3 * k - 1))
    let got = PairMeasures.trustworthiness(of: neighbors, original: points, pool: Self.pool)
    #expect(abs(got - want) < 1e-12 && want < 0.95)
    let pairs = AllPairs(of: points, pool: Self.pool)
    #expect(PairMeasures.trustworthiness(of: neighbors, original: pairs, pool: Self.pool) == got)
    #expect(
      PairMeasures.trustworthiness(of: Neighbors(of: points, k: k, pool: Self.pool), original: points, pool: Self.pool)
        == 1)
  }
}
