// TSNETests.swift
// The layout keeps clusters apart, is the same whatever the threads, and its repulsion is that of all pairs.

import Embeddings
import Parallel
import PointMatrices
import Tensors
import Testing

@Suite struct TSNETests {
  static func layout(
    _ points: PointMatrix, dimensions: Int = 2, threads: Int, iterations: Int = 300, exactPoints: Int = 20_000
  ) -> (layout: PointMatrix, divergence: Double) {
    var options = TSNE.Options()
    options.dimensions = dimensions
    options.iterations = iterations
    options.earlyIterations = 100
    options.exactPoints = exactPoints
    let tsne = TSNE(points, options: options, pool: WorkerPool(threads: threads))
    while tsne.step() {}
    return (tsne.layout, tsne.divergence())
  }

  @Test("classes stay apart, in the plane and in space", arguments: [2, 3]) func clusters(dimensions: Int) {
    let clusters = Clusters(count: 400, dimensions: 10, classes: 5)
    let (layout, divergence) = Self.layout(clusters.points, dimensions: dimensions, threads: 2)
    #expect(layout.dimensions == dimensions)
    let votes = NeighborVotes(
      Neighbors(of: layout, k: 5, pool: WorkerPool(threads: 2)), labels: clusters.labels, classes: 5)
    #expect(votes.accuracy == 1)
    #expect(layout.values.allSatisfy(\.isFinite) && (0...2).contains(divergence), "\(divergence)")
    let begun = Self.layout(clusters.points, dimensions: dimensions, threads: 2, iterations: 10)
    #expect(begun.divergence > divergence)
  }

  @Test("one, two and seven threads lay out the same, bit by bit", arguments: [2, 3], [0, 20_000])
  func threads(dimensions: Int, exactPoints: Int) {
    let points = Clusters(count: 150, dimensions: 6, classes: 4).points
    let layouts = [1, 2, 7].map {
      Self.layout(points, dimensions: dimensions, threads: $0, iterations: 12, exactPoints: exactPoints).layout.values
    }
    #expect(layouts[0] == layouts[1] && layouts[0] == layouts[2])
  }

  @Test("space tells more than the plane, and its third axis is used") func space() {
    let points = Clusters(count: 500, dimensions: 8, classes: 3, spread: 0.9).points
    let (plane, space) = (
      Self.layout(points, threads: 2), Self.layout(points, dimensions: 3, threads: 2)
    )
    #expect(space.divergence < plane.divergence)
    let shares = PrincipalComponents(of: space.layout, components: 3, pool: WorkerPool(threads: 1)).shares
    #expect(shares[2] > 0.02, "\(shares)")
    let grouped = Self.layout(points, dimensions: 3, threads: 2, exactPoints: 0)
    #expect(abs(grouped.divergence / space.divergence - 1) < 0.03)
  }

  @Test("a plane is not kept in space, and four points lie as they lie") func flatInSpace() {
    var stream = RandomStream(seed: 3, name: "plane")
    let plane = PointMatrix(count: 90, dimensions: 2, values: (0..<180).map { _ in stream.uniform() })
    let layout = PrincipalComponents(
      of: Self.layout(plane, dimensions: 3, threads: 2).layout, components: 3, pool: WorkerPool(threads: 1))
    #expect(layout.shares[2] > 0.001, "\(layout.shares)")
    let four = PointMatrix(count: 4, dimensions: 3, values: [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3])
    let places = Self.layout(four, dimensions: 3, threads: 2).layout
    let ratio = places.squaredDistance(0, 1)
    for (a, b) in [(0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
      #expect(abs(places.squaredDistance(a, b) - ratio * four.squaredDistance(a, b)) < 1e-4)
    }
  }

  /// Rounding, and so the processor, decides where one layout ends: its divergence is 1 % more or less. The mean of many is not.
  @Test("where groups that are far away repel as one, layouts are as good") func groupsAreAsGood() {
    let ratios = (1...16).map { (seed: UInt64) in
      let points = Clusters(count: 1_500, dimensions: 8, classes: 6, seed: seed).points
      let (exact, grouped) = (Self.layout(points, threads: 2), Self.layout(points, threads: 2, exactPoints: 0))
      #expect(exact.layout.values != grouped.layout.values)
      return grouped.divergence / exact.divergence
    }
    #expect(ratios.reduce(0, +) / Double(ratios.count) < 1.01, "\(ratios)")
  }

  @Test("layouts by groups are the same whatever the threads, and of equal points finite") func groups() {
    let clusters = Clusters(count: 1_500, dimensions: 8, classes: 6)
    let layouts = [1, 2, 5].map {
      Self.layout(clusters.points, threads: $0, iterations: 30, exactPoints: 0).layout.values
    }
    #expect(layouts[0] == layouts[1] && layouts[0] == layouts[2])
    for points in [1, 2, 63, 64, 65, 129] {
      let equal = PointMatrix(count: points + 3, dimensions: 2, values: [Float](repeating: 1, count: 2 * points + 6))
      let layout = Self.layout(equal, threads: 2, iterations: 30, exactPoints: 0).layout
      #expect(layout.values.allSatisfy { $0.isFinite })
    }
  }

  @Test(
    "a scale changes nothing, even where no Float holds its squares", arguments: [0x1p-100, 0x1p-70, 0x1p60, 0x1p126])
  func scales(scale: Float) {
    let points = Clusters(count: 130, dimensions: 6, classes: 4).points
    let scaled = PointMatrix(count: 130, dimensions: 6, values: points.values.map { $0 * scale })
    let want = Self.layout(points, threads: 2, iterations: 60).layout
    #expect(Self.layout(scaled, threads: 2, iterations: 60).layout.values == want.values)
  }

  @Test("two and three points lie as they lie in their plane") func twoAndThree() {
    let points =
      [PointMatrix(count: 2, dimensions: 2, values: [1e6, 0, 1e6, 3])]
      + [PointMatrix(count: 3, dimensions: 3, values: [0, 0, 1, 3, 0, 1, 0, 4, 1])]
    for points in points {
      let layout = Self.layout(points, threads: 2).layout
      let ratio = layout.squaredDistance(0, 1) / points.squaredDistance(0, 1)
      #expect(ratio > 0)
      for (a, b) in [(0, 1), (0, 2), (1, 2)] where b < points.count {
        #expect(abs(layout.squaredDistance(a, b) - ratio * points.squaredDistance(a, b)) < 1e-5)
      }
    }
  }

  @Test("points on a line are not kept on it", arguments: [10, 1_100])
  func line(count: Int) {
    let line = PointMatrix(count: count, dimensions: 1, values: (0..<count).map { Float($0) })
    let layout = PrincipalComponents(
      of: Self.layout(line, threads: 2).layout, components: 2, pool: WorkerPool(threads: 1))
    #expect(layout.shares[1] > 0.001, "\(layout.shares)")
  }

  @Test("of several starts the best is completed, whatever the threads") func starts() {
    let points = Clusters(count: 90, dimensions: 6, classes: 30, spread: 1).points
    func layout(_ starts: Int, _ threads: Int = 2) -> (values: [Float], divergence: Double) {
      var options = TSNE.Options()
      (options.starts, options.iterations, options.earlyIterations) = (starts, 400, 100)
      let tsne = TSNE(points, options: options, pool: WorkerPool(threads: threads))
      var steps = 1
      while tsne.step() { steps += 1 }
      #expect(steps == tsne.iterations && tsne.iteration == steps)
      return (tsne.layout.values, tsne.divergence())
    }
    let (one, many) = (layout(1), layout(12))
    #expect(many.divergence < one.divergence)
    #expect(layout(12, 1).values == many.values && layout(12, 5).values == many.values)
  }

  @Test("few points, equal points and points on a line have a finite layout", arguments: [2, 3, 4, 5, 31])
  func degenerate(count: Int) {
    let line = PointMatrix(count: count, dimensions: 1, values: (0..<count).map { Float($0) })
    let equal = PointMatrix(count: count, dimensions: 3, values: [Float](repeating: 1, count: 3 * count))
    for (points, dimensions) in [(line, 2), (equal, 2), (line, 3), (equal, 3)] {
      let (layout, divergence) = Self.layout(points, dimensions: dimensions, threads: 2, iterations: 150)
      #expect(layout.count == count && layout.values.allSatisfy(\.isFinite) && divergence.isFinite)
    }
  }

  @Test("every instruction set repels as the reference does", arguments: [1, 5, 16, 100, 2_100])
  func kernels(count: Int) {
    let padded = (count + 31) / 16 * 16
    let places = [Slab(count: padded), Slab(count: padded), Slab(count: padded)]
    var stream = RandomStream(seed: 5, name: "places")
    for point in 0..<padded {
      for (axis, side) in zip(places, [30, 3, 10] as [Float]) {
        axis.values[point] = point < count ? stream.uniform(in: -side...side) : 1e18
      }
    }
    let masses = Slab(count: padded)
    for point in 0..<count { masses.values[point] = Float(1 + point % 70) }
    func repelled(_ set: InstructionSet, _ axes: Int, _ masses: Slab?) -> (forces: [Float], sums: [Double]) {
      let forces = (0..<axes).map { _ in Slab(count: padded) }
      var sums = [Double](repeating: 0, count: count)
      sums.withUnsafeMutableBufferPointer { sums in
        Kernels(set).repel(
          axes: places.prefix(axes).map(\.start), masses: masses?.start, count: count, range: 0..<count,
          forces: forces.map { $0.range(0..<count) }, sums: sums)
      }
      return (forces.flatMap { $0.values.prefix(count) }, sums)
    }
    for (axes, masses) in [(2, nil), (2, masses), (3, nil), (3, masses)] {
      let want = repelled(.reference, axes, masses)
      for set in [InstructionSet.vectors, .avx2, .avx512] where Kernels(set).instructionSet == set {
        let got = repelled(set, axes, masses)
        for (a, b) in zip(got.sums, want.sums) { #expect(abs(a - b) < 2e-6 * b, "\(set)") }
        // Each force is a difference of two sums, either of which may be as large as the masses let it.
        let scale: Float = masses == nil ? 1 : 70
        for (a, b) in zip(got.forces, want.forces) { #expect(abs(a - b) < 1e-5 * max(scale, abs(b)), "\(set)") }
      }
    }
  }
}
