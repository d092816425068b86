// NeighborGraph.swift
// A symmetric sparse matrix over points and their neighbors: the graph that t-SNE and UMAP lay out.

import Parallel

/// Weighted edges between points; each edge is in the rows of both its ends.
struct NeighborGraph: Sendable {
  /// The start of each point's row; one more than there are points.
  let starts: [Int]
  /// The points at the other ends, ascending in each row.
  let numbers: [Int32]
  let weights: [Float]

  /// Number of points.
  var count: Int { starts.count - 1 }

  init(starts: [Int], numbers: [Int32], weights: [Float]) {
    (self.starts, self.numbers, self.weights) = (starts, numbers, weights)
  }

  /// Joins the directed weights between points and their neighbors.
  /// - Parameters:
  ///   - directed: the weight from each point to each of its neighbors, [count, k].
  ///   - joined: the weight of an edge from those of both directions; 0 is a missing one.
  init(_ neighbors: Neighbors, _ directed: SharedResults, joined: (Double, Double) -> Float) {
    let (count, k) = (neighbors.count, neighbors.k)
    // The points that have a point among their neighbors, ascending, and the places of that weight.
    var backStarts = [Int](repeating: 0, count: count + 1)
    for number in neighbors.numbers { backStarts[Int(number) + 1] += 1 }
    for point in 0..<count { backStarts[point + 1] += backStarts[point] }
    var ends = backStarts
    var back = [(number: Int32, place: Int)](repeating: (0, 0), count: count * k)
    for point in 0..<count {
      for (rank, neighbor) in neighbors[point].enumerated() {
        back[ends[Int(neighbor)]] = (Int32(point), point * k + rank)
        ends[Int(neighbor)] += 1
      }
    }
    var (starts, numbers, weights) = ([0], [Int32](), [Float]())
    for point in 0..<count {
      let own = neighbors[point].enumerated().map { (number: $1, place: point * k + $0) }
        .sorted { $0.number < $1.number }
      let others = back[backStarts[point]..<backStarts[point + 1]]
      var (one, other) = (own.startIndex, others.startIndex)
      while one < own.endIndex || other < others.endIndex {
        let first = one < own.endIndex ? own[one].number : .max
        let second = other < others.endIndex ? others[other].number : .max
        let number = min(first, second)
        let forth = first == number ? directed[own[one].place] : 0
        let reverse = second == number ? directed[others[other].place] : 0
        if first == number { one += 1 }
        if second == number { other += 1 }
        numbers.append(number)
        weights.append(joined(forth, reverse))
      }
      starts.append(numbers.count)
    }
    self.init(starts: starts, numbers: numbers, weights: weights)
  }

  /// Returns the graph without the edges that are lighter than a limit.
  func without(lighterThan limit: Float) -> NeighborGraph {
    var (starts, numbers, weights) = ([0], [Int32](), [Float]())
    for point in 0..<count {
      for edge in self.starts[point]..<self.starts[point + 1] where self.weights[edge] >= limit {
        numbers.append(self.numbers[edge])
        weights.append(self.weights[edge])
      }
      starts.append(numbers.count)
    }
    return NeighborGraph(starts: starts, numbers: numbers, weights: weights)
  }
}
