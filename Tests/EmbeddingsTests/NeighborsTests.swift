// NeighborsTests.swift
// The neighbors are those of a search through all pairs in double precision.

import Embeddings
import Parallel
import PointMatrices
import Tensors
import Testing

@Suite struct NeighborsTests {
  static func searched(_ points: PointMatrix, k: Int) -> [Int32] {
    (0..<points.count).flatMap { point in
      (0..<points.count).filter { $0 != point }
        .sorted { (points.squaredDistance(point, $0), $0) < (points.squaredDistance(point, $1), $1) }
        .prefix(k).map { Int32($0) }
    }
  }

  @Test(arguments: [(2, 1, 1), (5, 3, 4), (33, 2, 5), (97, 7, 20), (300, 64, 33)])
  func exact(count: Int, dimensions: Int, k: Int) {
    let points = Clusters(count: count, dimensions: dimensions, classes: min(count, 4)).points
    let found = Neighbors(of: points, k: k, pool: WorkerPool(threads: 2))
    #expect(found.numbers == Self.searched(points, k: k))
    for place in 0..<k {
      #expect(found.squaredDistances[place] == points.squaredDistance(0, Int(found.numbers[place])))
    }
  }

  @Test("points far from the origin and points that are equal lose no neighbor") func hard() {
    var values = Clusters(count: 120, dimensions: 4, classes: 3, spread: 0.001).points.values.map { $0 + 1000 }
    for place in 0..<40 { values[place] = values[place % 4] }
    let points = PointMatrix(count: 120, dimensions: 4, values: values)
    let found = Neighbors(of: points, k: 15, pool: WorkerPool(threads: 3))
    #expect(found.numbers == Self.searched(points, k: 15))
  }

  @Test("classes far away, and scales whose squares no Float holds, lose no neighbor", arguments: [1e4, 1e6, 1e10])
  func farClasses(far: Float) {
    for points in [
      FarClasses.points(310, dimensions: 9, far: far), FarClasses.ties(310, dimensions: 3, far: far.rounded()),
    ] {
      let want = Self.searched(points, k: 12)
      for scale: Float in [1, 0x1p-80, 0x1p80] {
        let scaled = PointMatrix(
          count: points.count, dimensions: points.dimensions, values: points.values.map { $0 * scale })
        let found = Neighbors(of: scaled, k: 12, pool: WorkerPool(threads: 2))
        #expect(found.numbers == want, "\(scale)")
      }
    }
  }

  @Test("ties go to the lower number and are counted; the first of equal points counts as distinct") func ties() {
    let pool = WorkerPool(threads: 3)
    // 0 and 4 are equal; 1 and 3 are as far from 2 as each other.
    let line = Neighbors(
      of: PointMatrix(count: 5, dimensions: 1, values: [5, 1, 2, 3, 5]), k: 1, pool: pool)
    #expect(line.numbers == [4, 2, 1, 2, 0] && line.tied == 1 && line.distinct == 4)
    let equal = Neighbors(
      of: PointMatrix(count: 300, dimensions: 2, values: [Float](repeating: 1e6, count: 600)), k: 4, pool: pool)
    #expect(Array(equal.numbers.prefix(8)) == [1, 2, 3, 4, 0, 2, 3, 4] && equal[200] == [0, 1, 2, 3])
    #expect(equal.tied == 300 && equal.distinct == 1)
    let all = Neighbors(of: PointMatrix(count: 3, dimensions: 1, values: [0, 1, -1]), k: 2, pool: pool)
    #expect(all.tied == 0 && all.distinct == 3)
    let signs = Neighbors(of: PointMatrix(count: 3, dimensions: 1, values: [0, -0.0, 1]), k: 1, pool: pool)
    #expect(signs.distinct == 2)
  }

  @Test("a point that is not finite is infinitely far from all others") func notFinite() {
    for value in [Float.nan, .infinity, -.infinity] {
      var values = Clusters(count: 120, dimensions: 3, classes: 3).points.values
      values[3 * 50 + 1] = value
      let points = PointMatrix(count: 120, dimensions: 3, values: values)
      let found = Neighbors(of: points, k: 4, pool: WorkerPool(threads: 2))
      let finite = (0..<120).filter { $0 != 50 }
      for point in finite {
        let want = finite.filter { $0 != point }.sorted {
          (points.squaredDistance(point, $0), $0) < (points.squaredDistance(point, $1), $1)
        }
        #expect(Array(found[point]) == want.prefix(4).map { Int32($0) })
      }
      #expect(found[50] == [0, 1, 2, 3])
    }
  }

  @Test("one, two and five threads find the same") func threads() {
    for points in [
      Clusters(count: 500, dimensions: 20, classes: 5).points, FarClasses.points(500, dimensions: 20, far: 1e6),
    ] {
      let found = [1, 2, 5].map { Neighbors(of: points, k: 10, pool: WorkerPool(threads: $0)).numbers }
      #expect(found[0] == found[1] && found[0] == found[2])
    }
  }
}
