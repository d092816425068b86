// NeighborRanksTests.swift
// How many points are closer than a neighbor, counted by strips of points against counting one by one.

import Parallel
import PointMatrices
import Tensors
import Testing

@testable import Embeddings

@Suite struct NeighborRanksTests {
  /// Whole numbers with their mean at the origin: everything is exact, and many distances are equal.
  private func points(_ count: Int, dimensions: Int) -> PointMatrix {
    var stream = RandomStream(seed: 3, name: "grid")
    let half = (0..<count / 2 * dimensions).map { _ in (stream.uniform(in: -4...4)).rounded() }
    let odd = count % 2 == 0 ? [] : [Float](repeating: 0, count: dimensions)
    return PointMatrix(count: count, dimensions: dimensions, values: half + half.map { -$0 } + odd)
  }

  @Test("in strips that are whole, cut, or alone", arguments: [12, 47, 48, 95, 96, 97, 150, 192, 201])
  func ranks(count: Int) {
    let (space, code) = (points(count, dimensions: 5), points(count, dimensions: 2))
    for (k, threads) in [(1, 1), (5, 1), (5, 3)] {
      let pool = WorkerPool(threads: threads)
      let neighbors = Neighbors(of: code, k: k, pool: pool)
      let want = (0..<count).flatMap { point in
        neighbors[point].map { neighbor in
          let own = space.squaredDistance(point, Int(neighbor))
          return (0..<count).filter { $0 != point && space.squaredDistance(point, $0) < own }.count
        }
      }
      #expect(NeighborRanks(of: neighbors, in: space, pool: pool).closer == want)
    }
  }

  @Test("classes far away, ties among them, and scales whose squares no Float holds", arguments: [1e4, 1e7] as [Float])
  func farClasses(far: Float) {
    for space in [FarClasses.points(203, dimensions: 6, far: far), FarClasses.ties(203, dimensions: 3, far: far)] {
      let pool = WorkerPool(threads: 2)
      let neighbors = Neighbors(of: points(203, dimensions: 2), k: 5, pool: pool)
      let want = (0..<203).flatMap { point in
        neighbors[point].map { neighbor in
          let own = space.squaredDistance(point, Int(neighbor))
          return (0..<203).filter { $0 != point && space.squaredDistance(point, $0) < own }.count
        }
      }
      for scale: Float in [1, 0x1p-80, 0x1p80] {
        let scaled = PointMatrix(count: 203, dimensions: space.dimensions, values: space.values.map { $0 * scale })
        #expect(NeighborRanks(of: neighbors, in: scaled, pool: pool).closer == want, "\(scale)")
      }
    }
  }

  @Test func equalPointsAreNoCloser() {
    let pool = WorkerPool(threads: 2)
    let points = PointMatrix(count: 60, dimensions: 3, values: [Float](repeating: 2, count: 180))
    let neighbors = Neighbors(of: points, k: 4, pool: pool)
    #expect(NeighborRanks(of: neighbors, in: points, pool: pool).closer.allSatisfy { $0 == 0 })
  }
}
