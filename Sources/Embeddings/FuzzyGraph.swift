// FuzzyGraph.swift
// How certainly each point belongs to each of its neighbors: the weights of UMAP's graph.

import Parallel

extension NeighborGraph {
  /// Makes UMAP's graph (McInnes, Healy, Melville, 2018): a neighbor at distance d belongs to a point by exp(−max(0, d − ρ) / σ),
  /// and an edge by at least one of both directions, as independent chances.
  ///
  /// ρ is the distance of the nearest point that is not equal. σ is chosen so that the weights add up to log₂(k + 1): the
  /// reference counts the point itself as its first neighbor.
  init(fuzzy neighbors: Neighbors, pool: WorkerPool) {
    let (count, k) = (neighbors.count, neighbors.k)
    let directed = SharedResults(count: count * k)
    let distances = SharedResults(count: count * k)
    for place in neighbors.squaredDistances.indices {
      distances[place] = neighbors.squaredDistances[place].squareRoot()
    }
    let mean = (0..<count * k).reduce(0) { $0 + distances[$1] } / Double(count * (k + 1))
    pool.forEach(count) { point, _ in
      let row = (point * k..<(point + 1) * k).map { distances[$0] }
      for (rank, weight) in Self.memberships(row, meanOfAll: mean).enumerated() { directed[point * k + rank] = weight }
    }
    self.init(neighbors, directed) { Float($0 + $1 - $0 * $1) }
  }

  /// Returns how certainly neighbors at some distances belong to their point.
  private static func memberships(_ distances: [Double], meanOfAll: Double) -> [Double] {
    let nearest = distances.first { $0 > 0 } ?? 0
    let beyond = distances.map { max(0, $0 - nearest) }
    let mean = distances.reduce(0, +) / Double(distances.count + 1)
    let least = leastWidth * (nearest > 0 ? mean : meanOfAll)
    let width = max(width(beyond, sum: (Double(distances.count + 1)).logarithm / 2.0.logarithm, from: mean), least)
    return beyond.map { $0 > 0 && width > 0 ? (-$0 / width).exponential : $0 > 0 ? 0 : 1 }
  }

  /// σ is at least this fraction of the mean distance.
  private static let leastWidth = 1e-3

  /// Returns the σ at which Σ exp(−d / σ) has a value, by bisection; as large as it gets if there is none.
  private static func width(_ distances: [Double], sum wanted: Double, from start: Double) -> Double {
    guard start > 0, start.isFinite else { return 0 }
    var (middle, low, high) = (start, 0.0, Double.infinity)
    for _ in 0..<64 {
      let sum = distances.reduce(0) { $0 + ($1 > 0 ? (-$1 / middle).exponential : 1) }
      if abs(sum - wanted) < 1e-5 { break }
      if sum > wanted { high = middle } else { low = middle }
      middle = high.isInfinite ? middle * 2 : (low + high) / 2
    }
    return middle
  }
}
