// TSNE.swift
// t-SNE in the plane: up to some tens of thousands of points with every pair's repulsion, so that nothing is approximated.

package import Tensors

/// A layout that keeps neighbours together (van der Maaten and Hinton, 2008), step by step.
///
/// It begins with the first two principal components, so nothing is drawn at random: equal points give equal layouts, bit by bit,
/// whatever the threads.
package final class TSNE {
  package struct Options: Hashable, Sendable {
    package var perplexity = 30.0
    package var iterations = 1000
    /// The first iterations, in which attraction is `exaggeration` times as strong.
    package var earlyIterations = 250
    package var exaggeration = 12.0
    /// With more points, groups that are far away repel as one.
    package var exactPoints = 20_000

    package init() {}
  }

  package let options: Options
  package let count: Int
  /// Iterations made.
  package private(set) var iteration = 0
  private let affinities: Affinities
  private let pool: WorkerPool
  private let kernels = Kernels()
  /// The layout, and what is changed with it: x of all points, then y of all.
  private let place: [Slab]
  private let velocity: [Slab]
  private let gain: [Slab]
  private let force: [Slab]
  private let sums: SharedResults
  private let groups: PointGroups?
  private static let regroupingInterval = 25
  private let divergences: SharedResults
  private static let chunk = 64

  /// - Parameter points: four or more, and more than the perplexity.
  package init(_ points: PointSet, options: Options = Options(), pool: WorkerPool) {
    var options = options
    options.perplexity = min(options.perplexity, Double(points.count - 1) / 3)
    self.options = options
    self.pool = pool
    count = points.count
    let k = min(points.count - 1, Int(3 * options.perplexity))
    affinities = Affinities(
      Neighbours(of: points, k: max(1, k), pool: pool), perplexity: options.perplexity, pool: pool)
    groups = points.count > options.exactPoints ? PointGroups(count: points.count, threads: pool.threads) : nil
    let padded = (count + 31) / 16 * 16
    func slabs() -> [Slab] { [Slab(count: padded), Slab(count: padded)] }
    (place, velocity, gain, force) = (slabs(), slabs(), slabs(), slabs())
    (sums, divergences) = (SharedResults(count: count), SharedResults(count: count))
    begin(PrincipalComponents(of: points, components: 2, pool: pool).projected, padded: padded)
  }

  /// The components, so small that the first iterations are free to move them; what pads is far away.
  private func begin(_ components: PointSet, padded: Int) {
    for axis in 0..<2 {
      for point in 0..<padded {
        place[axis].base[point] =
          point >= count
          ? 1e18 : axis < components.dimensions ? components.values[point * components.dimensions + axis] : 0
        gain[axis].base[point] = 1
      }
    }
    let x = place[0].base
    let deviation = ((0..<count).reduce(0.0) { $0 + Double(x[$1]) * Double(x[$1]) } / Double(count)).squareRoot()
    for axis in 0..<2 where deviation > 0 {
      for point in 0..<count { place[axis].base[point] *= Float(1e-4 / deviation) }
    }
  }

  /// Moves every point once.
  /// - Returns: false when all iterations are made.
  package func step() -> Bool {
    guard iteration < options.iterations else { return false }
    let isEarly = iteration < options.earlyIterations
    let exaggeration = isEarly ? options.exaggeration : 1
    let normalization = repel()
    let rate = Float(max(Double(count) / options.exaggeration, 50))
    move(
      attraction: Float(exaggeration), repulsion: Float(1 / normalization), momentum: isEarly ? 0.5 : 0.8, rate: rate)
    iteration += 1
    return iteration < options.iterations
  }

  /// The Kullback-Leibler divergence Σ p·log(p / q) of the layout as it is.
  package func divergence() -> Double {
    let normalization = repel()
    let (affinities, x, y, results) = (self.affinities, place[0].base, place[1].base, divergences)
    let shared = SharedPlaces(x: x, y: y)
    pool.forEach(count) { point, _ in
      var sum = 0.0
      for edge in affinities.starts[point]..<affinities.starts[point + 1] {
        let other = Int(affinities.numbers[edge])
        let (dx, dy) = (Double(shared.x[point] - shared.x[other]), Double(shared.y[point] - shared.y[other]))
        let p = Double(affinities.values[edge])
        if p > 0 { sum += p * (p * normalization * (1 + dx * dx + dy * dy)).logarithm }
      }
      results[point] = sum
    }
    return results.values.reduce(0, +)
  }

  /// The points in the plane, [count, 2].
  package var layout: PointSet {
    PointSet(count: count, dimensions: 2, values: (0..<count).flatMap { [place[0].base[$0], place[1].base[$0]] })
  }

  /// The repulsion of all pairs.
  /// - Returns: Z, the sum of all 1 / (1 + d²).
  private func repel() -> Double {
    let (kernels, count, places, forces, sums) = (self.kernels, self.count, place, force, self.sums)
    if let groups {
      if iteration % Self.regroupingInterval == 0 { groups.regroup(x: places[0].base, y: places[1].base) }
      groups.repel(x: places[0].base, y: places[1].base, forces: forces, sums: sums, kernels: kernels, pool: pool)
      return max(sums.values.reduce(0, +) - Double(count), .leastNormalMagnitude)
    }
    pool.forEach((count + Self.chunk - 1) / Self.chunk) { index, _ in
      let range = index * Self.chunk..<min((index + 1) * Self.chunk, count)
      kernels.repel(
        x: places[0].start, y: places[1].start, count: count, range: range, forceX: forces[0].range(range),
        forceY: forces[1].range(range), sums: sums.range(range))
    }
    // Each point is in its own sum.
    return max(sums.values.reduce(0, +) - Double(count), .leastNormalMagnitude)
  }

  /// Attraction, and a step with momentum and gains (Jacobs, 1988).
  private func move(attraction: Float, repulsion: Float, momentum: Float, rate: Float) {
    let (affinities, count) = (self.affinities, self.count)
    let (places, velocities, gains, forces) = (place, velocity, gain, force)
    let chunks = (count + Self.chunk - 1) / Self.chunk
    pool.forEach(chunks) { index, _ in
      let (x, y) = (places[0].base, places[1].base)
      for point in index * Self.chunk..<min((index + 1) * Self.chunk, count) {
        var (fx, fy) = (Float(0), Float(0))
        for edge in affinities.starts[point]..<affinities.starts[point + 1] {
          let other = Int(affinities.numbers[edge])
          let (dx, dy) = (x[point] - x[other], y[point] - y[other])
          let pull = affinities.values[edge] / (1 + dx * dx + dy * dy)
          fx += pull * dx
          fy += pull * dy
        }
        for (axis, pulled) in [fx, fy].enumerated() {
          let gradient = 4 * (attraction * pulled - repulsion * forces[axis].base[point])
          let v = velocities[axis].base[point]
          let grown = gains[axis].base[point]
          let gain = max(0.01, (gradient > 0) == (v > 0) ? grown * 0.8 : grown + 0.2)
          gains[axis].base[point] = gain
          velocities[axis].base[point] = momentum * v - rate * gain * gradient
        }
      }
    }
    pool.forEach(2) { axis, _ in
      let (at, v) = (places[axis].base, velocities[axis].base)
      var mean = 0.0
      for point in 0..<count {
        at[point] += v[point]
        mean += Double(at[point])
      }
      let centre = Float(mean / Double(count))
      for point in 0..<count { at[point] -= centre }
    }
  }
}

/// The layout, read by several threads.
private struct SharedPlaces: @unchecked Sendable {
  let x: UnsafePointer<Float>
  let y: UnsafePointer<Float>

  init(x: UnsafeMutablePointer<Float>, y: UnsafeMutablePointer<Float>) {
    self.x = UnsafePointer(x)
    self.y = UnsafePointer(y)
  }
}
