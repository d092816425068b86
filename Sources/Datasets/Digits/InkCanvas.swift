// InkCanvas.swift
// Draws a pen's path as an image in the manner of MNIST: ink 255 in a 20×20 box, centered by mass in 28×28.

/// A 20×20 field of distances from the ink's border, which becomes ink and then bytes; the next image reuses it.
struct InkCanvas {
  static let side = 28
  private static let box = 20
  /// Floats from one row to the next: eight pixels may be written at once from any place in the box.
  private static let stride = box + 8
  /// The value of paper: farther outside the ink than any border is wide.
  private static let paper: Float = -100
  private static let centers = SIMD8<Float>(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5)

  /// The depth inside the ink's border in pixels, negative outside; then ink, 0 … 1.
  private var field = [Float](repeating: paper, count: box * stride)

  /// Draws `path` scaled to fill the box, and writes 28×28 bytes.
  /// - Parameter softness: the width of the border between ink and paper, in pixels.
  /// - Complexity: O(samples · pixels in a sample's reach).
  mutating func draw(_ path: PenPath, softness: Float, into image: UnsafeMutableBufferPointer<UInt8>) {
    guard let first = path.samples.first else { return }
    let fit = Fit(path.samples, into: Float(Self.box) - softness)
    let offset = fit.offset + 0.5 * softness
    field.withUnsafeMutableBufferPointer { field in
      field.update(repeating: Self.paper)
      var from = fit.scale * first.point + offset
      var fromRadius = first.radius
      for sample in path.samples.dropFirst() {
        let to = fit.scale * sample.point + offset
        if sample.joined { Self.addPiece(from, fromRadius, to, sample.radius, reach: 0.5 * softness, to: field) }
        from = to
        fromRadius = sample.radius
      }
      let center = Self.develop(field, softness: softness)
      Self.write(field, centeredAt: center, into: image)
    }
  }

  /// Adds a straight piece with round ends and an evenly changing radius to the depths.
  private static func addPiece(
    _ from: PathPoint, _ fromRadius: Float, _ to: PathPoint, _ toRadius: Float, reach: Float,
    to field: UnsafeMutableBufferPointer<Float>
  ) {
    // The pixels whose centers lie within the piece's reach.
    let spread = max(fromRadius, toRadius) + reach
    let low = pointwiseMin(from, to) - spread + 0.5
    let high = pointwiseMax(from, to) + spread - 0.5
    let (left, top) = (max(Int(low.x), 0), max(Int(low.y), 0))
    let (right, bottom) = (min(Int(high.x), box - 1), min(Int(high.y), box - 1))
    guard top <= bottom, left <= right else { return }

    let direction = to - from
    let along = direction / max((direction * direction).sum(), 1e-6)
    // (r² − d²) / 2r is the depth near the border, and needs no root.
    let half = 1 / (fromRadius + toRadius)
    let bytes = UnsafeMutableRawBufferPointer(field)
    for column in Swift.stride(from: left, through: right, by: 8) {
      let x = centers + (Float(column) - from.x)
      let xAlong = x * along.x
      for row in top...bottom {
        let y = Float(row) + 0.5 - from.y
        let t = (xAlong + y * along.y).clampedToUnit
        let dx = x - t * direction.x
        let dy = y - t * direction.y
        let radius = fromRadius + t * (toRadius - fromRadius)
        let depth = (radius * radius - dx * dx - dy * dy) * half
        let place = (row * stride + column) * MemoryLayout<Float>.stride
        var deepest = bytes.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
        deepest.replace(with: depth, where: depth .> deepest)
        bytes.storeBytes(of: deepest, toByteOffset: place, as: SIMD8<Float>.self)
      }
    }
  }

  /// Turns depths into ink, and returns the ink's center of mass.
  private static func develop(_ field: UnsafeMutableBufferPointer<Float>, softness: Float) -> PathPoint {
    let slope = 1 / softness
    var mass: Float = 0
    var moment = PathPoint.zero
    for row in 0..<box {
      var rowMass: Float = 0
      for column in 0..<box {
        let ink = min(max(0.5 + field[row * stride + column] * slope, 0), 1)
        field[row * stride + column] = ink
        rowMass += ink
        moment.x += ink * (Float(column) + 0.5)
      }
      mass += rowMass
      moment.y += rowMass * (Float(row) + 0.5)
    }
    return mass > 0 ? moment / mass : PathPoint(repeating: Float(box) / 2)
  }

  /// Writes the ink as bytes, its center moved to the image's by whole pixels.
  private static func write(
    _ field: UnsafeMutableBufferPointer<Float>, centeredAt center: PathPoint,
    into image: UnsafeMutableBufferPointer<UInt8>
  ) {
    let wanted = PathPoint(repeating: Float(side) / 2) - center
    // The box stays inside the image.
    let left = min(max(Int(wanted.x.rounded()), 0), side - box)
    let top = min(max(Int(wanted.y.rounded()), 0), side - box)
    image.update(repeating: 0)
    for row in 0..<box {
      for column in 0..<box {
        image[(top + row) * side + left + column] = UInt8(field[row * stride + column] * 255 + 0.5)
      }
    }
  }
}

extension SIMD8<Float> {
  /// Each element clamped to 0 … 1.
  @inline(__always) fileprivate var clampedToUnit: Self {
    var result = self
    result.replace(with: Self(repeating: 0), where: self .< Self(repeating: 0))
    result.replace(with: Self(repeating: 1), where: self .> Self(repeating: 1))
    return result
  }
}

/// The map of a path's units to the pixels of a box: the ink's longer side fills it, the shorter is centered.
private struct Fit {
  let scale: Float
  let offset: PathPoint

  init(_ samples: [PenSample], into side: Float) {
    let path = Self.extent(of: samples, scale: 1, inked: 0)
    let size = path.high - path.low
    let broadest = samples.reduce(0) { max($0, $1.radius) }
    let cautious = (side - 2 * broadest) / max(size.x, size.y)
    // The broadest place is seldom the outermost: use the room that is left.
    let ink = Self.extent(of: samples, scale: cautious, inked: 1)
    let room = side - (ink.high - ink.low)
    scale = cautious + max(min(room.x / size.x, room.y / size.y), 0)
    let final = Self.extent(of: samples, scale: scale, inked: 1)
    offset = 0.5 * (side - final.low - final.high)
  }

  /// Returns the corners of the scaled path, `inked` times the pen's radius farther out.
  private static func extent(
    of samples: [PenSample], scale: Float, inked: Float
  ) -> (low: PathPoint, high: PathPoint) {
    var low = PathPoint(repeating: .infinity)
    var high = PathPoint(repeating: -.infinity)
    for sample in samples {
      low = pointwiseMin(low, scale * sample.point - inked * sample.radius)
      high = pointwiseMax(high, scale * sample.point + inked * sample.radius)
    }
    return (low, high)
  }
}
