// Affinities.swift
// How much each point of a space belongs to each of its neighbors: the P of t-SNE, sparse.

package import Parallel
import Tensors

/// The symmetric joint probabilities of van der Maaten and Hinton's t-SNE, over each point's nearest neighbors.
package struct Affinities: Sendable {
  let graph: NeighborGraph

  /// - Parameters:
  ///   - neighbors: some three times as many of each point as `perplexity`.
  ///   - perplexity: how many neighbors count, as the exponential of the entropy of each point's row.
  package init(_ neighbors: Neighbors, perplexity: Double, pool: WorkerPool) {
    let (n, k) = (neighbors.count, neighbors.k)
    let conditional = SharedResults(count: n * k)
    pool.forEach(n) { point, _ in
      let row = Self.row(neighbors.squaredDistances[point * k..<(point + 1) * k], entropy: perplexity.logarithm)
      for (place, share) in row.enumerated() { conditional[point * k + place] = share }
    }
    // (p(j|i) + p(i|j)) / 2n
    graph = NeighborGraph(neighbors, conditional) { Float($0 / Double(2 * n)) + Float($1 / Double(2 * n)) }
  }

  /// Σ p·(yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²) over the points j that belong to a point i of a layout, eight at a time; 0 along a third axis
  /// that is missing.
  func attraction(on point: Int, _ axes: LayoutAxes) -> SIMD3<Float> {
    let edges = graph.starts[point]..<graph.starts[point + 1]
    let (x, y) = (axes.x, axes.y)
    return graph.numbers.withUnsafeBufferPointer { numbers in
      graph.weights.withUnsafeBufferPointer { values in
        guard let numbers = numbers.baseAddress, let values = values.baseAddress else { return SIMD3() }
        let own = axes[point]
        var (fx, fy, fz) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
        let whole = edges.count & ~7
        for edge in stride(from: edges.lowerBound, to: edges.lowerBound + whole, by: 8) {
          let other = UnsafeRawPointer(numbers + edge).loadUnaligned(as: SIMD8<Int32>.self)
          let (dx, dy) = (own.x - gathered(x, other), own.y - gathered(y, other))
          let dz = axes.z.map { own.z - gathered($0, other) } ?? SIMD8()
          let weight = UnsafeRawPointer(values + edge).loadUnaligned(as: SIMD8<Float>.self)
          let near: SIMD8<Float> = 1 + dx * dx + dy * dy
          let pull: SIMD8<Float> = weight / (near + dz * dz)
          fx += pull * dx
          fy += pull * dy
          fz += pull * dz
        }
        var sum = SIMD3(fx.sum(), fy.sum(), fz.sum())
        for edge in edges.dropFirst(whole) {
          let offset = own - axes[Int(numbers[edge])]
          let near: Float = 1 + offset.x * offset.x + offset.y * offset.y
          sum += values[edge] / (near + offset.z * offset.z) * offset
        }
        return sum
      }
    }
  }

  /// exp(−β·d²), scaled to a sum of 1, with the β at which the row has that entropy.
  private static func row(_ squares: ArraySlice<Double>, entropy wanted: Double) -> [Double] {
    let nearest = squares.min() ?? 0
    var (beta, low, high) = (1.0, 0.0, Double.infinity)
    let spread = squares.reduce(0) { $0 + $1 - nearest } / Double(squares.count)
    // No β tells neighbors at the same distance apart.
    guard spread > 0 else { return squares.map { _ in 1 / Double(squares.count) } }
    beta = 1 / spread
    var shares: [Double] = []
    for _ in 0..<200 {
      shares = squares.map { (-beta * ($0 - nearest)).exponential }
      let sum = shares.reduce(0, +)
      let mean = zip(shares, squares).reduce(0) { $0 + $1.0 * ($1.1 - nearest) } / sum
      let entropy = sum.logarithm + beta * mean
      for place in shares.indices { shares[place] /= sum }
      if abs(entropy - wanted) < 1e-6 { break }
      if entropy > wanted { low = beta } else { high = beta }
      beta = high.isInfinite ? beta * 2 : (low + high) / 2
      if !beta.isFinite { break }
    }
    return shares
  }
}

/// The coordinates of a layout, read by several threads; a plane has no third axis.
struct LayoutAxes: @unchecked Sendable {
  let x: UnsafePointer<Float>
  let y: UnsafePointer<Float>
  let z: UnsafePointer<Float>?

  init(_ axes: [Slab]) {
    (x, y) = (UnsafePointer(axes[0].base), UnsafePointer(axes[1].base))
    z = axes.count > 2 ? UnsafePointer(axes[2].base) : nil
  }

  /// A point's place.
  @inline(__always)
  subscript(point: Int) -> SIMD3<Float> { SIMD3(x[point], y[point], z?[point] ?? 0) }
}

@inline(__always)
private func gathered(_ from: UnsafePointer<Float>, _ places: SIMD8<Int32>) -> SIMD8<Float> {
  SIMD8(
    from[Int(places[0])], from[Int(places[1])], from[Int(places[2])], from[Int(places[3])], from[Int(places[4])],
    from[Int(places[5])], from[Int(places[6])], from[Int(places[7])])
}

extension Double {
  /// eˣ: 2ⁿ times a series in the remainder, to within 2 ULP; 0 far below.
  var exponential: Double {
    if self < -700 { return 0 }
    if self > 700 { return .infinity }
    let whole = (self * 1.4426950408889634).rounded()
    let remainder = (self - whole * 0.693147180369123816490) - whole * 1.90821492927058770002e-10
    var sum = 1.0
    for divisor in (1...18).reversed() { sum = 1 + sum * remainder / Double(divisor) }
    return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
  }

  /// The natural logarithm of a positive number: that of the exponent and a series of the significand.
  var logarithm: Double {
    guard self > 0, isFinite else { return self == 0 ? -.infinity : self }
    var (power, part) = (Double(exponent), significand)
    if part > 1.4142135623730951 { (power, part) = (power + 1, part / 2) }
    let s = (part - 1) / (part + 1)
    let square = s * s
    var sum = 0.0
    for odd in stride(from: 31, through: 1, by: -2) { sum = sum * square + 1 / Double(odd) }
    return power * 0.693147180559945309417 + 2 * s * sum
  }
}
