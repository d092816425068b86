// ClassQuality.swift
// What a code tells of classes: how often neighbours agree, which classes they mix up, how far classes are apart.

package import Tensors

/// Votes of neighbours, leave-one-out.
package struct NeighbourVotes: Equatable, Sendable {
  /// [actual class, voted class]: numbers of points.
  package let confusion: [[Int]]

  /// Each point gets the class that most of its neighbours have; of equal votes that of the nearest one.
  /// - Parameter labels: of each point, 0 ..< classes.
  package init(_ neighbours: Neighbours, labels: [Int], classes: Int) {
    var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for point in 0..<neighbours.count {
      var votes = [Int](repeating: 0, count: classes)
      for neighbour in neighbours[point] { votes[labels[Int(neighbour)]] += 1 }
      let most = votes.max() ?? 0
      let winner = neighbours[point].first { votes[labels[Int($0)]] == most }.map { labels[Int($0)] } ?? 0
      confusion[labels[point]][winner] += 1
    }
    self.confusion = confusion
  }

  /// Votes that have been counted.
  package init(confusion: [[Int]]) { self.confusion = confusion }

  /// The share of points whose own class was voted for.
  package var accuracy: Double {
    let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    return Double(right) / Double(max(1, confusion.reduce(0) { $0 + $1.reduce(0, +) }))
  }

  /// Pairs of classes in falling order of how many points of one were taken for the other, either way.
  package var mixedUp: [(first: Int, second: Int, points: Int)] {
    confusion.indices.flatMap { first in
      (first + 1..<max(first + 1, confusion.count)).map { second in
        (first: first, second: second, points: confusion[first][second] + confusion[second][first])
      }
    }
    .filter { $0.points > 0 }
    .sorted { ($1.points, $0.first, $0.second) < ($0.points, $1.first, $1.second) }
  }
}

/// Measures over all pairs of points.
package enum PairMeasures {
  /// Rousseeuw's silhouette, mean over all points: (b − a) / max(a, b), a the mean distance to the point's own class, b that to the
  /// nearest other; 0 for the only point of a class. Nil with fewer than two classes.
  /// - Complexity: count² · dimensions.
  package static func silhouette(_ points: PointSet, labels: [Int], pool: WorkerPool) -> Double? {
    // Classes side by side, so that a class is a stretch of a row.
    let order = points.count == 0 ? [] : (0..<points.count).sorted { (labels[$0], $0) < (labels[$1], $1) }
    let sorted = PointSet(
      count: points.count, dimensions: points.dimensions,
      values: order.flatMap { points.values[$0 * points.dimensions..<($0 + 1) * points.dimensions] })
    var stretches: [Range<Int>] = []
    for (place, point) in order.enumerated() {
      if let last = stretches.last, labels[order[last.lowerBound]] == labels[point] {
        stretches[stretches.count - 1] = last.lowerBound..<place + 1
      } else {
        stretches.append(place..<place + 1)
      }
    }
    guard stretches.count > 1 else { return nil }
    let (table, classes) = (ClosenessTable(sorted), stretches)
    let result = Slab(count: max(1, points.count))
    table.forEachRow(pool: pool) { point, row in
      let square = table.squares[point]
      var (own, other) = (0.0, Double.infinity)
      var isAlone = false
      for stretch in classes {
        var sum = 0.0
        // 2 · closeness = |i|² − |i − j|².
        for place in stretch where place != point {
          sum += Double(max(0, square - 2 * row[place]).squareRoot())
        }
        if stretch.contains(point) {
          isAlone = stretch.count == 1
          own = sum / Double(max(1, stretch.count - 1))
        } else {
          other = min(other, sum / Double(stretch.count))
        }
      }
      let larger = max(own, other)
      result.base[point] = isAlone || larger == 0 ? 0 : Float((other - own) / larger)
    }
    return (0..<points.count).reduce(0.0) { $0 + Double(result.base[$1]) } / Double(points.count)
  }

  /// Venna and Kaski's trustworthiness of a code: 1 where all of the code's neighbours are neighbours in the original space too, less
  /// by how far down in the original's order the others come.
  /// - Precondition: as many points as neighbours are of, and k < count / 2.
  /// - Complexity: count² / 2 · dimensions.
  package static func trustworthiness(of code: Neighbours, original points: PointSet, pool: WorkerPool) -> Double {
    let ranks = NeighbourRanks(of: code, in: points, pool: pool)
    let penalty = ranks.closer.reduce(0) { $0 + max(0, $1 + 1 - code.k) }
    return trustworthiness(penalty: Double(penalty), count: code.count, k: code.k)
  }

  /// The same, of an original space that many codes are held against.
  /// - Complexity: count² · k.
  package static func trustworthiness(of code: Neighbours, original: AllPairs, pool: WorkerPool) -> Double {
    precondition(original.count == code.count, "the same points")
    let penalties = SharedResults(count: original.count)
    pool.forEach(original.count) { point, _ in
      penalties[point] = penalty(of: code[point], point: point, row: original[point])
    }
    return trustworthiness(penalty: penalties.values.reduce(0, +), count: code.count, k: code.k)
  }

  /// By how many places each neighbour lies beyond the k nearest of a row.
  private static func penalty(
    of neighbours: ArraySlice<Int32>, point: Int, row: UnsafeBufferPointer<Float>
  ) -> Double {
    var penalty = 0
    for neighbour in neighbours {
      let own = row[Int(neighbour)]
      var rank = 1
      for place in row.indices { rank += row[place] > own ? 1 : 0 }
      // The point itself is closer than any, and no neighbour.
      if row[point] > own { rank -= 1 }
      penalty += max(0, rank - neighbours.count)
    }
    return Double(penalty)
  }

  private static func trustworthiness(penalty: Double, count: Int, k neighbours: Int) -> Double {
    let (n, k) = (Double(count), Double(neighbours))
    precondition(2 * k < n, "fewer neighbours than half the points")
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * penalty
  }
}

/// How close all points of a space are to each other, held in memory: count² floats.
package struct AllPairs: Sendable {
  package let count: Int
  private let rows: Slab

  package init(of points: PointSet, pool: WorkerPool) {
    let (count, rows) = (points.count, Slab(count: points.count * points.count))
    ClosenessTable(points).forEachRow(pool: pool) { point, row in
      for place in 0..<count { rows.base[point * count + place] = row[place] }
    }
    (self.count, self.rows) = (count, rows)
  }

  /// The closeness of every point to point `point`.
  subscript(point: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: rows.base + point * count, count: count)
  }
}
