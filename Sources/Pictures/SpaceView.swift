// SpaceView.swift
// Looks at points in space from a direction: their places in a picture, and how near they are to the viewer.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A direction from which points are seen. The second axis points up, as on the projector's page.
package struct SpaceView: Equatable, Sendable {
  /// The angle around the second axis from the third one toward the first, and the angle above their plane, in radians.
  package let azimuth: Float
  package let elevation: Float

  package init(azimuth: Float, elevation: Float) { (self.azimuth, self.elevation) = (azimuth, elevation) }

  /// The direction from the middle of the points to the viewer, of length 1.
  package var direction: SIMD3<Float> {
    SIMD3(sin(azimuth) * cos(elevation), sin(elevation), cos(azimuth) * cos(elevation))
  }

  /// The view of points whose axes mean something: all three are told apart.
  package static let standard = SpaceView(azimuth: .pi / 6, elevation: .pi / 9)

  /// The directions of the three axes in a picture, y up.
  package var axes: [Place] {
    let (right, up) = plane
    return (0..<3).map { Place(right[$0], up[$0]) }
  }

  /// The directions in space that point to the right and up in a picture.
  private var plane: (right: SIMD3<Float>, up: SIMD3<Float>) {
    (
      SIMD3(cos(azimuth), 0, -sin(azimuth)),
      SIMD3(-sin(azimuth) * sin(elevation), cos(elevation), -cos(azimuth) * sin(elevation))
    )
  }

  /// Returns the view after a turn around the second axis.
  /// - Parameter fraction: of a whole turn.
  package func turned(by fraction: Float) -> SpaceView {
    SpaceView(azimuth: azimuth + 2 * .pi * fraction, elevation: elevation)
  }

  /// Points as they are seen.
  package struct Projection: Sendable {
    /// The places in the plane, y up, within 1 of the middle.
    package var places: [Place] = []
    /// 0 at the back … 1 in front.
    package var depths: [Float] = []
  }

  /// Projects points, nearer ones larger. All directions have the same scale, so a turning picture does not pulse.
  package func projected(_ points: [SIMD3<Float>]) -> Projection {
    let (middle, radius) = Self.ball(around: points)
    let ((right, up), front) = (plane, direction)
    var projection = Projection()
    for point in points {
      let offset = radius > 0 ? (point - middle) / radius : SIMD3()
      let depth = (offset * front).sum()
      // The viewer is some radii away; a point between is larger than in the middle.
      let scale = (Self.distance - 1) / (Self.distance - depth)
      projection.places.append(Place((offset * right).sum(), (offset * up).sum()) * scale)
      projection.depths.append((depth + 1) / 2)
    }
    return projection
  }

  /// The viewer's distance from the middle, in radii.
  private static let distance: Float = 4

  /// The middle of the points' box, and the distance of the farthest one from it.
  private static func ball(around points: [SIMD3<Float>]) -> (middle: SIMD3<Float>, radius: Float) {
    guard let first = points.first else { return (SIMD3(), 0) }
    let middle = points.reduce(first, pointwiseMin) / 2 + points.reduce(first, pointwiseMax) / 2
    let square = points.reduce(Float(0)) { farthest, point in
      let offset = point - middle
      return max(farthest, (offset * offset).sum())
    }
    return (middle, square.squareRoot())
  }
}

extension SpaceView {
  /// The most points that are looked at to choose a view.
  private static let sampleLimit = 20_000
  /// Squares along a side of the picture, in which hidden points are counted.
  private static let squares = 96

  /// Returns the view in which the fewest points hide behind others, among directions from which all three axes can be told apart.
  /// - Complexity: O(points · directions).
  package static func clearest(of points: [SIMD3<Float>]) -> SpaceView {
    let step = max(1, points.count / sampleLimit)
    let sample = stride(from: 0, to: points.count, by: step).map { points[$0] }
    var best = (view: candidates[0], seen: -1)
    for view in candidates {
      var taken = [Bool](repeating: false, count: squares * squares)
      for place in view.projected(sample).places where place.x.isFinite && place.y.isFinite {
        let cell = (place + 1) / 2 * Float(squares - 1)
        taken[Int(cell.y) * squares + Int(cell.x)] = true
      }
      let seen = taken.count { $0 }
      if seen > best.seen { best = (view, seen) }
    }
    return best.view
  }

  /// Directions above the plane of the first and third axis, none nearly along an axis.
  private static let candidates: [SpaceView] = {
    let views = [20, 30].flatMap { elevation in
      stride(from: 0, to: 360, by: 15).map { azimuth in
        SpaceView(azimuth: Float(azimuth) * .pi / 180, elevation: Float(elevation) * .pi / 180)
      }
    }
    // The cosine of 30°.
    return views.filter { max(abs($0.direction.x), abs($0.direction.z)) < 0.866 }
  }()
}
