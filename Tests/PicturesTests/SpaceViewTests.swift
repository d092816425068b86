// SpaceViewTests.swift
// Points in space are seen from where a view says, and the chosen view hides few of them.

import Testing

@testable import Pictures

@Suite struct SpaceViewTests {
  @Test("from the front, the first axis is to the right and the second one up; near points are large") func front() {
    let view = SpaceView(azimuth: 0, elevation: 0)
    let seen = view.projected([
      SIMD3(1, 0, 0), SIMD3(-1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, -1, 0), SIMD3(0, 0, 1), SIMD3(0, 0, -1),
    ])
    #expect(seen.places[0].x > 0.7 && seen.places[1].x < -0.7 && abs(seen.places[0].y) < 1e-6)
    #expect(seen.places[2].y > 0.7 && seen.places[3].y < -0.7)
    #expect(seen.depths[4] > 0.99 && seen.depths[5] < 0.01 && abs(seen.depths[0] - 0.5) < 1e-6)
    let pair = view.projected([SIMD3(1, 0, 1), SIMD3(1, 0, -1), SIMD3(-1, 0, 0)]).places
    #expect(pair[0].x > pair[1].x)
  }

  @Test(
    "an axis points where points along it are seen",
    arguments: [SpaceView.standard, SpaceView(azimuth: 4, elevation: -0.5)])
  func axes(view: SpaceView) {
    #expect(view.axes.count == 3)
    for (number, axis) in view.axes.enumerated() {
      let (one, other) = (SIMD3<Float>(number == 0 ? 1 : 0, number == 1 ? 1 : 0, number == 2 ? 1 : 0), SIMD3<Float>())
      let pair = view.projected([one, other, -one]).places
      let seen = pair[0] - pair[1]
      // The same direction: no cross product, a positive dot product.
      #expect(abs(seen.x * axis.y - seen.y * axis.x) < 1e-5 && seen.x * axis.x + seen.y * axis.y > 0.01)
    }
  }

  @Test("a whole turn is no turn; half a turn puts the back in front") func turns() {
    let points: [SIMD3<Float>] = [SIMD3(1, 0.5, 0.2), SIMD3(-1, 0, 3), SIMD3(0, -1, -2)]
    let view = SpaceView(azimuth: 0.3, elevation: 0.4)
    let (once, whole) = (view.projected(points), view.turned(by: 1).projected(points))
    for (a, b) in zip(once.places, whole.places) { #expect(abs(a.x - b.x) + abs(a.y - b.y) < 1e-5) }
    let (front, back) = (SpaceView(azimuth: 0, elevation: 0), SpaceView(azimuth: 0, elevation: 0).turned(by: 0.5))
    #expect(front.projected(points).depths[1] > 0.7 && back.projected(points).depths[1] < 0.3)
  }

  @Test("of two walls of points, one is not hidden by the other") func clearest() {
    // Seen along the diagonal x = z, one wall stands behind the other.
    var points: [SIMD3<Float>] = []
    for row in 0..<30 {
      for column in 0..<30 {
        let place = SIMD3<Float>(Float(column) / 30, Float(row) / 30, -Float(column) / 30)
        points += [place, place + SIMD3(1, 0, 1)]
      }
    }
    let view = SpaceView.clearest(of: points)
    let (x, y, z) = (view.direction.x, view.direction.y, view.direction.z)
    #expect(abs(x * x + y * y + z * z - 1) < 1e-5 && y > 0.3 && max(abs(x), abs(z)) < 0.866)
    #expect(abs(x - z) > 0.3, "\(view.direction)")
    // Nothing to see is no trouble.
    _ = SpaceView.clearest(of: [])
    #expect(SpaceView.clearest(of: [SIMD3(1, 1, 1)]).projected([SIMD3(1, 1, 1)]).places[0] == .zero)
  }
}
