// SymmetricMatrix.swift
// The largest eigenvalues of a symmetric matrix, and their vectors.

/// A symmetric matrix of doubles, [size, size].
struct SymmetricMatrix {
  let size: Int
  var values: [Double]

  /// The `wanted` largest eigenvalues in falling order, each with its unit vector.
  ///
  /// Householder's reflections make the matrix tridiagonal, Sturm's sequences find each eigenvalue by halving intervals, and
  /// inverse iteration its vector, which is made orthogonal to those before it.
  /// - Complexity: 4/3 size³.
  func largest(_ wanted: Int) -> [(value: Double, vector: [Double])] {
    let form = Tridiagonal(of: self)
    var found: [(value: Double, vector: [Double])] = []
    for number in 0..<min(wanted, size) {
      let value = form.eigenvalue(size - 1 - number)
      found.append((value, form.vector(of: value, number: number, orthogonalTo: found.map(\.vector))))
    }
    return found.map { ($0.value, form.reflectedBack($0.vector)) }
  }
}

/// Qᵀ·A·Q with entries beside the diagonal alone, Q a product of reflections.
private struct Tridiagonal {
  private let diagonal: [Double]
  /// `beside[i]` is between i and i + 1.
  private let beside: [Double]
  /// Unit vectors of the reflections; the i-th begins at i + 1.
  private let reflections: [[Double]]
  private let scale: Double

  init(of matrix: SymmetricMatrix) {
    let n = matrix.size
    var a = matrix.values
    var beside: [Double] = []
    var reflections: [[Double]] = []
    for column in 0..<max(0, n - 1) {
      let length = n - 1 - column
      var v = (0..<length).map { a[(column + 1 + $0) * n + column] }
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let alpha = v[0] > 0 ? -norm : norm
      v[0] -= alpha
      let size = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      beside.append(alpha)
      guard size > 0 else {
        reflections.append([])
        continue
      }
      for place in v.indices { v[place] /= size }
      Self.reflect(&a, n: n, from: column + 1, v)
      reflections.append(v)
    }
    diagonal = (0..<n).map { a[$0 * n + $0] }
    self.beside = beside
    self.reflections = reflections
    let (d, b) = (diagonal, beside)
    scale = d.indices.reduce(Double.leastNormalMagnitude) { largest, i in
      max(largest, abs(d[i]) + (i > 0 ? abs(b[i - 1]) : 0) + (i < b.count ? abs(b[i]) : 0))
    }
  }

  /// A ← H·A·H on the rows and columns from `start` on, H = 1 − 2·v·vᵀ.
  private static func reflect(_ a: inout [Double], n: Int, from start: Int, _ v: [Double]) {
    var p = [Double](repeating: 0, count: v.count)
    a.withUnsafeMutableBufferPointer { a in
      v.withUnsafeBufferPointer { v in
        p.withUnsafeMutableBufferPointer { p in
          guard let a = a.baseAddress, let v = v.baseAddress, let p = p.baseAddress else { return }
          let count = n - start
          // A is symmetric: row i times v[i] is what column i gives to all sums.
          for i in 0..<count { add(v[i], a + (start + i) * n + start, 0, v, to: p, count) }
          let k = (0..<count).reduce(0) { $0 + p[$1] * v[$1] }
          for i in 0..<count { p[i] = 2 * (p[i] - k * v[i]) }
          for i in 0..<count { add(-v[i], p, -p[i], v, to: a + (start + i) * n + start, count) }
        }
      }
    }
  }

  /// Returns the eigenvalue that exceeds `number` others.
  func eigenvalue(_ number: Int) -> Double {
    var (low, high) = (-2 * scale, 2 * scale)
    for _ in 0..<120 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if countBelow(middle) > number { high = middle } else { low = middle }
    }
    return (low + high) / 2
  }

  /// Returns the number of eigenvalues below x, from the signs of Sturm's sequence.
  private func countBelow(_ x: Double) -> Int {
    var (count, q) = (0, 1.0)
    for i in diagonal.indices {
      let b = i > 0 ? beside[i - 1] : 0
      q = diagonal[i] - x - (i > 0 ? b * b / q : 0)
      if abs(q) < scale * 1e-300 || q == 0 { q = -scale * 1e-18 }
      if q < 0 { count += 1 }
    }
    return count
  }

  /// Inverse iteration from a start that no eigenvector is orthogonal to in practice.
  func vector(of value: Double, number: Int, orthogonalTo others: [[Double]]) -> [Double] {
    let n = diagonal.count
    var x = (0..<n).map { (place: Int) -> Double in
      let residue = (place &* 7919 &+ number &* 104_729) % 997
      return 1 + Double(residue) / 997
    }
    // A little aside, so that the matrix can be solved with.
    let shift = value + scale * 1e-14
    for _ in 0..<4 {
      x = solved(x, shift: shift)
      for other in others {
        let share = zip(x, other).reduce(0) { $0 + $1.0 * $1.1 }
        for i in x.indices { x[i] -= share * other[i] }
      }
      let norm = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0, norm.isFinite else { return (0..<n).map { $0 == number ? 1 : 0 } }
      for i in x.indices { x[i] /= norm }
    }
    return x
  }

  /// (T − shift)⁻¹·x, by elimination with the larger of two rows first.
  private func solved(_ right: [Double], shift: Double) -> [Double] {
    let n = diagonal.count
    let tiny = scale * 1e-18
    // Row i holds columns i, i + 1, i + 2.
    var rows = [(Double, Double, Double)](repeating: (0, 0, 0), count: n)
    var x = right
    var current = (diagonal[0] - shift, n > 1 ? beside[0] : 0, 0.0)
    for i in 0..<n {
      guard i + 1 < n else {
        rows[i] = current
        break
      }
      var next = (beside[i], diagonal[i + 1] - shift, i + 2 < n ? beside[i + 1] : 0)
      if abs(next.0) > abs(current.0) {
        swap(&next, &current)
        x.swapAt(i, i + 1)
      }
      if current.0 == 0 { current.0 = tiny }
      let factor = next.0 / current.0
      rows[i] = current
      x[i + 1] -= factor * x[i]
      current = (next.1 - factor * current.1, next.2 - factor * current.2, 0)
    }
    for i in (0..<n).reversed() {
      let pivot = rows[i].0 == 0 ? tiny : rows[i].0
      x[i] = (x[i] - (i + 1 < n ? rows[i].1 * x[i + 1] : 0) - (i + 2 < n ? rows[i].2 * x[i + 2] : 0)) / pivot
    }
    return x
  }

  /// Converts an eigenvector of the tridiagonal form to one of the matrix.
  func reflectedBack(_ vector: [Double]) -> [Double] {
    var x = vector
    for (column, v) in reflections.enumerated().reversed() where !v.isEmpty {
      let share = 2 * v.indices.reduce(0) { $0 + v[$1] * x[column + 1 + $1] }
      for i in v.indices { x[column + 1 + i] -= share * v[i] }
    }
    return x
  }
}

/// sums[j] += x · a[j] + y · b[j]
private func add(
  _ x: Double, _ a: UnsafePointer<Double>, _ y: Double, _ b: UnsafePointer<Double>,
  to sums: UnsafeMutablePointer<Double>, _ count: Int
) {
  let whole = count & ~3
  for j in stride(from: 0, to: whole, by: 4) {
    let target = UnsafeMutableRawPointer(sums + j)
    let more =
      x * UnsafeRawPointer(a + j).loadUnaligned(as: SIMD4<Double>.self)
      + y * UnsafeRawPointer(b + j).loadUnaligned(as: SIMD4<Double>.self)
    target.storeBytes(of: target.loadUnaligned(as: SIMD4<Double>.self) + more, as: SIMD4<Double>.self)
  }
  for j in whole..<count { sums[j] += x * a[j] + y * b[j] }
}
