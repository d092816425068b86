// GoldenPointsTests.swift
// Components and measures against NumPy, SciPy and scikit-learn in double precision, whatever offset and scale the points have.

import Embeddings
import Parallel
import PointMatrices
import Tensors
import Testing

@Suite struct GoldenPointsTests {
  @Test func allCasesAreThere() { #expect(GoldenPoints.all.count == 34 && GoldenLayout.all.count == 18) }

  @Test("components agree", arguments: GoldenPoints.all)
  func components(golden: GoldenPoints) {
    let found = PrincipalComponents(of: golden.hashed.points, components: 3, pool: WorkerPool(threads: 2))
    for (got, want) in zip(found.shares, golden.truth.shares) { #expect(abs(got - want) < 1e-9, "\(got) \(want)") }
    let width = found.projected.dimensions
    #expect(width == min(3, golden.hashed.dimensions))
    for component in 0..<width {
      let want = golden.truth.projected.map { $0[component] }
      let got = golden.truth.projected.indices.map { Double(found.projected.values[$0 * width + component]) }
      let scale = want.reduce(0) { max($0, abs($1)) }
      let errors = [1.0, -1.0].map { sign in zip(got, want).reduce(0) { max($0, abs(sign * $1.0 - $1.1)) } }
      #expect(min(errors[0], errors[1]) < 1e-5 * scale, "component \(component): \(errors) of \(scale)")
    }
  }

  @Test("neighbors, silhouette and trustworthiness agree", arguments: GoldenPoints.all)
  func measures(golden: GoldenPoints) throws {
    let (points, labels, pool) = (golden.hashed.points, golden.hashed.labels, WorkerPool(threads: 2))
    let neighbors = Neighbors(of: points, k: GoldenPoints.neighbors, pool: pool)
    #expect(NeighborVotes(neighbors, labels: labels, classes: golden.hashed.classes).accuracy == golden.truth.accuracy)
    let silhouette = try #require(PairMeasures.silhouette(points, labels: labels, pool: pool))
    #expect(abs(silhouette - golden.truth.silhouette) < 1e-9, "\(silhouette) \(golden.truth.silhouette)")
    let firstTwo = (0..<golden.hashed.count).flatMap {
      points.values[$0 * golden.hashed.dimensions..<$0 * golden.hashed.dimensions + 2]
    }
    let code = Neighbors(
      of: PointMatrix(count: golden.hashed.count, dimensions: 2, values: firstTwo), k: GoldenPoints.neighbors,
      pool: pool)
    let trust = PairMeasures.trustworthiness(of: code, original: points, pool: pool)
    #expect(abs(trust - golden.truth.trustworthiness) < 1e-12, "\(trust) \(golden.truth.trustworthiness)")
    #expect(PairMeasures.trustworthiness(of: code, original: AllPairs(of: points, pool: pool), pool: pool) == trust)
  }

  @Test("few points are laid out as well as scikit-learn and openTSNE do", arguments: GoldenLayout.all)
  func layouts(golden: GoldenLayout) {
    let tsne = TSNE(golden.hashed.points, pool: WorkerPool(threads: 2))
    while tsne.step() {}
    let best = min(golden.divergences.openTSNE, golden.divergences.scikit_learn)
    #expect(tsne.divergence() <= 1.005 * best, "\(tsne.divergence()) \(best)")
  }
}
