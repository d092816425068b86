// TSNE.swift
// t-SNE in the plane or in space. Repulsion is exact for every pair up to some tens of thousands of points.

package import Parallel
package import PointMatrices
import Tensors

/// Computes a layout that keeps neighbors together (van der Maaten and Hinton, 2008), step by step.
///
/// It begins with the first principal components. The layout of few points depends much on where it begins, so fewer than a
/// thousand are laid out several times, from other places each time; the start with the least divergence is completed. Equal points
/// give equal layouts, bit by bit, whatever the threads.
package final class TSNE {
  package struct Options: Hashable, Sendable {
    /// 2 or 3.
    package var dimensions = 2
    /// At most a third of the other points, at least 1.
    package var perplexity = 30.0
    package var iterations = 1000
    /// The first iterations, in which attraction is `exaggeration` times as strong.
    package var earlyIterations = 250
    package var exaggeration = 12.0
    /// With more points, groups that are far away repel as one.
    package var exactPoints = 20_000
    /// Number of starts; depends on the number of points, if nil.
    package var starts: Int?

    package init() {}
  }

  package let options: Options
  package let count: Int
  package let starts: Int
  /// Iterations made, those of all starts among them.
  package private(set) var iteration = 0
  private let affinities: Affinities
  private let pool: WorkerPool
  private let kernels = Kernels()
  private let components: PointMatrix
  /// The layout, and what is changed with it: a slab for each axis.
  private let place: [Slab]
  private let velocity: [Slab]
  private let gain: [Slab]
  private let force: [Slab]
  private let sums: SharedResults
  private let groups: PointGroups?
  private static let regroupingInterval = 25
  private let divergences: SharedResults
  /// Number of points that a thread takes at a time. One thread computes so few points alone, since waking another costs more.
  private let chunk: Int
  /// The best start so far: its divergence, and all that changes with a layout.
  private var best: (divergence: Double, state: [[Float]])?

  /// - Parameter points: two or more.
  package init(_ points: PointMatrix, options: Options = Options(), pool: WorkerPool) {
    precondition(points.count >= 2, "two points or more")
    var options = options
    options.perplexity = max(1, min(options.perplexity, Double(points.count - 1) / 3))
    self.options = options
    self.pool = pool
    count = points.count
    starts = max(1, options.starts ?? Self.usualStarts(points.count))
    let k = min(points.count - 1, Int(3 * options.perplexity))
    affinities = Affinities(
      Neighbors(of: points, k: max(1, k), pool: pool), perplexity: options.perplexity, pool: pool)
    chunk = points.count <= 256 ? 256 : 64
    groups =
      points.count > options.exactPoints
      ? PointGroups(count: points.count, axes: options.dimensions, threads: pool.threads) : nil
    let padded = (count + 31) / 16 * 16
    func slabs() -> [Slab] { (0..<options.dimensions).map { _ in Slab(count: padded) } }
    (place, velocity, gain, force) = (slabs(), slabs(), slabs(), slabs())
    (sums, divergences) = (SharedResults(count: count), SharedResults(count: count))
    components = PrincipalComponents(of: points.balanced.points, components: options.dimensions, pool: pool).projected
    begin()
  }

  /// The number of starts, chosen so that they take little time.
  private static func usualStarts(_ count: Int) -> Int {
    count >= 1000 ? 1 : max(2, min(24, 2_000_000 / (count * count)))
  }

  /// Fewer points move so slowly that they get five times the iterations.
  private static let fewPoints = 30
  private static let leastRate = Double(fewPoints) / 12

  /// The iterations of one layout.
  private var whole: Int { count < Self.fewPoints ? 5 * options.iterations : options.iterations }

  /// Iterations of each start before the starts are compared. By then the layout has its shape.
  private var trial: Int {
    if starts == 1 { return whole }
    if count <= 2 * Self.fewPoints { return min(whole, 2 * options.iterations) }
    return min(whole, options.earlyIterations + max(0, whole - options.earlyIterations) / 4)
  }

  /// Whether the components hold every distance as it is: a plane holds three points, and a space four.
  private var areComponents: Bool { count <= options.dimensions + 1 }

  /// Total number of iterations.
  package var iterations: Int { areComponents ? 0 : starts * trial + whole - trial }

  /// Sets initial places, so small that the first iterations move them freely. Padding is far away.
  private func begin() {
    let start = iteration / max(1, trial)
    let beginning = start == 0 ? componentPlaces : randomPlaces(start)
    for axis in place.indices {
      for point in 0..<place[axis].count {
        place[axis].values[point] = point < count ? beginning[axis][point] : 1e18
        (velocity[axis].values[point], gain[axis].values[point]) = (0, 1)
      }
    }
  }

  /// The components, with a standard deviation of 0.0001 along the first, or 1 where they are the layout.
  private var componentPlaces: [[Float]] {
    let axes = place.indices.map { axis in
      (0..<count).map { point in
        axis < components.dimensions ? Double(components.values[point * components.dimensions + axis]) : 0
      }
    }
    let deviation = (axes[0].reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
    let scale = deviation > 0 ? (areComponents ? 1 : 1e-4) / deviation : 0
    let places = axes.map { $0.map { Float($0 * scale) } }
    if areComponents || scale == 0 { return places }
    // Nothing would ever push points on a line or a plane to either side.
    let random = randomPlaces(0)
    return places.indices.map { axis in
      axis > 0 && axes[axis].allSatisfy { $0 == 0 } ? random[axis].map { $0 / 100 } : places[axis]
    }
  }

  private func randomPlaces(_ start: Int) -> [[Float]] {
    var stream = RandomStream(seed: 0, name: "t-SNE start", index: UInt32(truncatingIfNeeded: start))
    return place.map { _ in (0..<count).map { _ in 1e-4 * stream.uniform(in: -1...1) } }
  }

  /// Moves every point once.
  /// - Returns: false when all iterations are made.
  package func step() -> Bool {
    guard iteration < iterations else { return false }
    let isTried = iteration < starts * trial
    let ofStart = isTried ? iteration % trial : iteration - (starts - 1) * trial
    if isTried, ofStart == 0, iteration > 0 { begin() }
    let isEarly = ofStart < options.earlyIterations
    let exaggeration = isEarly ? options.exaggeration : 1
    let normalization = repel()
    // Belkina et al., 2019. Few points oscillate with a larger rate.
    let rate = Float(max(Double(count) / options.exaggeration, Self.leastRate))
    move(
      attraction: Float(exaggeration), repulsion: Float(1 / normalization), momentum: isEarly ? 0.5 : 0.8, rate: rate)
    iteration += 1
    if starts > 1, isTried, iteration % trial == 0 { compare() }
    return iteration < iterations
  }

  /// Keeps the layout if it is the best so far. After the last start, the best layout continues.
  private func compare() {
    let divergence = divergence()
    if best.map({ !($0.divergence <= divergence) }) ?? true {
      best = (divergence, (place + velocity + gain).map { Array($0.values) })
    }
    guard iteration == starts * trial, let best else { return }
    for (slab, values) in zip(place + velocity + gain, best.state) { slab.base.update(from: values, count: slab.count) }
  }

  /// The Kullback-Leibler divergence Σ p·log(p / q) of the layout as it is.
  package func divergence() -> Double {
    let normalization = repel()
    let (graph, axes, results) = (affinities.graph, LayoutAxes(place), divergences)
    pool.forEach(count) { point, _ in
      var sum = 0.0
      for edge in graph.starts[point]..<graph.starts[point + 1] {
        let other = Int(graph.numbers[edge])
        let offset = SIMD3<Double>(axes[point] - axes[other])
        let p = Double(graph.weights[edge])
        if p > 0 { sum += p * (p * normalization * (1 + (offset * offset).sum())).logarithm }
      }
      results[point] = sum
    }
    return results.values.reduce(0, +)
  }

  /// The layout, [count, dimensions].
  package var layout: PointMatrix {
    PointMatrix(
      count: count, dimensions: options.dimensions,
      values: (0..<count).flatMap { point in place.map { $0.values[point] } })
  }

  /// The repulsion of all pairs.
  /// - Returns: Z, the sum of all 1 / (1 + d²).
  private func repel() -> Double {
    let (kernels, count, places, forces, sums) = (self.kernels, self.count, place, force, self.sums)
    let chunk = self.chunk
    if let groups {
      if iteration % Self.regroupingInterval == 0 { groups.regroup(places) }
      groups.repel(places, forces: forces, sums: sums, kernels: kernels, pool: pool)
      return max(sums.values.reduce(0, +) - Double(count), .leastNormalMagnitude)
    }
    pool.forEach((count + chunk - 1) / chunk) { index, _ in
      let range = index * chunk..<min((index + 1) * chunk, count)
      kernels.repel(
        axes: places.map(\.start), count: count, range: range, forces: forces.map { $0.range(range) },
        sums: sums.range(range))
    }
    // Each point is in its own sum.
    return max(sums.values.reduce(0, +) - Double(count), .leastNormalMagnitude)
  }

  /// Attraction, and a step with momentum and gains (Jacobs, 1988).
  private func move(attraction: Float, repulsion: Float, momentum: Float, rate: Float) {
    let (affinities, count, chunk) = (self.affinities, self.count, self.chunk)
    let (places, velocities, gains, forces) = (place, velocity, gain, force)
    let chunks = (count + chunk - 1) / chunk
    pool.forEach(chunks) { index, _ in
      let axes = LayoutAxes(places)
      for point in index * chunk..<min((index + 1) * chunk, count) {
        let pulled = affinities.attraction(on: point, axes)
        for axis in places.indices {
          let gradient = 4 * (attraction * pulled[axis] - repulsion * forces[axis].values[point])
          let v = velocities[axis].values[point]
          let grown = gains[axis].values[point]
          let gain = max(0.01, (gradient > 0) == (v > 0) ? grown * 0.8 : grown + 0.2)
          gains[axis].values[point] = gain
          velocities[axis].values[point] = momentum * v - rate * gain * gradient
        }
      }
    }
    // One after the other, where there is but one chunk.
    pool.forEach(chunks > 1 ? places.count : 1) { index, _ in
      for axis in chunks > 1 ? index..<index + 1 : places.indices {
        Self.advance(places[axis].base, velocities[axis].base, count)
      }
    }
  }

  /// Moves all points along an axis, and their mean to 0.
  private static func advance(_ at: UnsafeMutablePointer<Float>, _ v: UnsafePointer<Float>, _ count: Int) {
    var mean = 0.0
    for point in 0..<count {
      at[point] += v[point]
      mean += Double(at[point])
    }
    let center = Float(mean / Double(count))
    for point in 0..<count { at[point] -= center }
  }
}
