// InkCanvas.swift
// Draws a pen's path as an image in the manner of MNIST: ink 255 in a 20×20 box, centred by mass in 28×28.

/// A field of signed distances from the ink's border, drawn on and turned into bytes; used again for the next image.
///
/// The canvas is the 20×20 box with a margin of 2 on each side, in rows of three vectors of eight pixels.
struct InkCanvas {
  static let side = 28
  static let box: Float = 20
  private static let margin: Float = 2
  private static let rows = 24
  private static let vectors = 3
  /// x of the pixel centres of a vector's eight columns, from the vector's left edge.
  private static let centres = SIMD8<Float>(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5)
  /// Farther from the ink than any border is soft.
  private static let paper: Float = -100

  /// Pixels the pen's border lies inside; negative outside.
  private var depth = [SIMD8<Float>](repeating: SIMD8(repeating: paper), count: rows * vectors)

  /// Draws `path` scaled to fill the box, and writes 28×28 bytes.
  /// - Complexity: O(samples · pixels in a sample's reach).
  mutating func draw(_ path: PenPath, softness: Float, into image: UnsafeMutableBufferPointer<UInt8>) {
    guard let first = path.samples.first else { return }
    for i in depth.indices { depth[i] = SIMD8(repeating: Self.paper) }
    let fit = Fit(path.samples, into: Self.box - softness)
    let offset = PathPoint(repeating: Self.margin + 0.5 * softness) + fit.offset
    var from = fit.scale * first.point + offset
    var fromRadius = first.radius
    for sample in path.samples.dropFirst() {
      let to = fit.scale * sample.point + offset
      if sample.joined { addPiece(from, fromRadius, to, sample.radius, reach: 0.5 * softness) }
      from = to
      fromRadius = sample.radius
    }
    write(softness: softness, into: image)
  }

  /// Adds a straight piece with round ends, its radius changing evenly.
  private mutating func addPiece(
    _ from: PathPoint, _ fromRadius: Float, _ to: PathPoint, _ toRadius: Float, reach: Float
  ) {
    let spread = max(fromRadius, toRadius) + reach + 0.5
    let low = pointwiseMin(from, to) - spread
    let high = pointwiseMax(from, to) + spread
    let top = max(Int(low.y), 0)
    let bottom = min(Int(high.y), Self.rows - 1)
    let left = max(Int(low.x), 0) >> 3
    let right = min(Int(high.x) >> 3, Self.vectors - 1)
    guard top <= bottom, left <= right else { return }

    let direction = to - from
    let square = max((direction * direction).sum(), 1e-6)
    let along = direction / square
    // (r² − d²) / 2r is the depth near the border, and needs no root.
    let half = 1 / (fromRadius + toRadius)
    let zero = SIMD8<Float>.zero
    let one = SIMD8<Float>(repeating: 1)
    depth.withUnsafeMutableBufferPointer { depth in
      for vector in left...right {
        let x = Self.centres + (Float(vector * 8) - from.x)
        let xAlong = x * along.x
        for row in top...bottom {
          let y = Float(row) + 0.5 - from.y
          var t = xAlong + y * along.y
          t.replace(with: zero, where: t .< zero)
          t.replace(with: one, where: t .> one)
          let dx = x - t * direction.x
          let dy = y - t * direction.y
          let radius = fromRadius + t * (toRadius - fromRadius)
          let value = (radius * radius - dx * dx - dy * dy) * half
          let place = row * Self.vectors + vector
          depth[place].replace(with: value, where: value .> depth[place])
        }
      }
    }
  }

  /// Turns depth into ink and shifts the ink's centre of mass to the image's centre, by whole pixels.
  private func write(softness: Float, into image: UnsafeMutableBufferPointer<UInt8>) {
    var mass: Float = 0
    var moment = PathPoint.zero
    let slope = 1 / softness
    let zero = SIMD8<Float>.zero
    let one = SIMD8<Float>(repeating: 1)
    withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: Self.rows * Self.vectors) { ink in
      for row in 0..<Self.rows {
        for vector in 0..<Self.vectors {
          let place = row * Self.vectors + vector
          var value = 0.5 + depth[place] * slope
          value.replace(with: zero, where: value .< zero)
          value.replace(with: one, where: value .> one)
          ink[place] = value
          let sum = value.sum()
          mass += sum
          moment.x += (value * Self.centres).sum() + sum * Float(vector * 8)
          moment.y += sum * (Float(row) + 0.5)
        }
      }
      let centre = mass > 0 ? moment / mass : PathPoint(repeating: 12)
      let wanted = PathPoint(repeating: Float(Self.side) / 2) - centre
      // The box stays inside the image.
      let x = min(max(Int(wanted.x.rounded()), -2), 6)
      let y = min(max(Int(wanted.y.rounded()), -2), 6)
      image.update(repeating: 0)
      let values = UnsafeMutableRawBufferPointer(ink).bindMemory(to: Float.self)
      for row in 2..<22 {
        for column in 2..<22 {
          let value = values[row * 24 + column]
          image[(row + y) * Self.side + column + x] = UInt8(value * 255 + 0.5)
        }
      }
    }
  }
}

/// The map of a path's units to the pixels of a box: the ink's longer side fills it, the shorter is centred.
private struct Fit {
  let scale: Float
  let offset: PathPoint

  init(_ samples: [PenSample], into side: Float) {
    let path = Self.extent(of: samples, scale: 1, inked: 0)
    let size = path.high - path.low
    let broadest = samples.reduce(0) { max($0, $1.radius) }
    let cautious = (side - 2 * broadest) / max(size.x, size.y)
    // The broadest place is seldom the outermost: take what room is left.
    let ink = Self.extent(of: samples, scale: cautious, inked: 1)
    let room = side - (ink.high - ink.low)
    scale = cautious + max(min(room.x / size.x, room.y / size.y), 0)
    let final = Self.extent(of: samples, scale: scale, inked: 1)
    offset = 0.5 * (side - final.low - final.high)
  }

  /// The corners of the scaled path, `inked` times the pen's radius farther out.
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
