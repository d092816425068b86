// PrincipalComponentsTests.swift
// Components are eigenvectors of the covariance: variances add up, directions are orthogonal, a rotated box is found again.

import Embeddings
import Parallel
import PointMatrices
import Tensors
import Testing

@Suite struct PrincipalComponentsTests {
  /// One each: tests run side by side, and a pool serves one caller at a time.
  static var pool: WorkerPool { WorkerPool(threads: 2) }

  @Test(arguments: [1, 2, 3, 8, 40, 130])
  func variancesAddUp(dimensions: Int) {
    let points = Clusters(count: 300, dimensions: dimensions, classes: 5, spread: 0.7).points
    let found = PrincipalComponents(of: points, components: dimensions, pool: Self.pool)
    #expect(abs(found.shares.reduce(0, +) - 1) < 1e-9)
    #expect(zip(found.shares, found.shares.dropFirst()).allSatisfy { $0 >= $1 - 1e-12 })
    // All components together are a rotation: distances stay.
    for (a, b) in [(0, 1), (7, 290), (100, 200)] {
      let (got, want) = (found.projected.squaredDistance(a, b), points.squaredDistance(a, b))
      #expect(abs(got - want) < 1e-5 * (1 + want))
    }
    // Components vary independently.
    let (n, d) = (300, dimensions)
    let values = found.projected.values.map { Double($0) }
    for first in 0..<d {
      for second in 0..<first {
        let sum = (0..<n).reduce(0.0) { $0 + values[$1 * d + first] * values[$1 * d + second] }
        #expect(abs(sum) / Double(n) < 1e-6)
      }
    }
  }

  @Test("places that no Float holds are scaled; the smallest keep their digits") func extremes() {
    let box = Clusters(count: 60, dimensions: 40, classes: 3, spread: 0.7).points
    let want = PrincipalComponents(of: box, components: 3, pool: Self.pool)
    for scale: Float in [0x1p-100, 0x1p127] {
      let points = PointMatrix(count: 60, dimensions: 40, values: box.values.map { $0 * scale })
      let found = PrincipalComponents(of: points, components: 3, pool: Self.pool)
      for (got, want) in zip(found.shares, want.shares) { #expect(abs(got - want) < 1e-12) }
      let unit = found.projected.values[0] / want.projected.values[0]
      #expect(unit.isFinite && unit.significand == 1)
      #expect(found.projected.values == want.projected.values.map { $0 * unit })
    }
  }

  @Test("other points lie where they belong, whatever the offset") func projecting() {
    let box = Clusters(count: 80, dimensions: 6, classes: 3, spread: 0.7).points
    let values = box.values.map { (1e5 + $0).rounded(.down) + 0.125 }
    let points = PointMatrix(count: 80, dimensions: 6, values: values)
    let found = PrincipalComponents(of: points, components: 3, pool: Self.pool)
    let again = found.projecting(80, pool: Self.pool) { Array(values[$0.lowerBound * 6..<$0.upperBound * 6]) }
    #expect(again.values == found.projected.values)
  }

  @Test("numbers that are none end in numbers that are none, and in no endless search") func notFinite() {
    for dimensions in [3, 30] {
      var values = Clusters(count: 20, dimensions: dimensions, classes: 2).points.values
      values[7] = .nan
      let points = PointMatrix(count: 20, dimensions: dimensions, values: values)
      let found = PrincipalComponents(of: points, components: 2, pool: Self.pool)
      #expect(found.projected.count == 20 && !found.projected.isFinite)
    }
  }

  @Test("one, two and five threads find the same, bit by bit") func threads() {
    for points in [FarClasses.points(300, dimensions: 20, far: 1e6), FarClasses.points(30, dimensions: 70, far: 1e6)] {
      let found = [1, 2, 5].map {
        PrincipalComponents(of: points, components: 5, pool: WorkerPool(threads: $0)).projected.values
      }
      #expect(found[0] == found[1] && found[0] == found[2])
    }
  }

  @Test("a long thin box lies along the first component, and equal points have none") func box() {
    var stream = RandomStream(seed: 3, name: "box")
    let values = (0..<400).flatMap { _ -> [Float] in
      let (along, across) = (stream.uniform(in: -10...10), stream.uniform(in: -0.1...0.1))
      return [0.6 * along - 0.8 * across, 0.8 * along + 0.6 * across, 5]
    }
    let found = PrincipalComponents(
      of: PointMatrix(count: 400, dimensions: 3, values: values), components: 2, pool: Self.pool)
    #expect(found.shares[0] > 0.999 && found.shares[1] < 0.001)
    let flat = PrincipalComponents(
      of: PointMatrix(count: 9, dimensions: 3, values: [Float](repeating: 2, count: 27)), components: 2, pool: Self.pool
    )
    #expect(flat.shares == [0, 0] && flat.projected.values.allSatisfy { $0 == 0 })
  }
}
