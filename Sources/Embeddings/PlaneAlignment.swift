// PlaneAlignment.swift
// A layout in the plane turned and mirrored so that it lies on another as well as it can.

package import PointMatrices

/// The orthogonal Procrustes problem in two dimensions.
package enum PlaneAlignment {
  /// Turns and mirrors `layout` about its mean, and leaves all distances as they are: of all such maps the one with the least Σ |a − b|²
  /// against those of `reference`, whose scale does not matter.
  /// - Parameters:
  ///   - layout: [count, 2]
  ///   - reference: [count, 2]
  /// - Returns: the layout, its mean at the origin.
  /// - Precondition: both have two dimensions and as many points.
  package static func aligned(_ layout: PointMatrix, to reference: PointMatrix) -> PointMatrix {
    precondition(layout.dimensions == 2 && reference.dimensions == 2 && reference.count == layout.count)
    let (a, b) = (layout.centered, reference.centered)
    // aᵀ·b
    var m = (xx: 0.0, xy: 0.0, yx: 0.0, yy: 0.0)
    for point in 0..<reference.count {
      let (ax, ay) = (Double(a.values[2 * point]), Double(a.values[2 * point + 1]))
      let (bx, by) = (Double(b.values[2 * point]), Double(b.values[2 * point + 1]))
      m.xx += ax * bx
      m.xy += ax * by
      m.yx += ay * bx
      m.yy += ay * by
    }
    // The trace that the best rotation reaches, and that of the best reflection.
    let rotation = (cosine: m.xx + m.yy, sine: m.xy - m.yx)
    let reflection = (cosine: m.xx - m.yy, sine: m.xy + m.yx)
    let (turned, mirrored) = (length(rotation), length(reflection))
    guard max(turned, mirrored) > 0 else { return a }
    let isMirrored = mirrored > turned
    let best = isMirrored ? reflection : rotation
    let (c, s) = (best.cosine / max(turned, mirrored), best.sine / max(turned, mirrored))
    let values = stride(from: 0, to: a.values.count, by: 2).flatMap { start -> [Float] in
      let (x, y) = (Double(a.values[start]), Double(a.values[start + 1]))
      return isMirrored ? [Float(c * x + s * y), Float(s * x - c * y)] : [Float(c * x - s * y), Float(s * x + c * y)]
    }
    return PointMatrix(count: a.count, dimensions: 2, values: values)
  }

  private static func length(_ vector: (cosine: Double, sine: Double)) -> Double {
    (vector.cosine * vector.cosine + vector.sine * vector.sine).squareRoot()
  }
}
