// UMAPTests.swift
// UMAP keeps neighbors together, is the same whatever the threads, and takes points of every kind.

import Parallel
import PointMatrices
import Tensors
import Testing

@testable import Embeddings

@Suite struct UMAPTests {
  static func layout(
    _ points: PointMatrix, dimensions: Int = 2, threads: Int = 2, epochs: Int? = nil, seed: UInt64 = 0
  ) -> PointMatrix {
    var options = UMAP.Options()
    (options.epochs, options.seed) = (epochs, seed)
    let umap = UMAP(points, dimensions: dimensions, options: options, pool: WorkerPool(threads: threads))
    var steps = 0
    while umap.step() { steps += 1 }
    #expect(umap.epoch == umap.epochs && steps == max(0, umap.epochs - 1))
    return umap.layout
  }

  @Test("the curve is the reference's") func curve() {
    let forces = UMAPForces(minimumDistance: 0.1, spread: 1)
    #expect(abs(forces.a - 1.5769) < 1e-3 && abs(forces.b - 0.8951) < 1e-3, "\(forces.a), \(forces.b)")
    // umap-learn 0.5.12 for other distances.
    let near = UMAPForces(minimumDistance: 0.001, spread: 1)
    #expect(abs(near.a - 1.9290) < 1e-3 && abs(near.b - 0.7915) < 1e-3, "\(near.a), \(near.b)")
  }

  @Test("tables hold the forces of the formulas") func forces() {
    let forces = UMAPForces(minimumDistance: 0.1, spread: 1)
    for power in stride(from: -20.0, to: 20, by: 0.37) {
      let square = Double(Float((power * 2.0.logarithm).exponential))
      let near = (forces.b * square.logarithm).exponential
      let want = (
        -2 * forces.a * forces.b * near / square / (1 + forces.a * near),
        2 * forces.b / ((0.001 + square) * (1 + forces.a * near))
      )
      let cell = forces.table.cells[Int(Float(square).bitPattern >> UInt32(forces.table.shift)) - forces.table.first]
      let got = (Double(cell.x) + Double(cell.y) * square, Double(cell.z) + Double(cell.w) * square)
      #expect(abs(got.0 / want.0 - 1) < 1e-3 && abs(got.1 / want.1 - 1) < 1e-3, "\(square)")
    }
  }

  @Test("a graph's weights add up to log₂ of the neighbors, and its edges are in both rows") func graph() {
    let points = Clusters(count: 60, dimensions: 5, classes: 1).points
    let pool = WorkerPool(threads: 2)
    let neighbors = Neighbors(of: points, k: 14, pool: pool)
    let graph = NeighborGraph(fuzzy: neighbors, pool: pool)
    var weights: [SIMD2<Int32>: Float] = [:]
    for point in 0..<60 {
      let row = graph.numbers[graph.starts[point]..<graph.starts[point + 1]]
      #expect(Array(row) == row.sorted() && Set(row).isSuperset(of: neighbors[point]))
      for edge in graph.starts[point]..<graph.starts[point + 1] {
        weights[SIMD2(Int32(point), graph.numbers[edge])] = graph.weights[edge]
      }
      // The nearest neighbor belongs for certain.
      #expect(weights[SIMD2(Int32(point), neighbors[point][neighbors[point].startIndex])] == 1)
    }
    for (ends, weight) in weights { #expect(weights[SIMD2(ends.y, ends.x)] == weight && (0...1).contains(weight)) }
    // The union of two sums of log₂ 15 a point, less their common part.
    let sum = graph.weights.reduce(0, +) / 60
    #expect((Float(3.9069)...2 * 3.9069).contains(sum), "\(sum)")
  }

  @Test("classes stay apart, in the plane and in space", arguments: [2, 3]) func clusters(dimensions: Int) {
    let clusters = Clusters(count: 400, dimensions: 10, classes: 5)
    let layout = Self.layout(clusters.points, dimensions: dimensions)
    let pool = WorkerPool(threads: 2)
    let votes = NeighborVotes(Neighbors(of: layout, k: 5, pool: pool), labels: clusters.labels, classes: 5)
    #expect(votes.accuracy == 1 && layout.dimensions == dimensions && layout.values.allSatisfy(\.isFinite))
    // Groups do not collapse: points of one class are some tenths apart.
    let nearest = Neighbors(of: layout, k: 1, pool: pool).squaredDistances.reduce(0, +) / 400
    #expect((1e-4...1).contains(nearest), "\(nearest)")
  }

  @Test("1, 2, 4 and 7 threads lay out the same, bit by bit; seeds differ", arguments: [2, 3]) func threads(
    dimensions: Int
  ) {
    let points = Clusters(count: 1_300, dimensions: 6, classes: 4).points
    let layouts = [1, 2, 4, 7].map { Self.layout(points, dimensions: dimensions, threads: $0, epochs: 20).values }
    #expect(layouts.allSatisfy { $0 == layouts[0] })
    #expect(Self.layout(points, dimensions: dimensions, epochs: 20, seed: 1).values != layouts[0])
  }

  @Test("a scale changes nothing", arguments: [0x1p-100, 0x1p-70, 0x1p60, 0x1p126])
  func scales(scale: Float) {
    let points = Clusters(count: 130, dimensions: 6, classes: 4).points
    let scaled = PointMatrix(count: 130, dimensions: 6, values: points.values.map { $0 * scale })
    #expect(Self.layout(scaled, epochs: 60).values == Self.layout(points, epochs: 60).values)
  }

  @Test(
    "equal points, points on a line, and fewer points than neighbors have a finite layout",
    arguments: [2, 3, 4, 5, 14, 15, 16, 40], [2, 3])
  func degenerate(count: Int, dimensions: Int) {
    let line = PointMatrix(count: count, dimensions: 1, values: (0..<count).map { Float($0) })
    let equal = PointMatrix(count: count, dimensions: 3, values: [Float](repeating: 1, count: 3 * count))
    let mostlyEqual = PointMatrix(
      count: count, dimensions: 2, values: (0..<2 * count).map { $0 == 2 * count - 1 ? 9 : 1 })
    for points in [line, equal, mostlyEqual] {
      let layout = Self.layout(points, dimensions: dimensions)
      #expect(layout.count == count && layout.dimensions == dimensions && layout.values.allSatisfy(\.isFinite))
    }
    let layout = Self.layout(line, dimensions: dimensions)
    #expect(Neighbors(of: layout, k: 1, pool: WorkerPool(threads: 1)).distinct == count)
  }

  @Test("groups without an edge between them stay apart") func disconnected() {
    let near = Clusters(count: 60, dimensions: 4, classes: 1).points
    let points = PointMatrix(count: 120, dimensions: 4, values: near.values + near.values.map { $0 + 1000 })
    let layout = Self.layout(points)
    let votes = NeighborVotes(
      Neighbors(of: layout, k: 5, pool: WorkerPool(threads: 2)), labels: (0..<120).map { $0 / 60 }, classes: 2)
    #expect(votes.accuracy == 1 && layout.values.allSatisfy { $0.isFinite && abs($0) < 1000 })
  }
}
