// PlaneAlignmentTests.swift
// A layout that was turned, mirrored, moved and scaled comes back to where it was.

import Parallel
import PointMatrices
import Tensors
import Testing

@testable import Embeddings

@Suite struct PlaneAlignmentTests {
  private let shape = PointMatrix(count: 4, dimensions: 2, values: [0, 0, 3, 0, 3, 1, 0.5, 2])

  @Test("every turn, with and without a mirror", arguments: 0..<24, [false, true])
  func turns(step: Int, isMirrored: Bool) {
    // A rational point of the circle: exact enough without a library's sine.
    let t = Double(step - 12) / 5
    let (c, s) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
    let values = (0..<4).flatMap { point -> [Float] in
      let (x, y) = (Double(shape.values[2 * point]) * 7, Double(shape.values[2 * point + 1]) * (isMirrored ? -7 : 7))
      return [Float(c * x - s * y + 40), Float(s * x + c * y - 9)]
    }
    let back = PlaneAlignment.aligned(PointMatrix(count: 4, dimensions: 2, values: values), to: shape)
    let want = shape.centered
    for (got, want) in zip(back.values, want.values) { #expect(abs(got - 7 * want) < 1e-4) }
  }

  @Test("no other turn or mirror comes nearer") func best() {
    var stream = RandomStream(seed: 1, name: "alignment")
    for _ in 0..<20 {
      let (a, b) = (noise(&stream), noise(&stream).centered)
      func distance(_ layout: PointMatrix) -> Float {
        zip(layout.values, b.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      let least = distance(PlaneAlignment.aligned(a, to: b))
      for step in -30...30 {
        for mirror in [Float(1), -1] {
          let t = Float(step) / 6
          let (c, s) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
          let centered = a.centered
          let other = (0..<a.count).flatMap { point -> [Float] in
            let (x, y) = (centered.values[2 * point], mirror * centered.values[2 * point + 1])
            return [c * x - s * y, s * x + c * y]
          }
          #expect(distance(PointMatrix(count: a.count, dimensions: 2, values: other)) >= least - 1e-3)
        }
      }
    }
  }

  private func noise(_ stream: inout RandomStream) -> PointMatrix {
    PointMatrix(count: 9, dimensions: 2, values: (0..<18).map { _ in stream.uniform() })
  }

  @Test("what has no direction stays") func nothing() {
    let still = PointMatrix(count: 3, dimensions: 2, values: [1, 1, 1, 1, 1, 1])
    #expect(PlaneAlignment.aligned(still, to: still).values == [0, 0, 0, 0, 0, 0])
  }

  @Test("components of more dimensions than points are those of the covariance") func dual() {
    var stream = RandomStream(seed: 2, name: "components")
    let pool = WorkerPool(threads: 2)
    for (count, dimensions) in [(3, 4), (7, 20), (12, 13), (2, 5)] {
      let points = PointMatrix(
        count: count, dimensions: dimensions,
        values: (0..<count * dimensions).map { Float($0 % dimensions + 1) * stream.uniform() })
      // Twice every point: the same components, by the other way.
      var doubled = points
      while doubled.count < dimensions {
        doubled = PointMatrix(count: doubled.count * 2, dimensions: dimensions, values: doubled.values + doubled.values)
      }
      let wanted = min(3, count - 1)
      let few = PrincipalComponents(of: points, components: wanted, pool: pool)
      let many = PrincipalComponents(of: doubled, components: wanted, pool: pool)
      for (a, b) in zip(few.shares, many.shares) { #expect(abs(a - b) < 1e-5) }
      for (a, b) in zip(few.projected.values, many.projected.values) { #expect(abs(a - b) < 1e-3) }
      #expect(few.shares.count == wanted)
      let again = few.projecting(count, pool: pool) { range in
        Array(points.values[range.lowerBound * dimensions..<range.upperBound * dimensions])
      }
      for (a, b) in zip(again.values, few.projected.values) { #expect(abs(a - b) < 1e-4) }
    }
  }
}
