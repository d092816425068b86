// Affinities.swift
// How much each point of a space belongs to each of its neighbors: the P of t-SNE, sparse.

package import Parallel

/// The symmetric joint probabilities of van der Maaten and Hinton's t-SNE, over each point's nearest neighbors.
package struct Affinities: Sendable {
  package let count: Int
  /// Where each point's row begins; one more than there are points.
  let starts: [Int]
  let numbers: [Int32]
  let values: [Float]

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
    self.init(neighbors, conditional)
  }

  /// (p(j|i) + p(i|j)) / 2n.
  private init(_ neighbors: Neighbors, _ conditional: SharedResults) {
    let (n, k) = (neighbors.count, neighbors.k)
    var rows = [[(number: Int32, value: Double)]](repeating: [], count: n)
    for point in 0..<n {
      for (place, neighbor) in neighbors[point].enumerated() {
        let value = conditional[point * k + place] / Double(2 * n)
        rows[point].append((neighbor, value))
        rows[Int(neighbor)].append((Int32(point), value))
      }
    }
    var (starts, numbers, values) = ([0], [Int32](), [Float]())
    for row in rows {
      var last: Int32 = -1
      for (number, value) in row.sorted(by: { $0.number < $1.number }) {
        if number == last {
          values[values.count - 1] += Float(value)
        } else {
          numbers.append(number)
          values.append(Float(value))
        }
        last = number
      }
      starts.append(numbers.count)
    }
    (count, self.starts, self.numbers, self.values) = (n, starts, numbers, values)
  }

  /// Σ p·(yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²) over the points j that belong to a point i of the plane, eight at a time.
  func attraction(on point: Int, x: UnsafePointer<Float>, y: UnsafePointer<Float>) -> SIMD2<Float> {
    let edges = starts[point]..<starts[point + 1]
    return numbers.withUnsafeBufferPointer { numbers in
      values.withUnsafeBufferPointer { values in
        guard let numbers = numbers.baseAddress, let values = values.baseAddress else { return SIMD2() }
        let (ownX, ownY) = (x[point], y[point])
        var (fx, fy) = (SIMD8<Float>(), SIMD8<Float>())
        let whole = edges.count & ~7
        for edge in stride(from: edges.lowerBound, to: edges.lowerBound + whole, by: 8) {
          let other = UnsafeRawPointer(numbers + edge).loadUnaligned(as: SIMD8<Int32>.self)
          let (dx, dy) = (ownX - gathered(x, other), ownY - gathered(y, other))
          let pull = UnsafeRawPointer(values + edge).loadUnaligned(as: SIMD8<Float>.self) / (1 + dx * dx + dy * dy)
          fx += pull * dx
          fy += pull * dy
        }
        var sum = SIMD2(fx.sum(), fy.sum())
        for edge in edges.dropFirst(whole) {
          let (dx, dy) = (ownX - x[Int(numbers[edge])], ownY - y[Int(numbers[edge])])
          sum += values[edge] / (1 + dx * dx + dy * dy) * SIMD2(dx, dy)
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
