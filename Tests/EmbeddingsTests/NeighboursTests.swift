// NeighboursTests.swift
// The neighbours are those of a search through all pairs in double precision.

import Embeddings
import Tensors
import Testing

@Suite struct NeighboursTests {
  static func searched(_ points: PointSet, k: Int) -> [Int32] {
    (0..<points.count).flatMap { point in
      (0..<points.count).filter { $0 != point }
        .sorted { (points.squaredDistance(point, $0), $0) < (points.squaredDistance(point, $1), $1) }
        .prefix(k).map { Int32($0) }
    }
  }

  @Test(arguments: [(2, 1, 1), (5, 3, 4), (33, 2, 5), (97, 7, 20), (300, 64, 33)])
  func exact(count: Int, dimensions: Int, k: Int) {
    let points = Clusters(count: count, dimensions: dimensions, classes: min(count, 4)).points
    let found = Neighbours(of: points, k: k, pool: WorkerPool(threads: 2))
    #expect(found.numbers == Self.searched(points, k: k))
    for place in 0..<k {
      #expect(found.squaredDistances[place] == points.squaredDistance(0, Int(found.numbers[place])))
    }
  }

  @Test("points far from the origin and points that are equal lose no neighbour") func hard() {
    var values = Clusters(count: 120, dimensions: 4, classes: 3, spread: 0.001).points.values.map { $0 + 1000 }
    for place in 0..<40 { values[place] = values[place % 4] }
    let points = PointSet(count: 120, dimensions: 4, values: values)
    let found = Neighbours(of: points, k: 15, pool: WorkerPool(threads: 3))
    #expect(found.numbers == Self.searched(points, k: 15))
  }

  @Test("one, two and five threads find the same") func threads() {
    let points = Clusters(count: 500, dimensions: 20, classes: 5).points
    let found = [1, 2, 5].map { Neighbours(of: points, k: 10, pool: WorkerPool(threads: $0)).numbers }
    #expect(found[0] == found[1] && found[0] == found[2])
  }
}
