// ClassQuality.swift
// How well latent codes separate classes: how often neighbors agree, which classes they confuse, how far classes are apart.

package import Parallel
package import PointMatrices
import Tensors

/// Votes of neighbors, leave-one-out.
package struct NeighborVotes: Equatable, Sendable {
  /// [actual class, voted class]: numbers of points.
  package let confusion: [[Int]]

  /// Each point gets the class that most of its neighbors have; of equal votes that of the nearest one.
  /// - Parameter labels: of each point, 0 ..< classes.
  package init(_ neighbors: Neighbors, labels: [Int], classes: Int) {
    var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for point in 0..<neighbors.count {
      var votes = [Int](repeating: 0, count: classes)
      for neighbor in neighbors[point] { votes[labels[Int(neighbor)]] += 1 }
      let most = votes.max() ?? 0
      let winner = neighbors[point].first { votes[labels[Int($0)]] == most }.map { labels[Int($0)] } ?? 0
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

/// Measures over all pairs of points, from distances in double precision: neither an offset nor a point far away costs digits.
package enum PairMeasures {
  /// Rousseeuw's silhouette, mean over all points: (b − a) / max(a, b), a the mean distance to the point's own class, b that to the
  /// nearest other; 0 for the only point of a class, and where a and b are 0. Nil with fewer than two classes, and for points that
  /// are not finite.
  /// - Parameter labels: of each point, any numbers.
  /// - Complexity: count² / 2 · dimensions; memory for count · classes sums.
  package static func silhouette(_ points: PointMatrix, labels: [Int], pool: WorkerPool) -> Double? {
    ClassSilhouette(points, labels: labels)?.mean(pool: pool)
  }

  /// Venna and Kaski's trustworthiness of a code: 1 where all of the code's neighbors are neighbors in the original space too, less
  /// by how far down in the original's order the others come. A neighbor's place is the number of points that are closer, plus 1.
  /// - Precondition: as many points as neighbors are of, and k < count / 2.
  /// - Complexity: count² / 2 · dimensions.
  package static func trustworthiness(of code: Neighbors, original points: PointMatrix, pool: WorkerPool) -> Double {
    let ranks = NeighborRanks(of: code, in: points, pool: pool)
    let penalty = ranks.closer.reduce(0) { $0 + max(0, $1 + 1 - code.k) }
    return trustworthiness(penalty: Double(penalty), count: code.count, k: code.k)
  }

  /// The same, of an original space that many codes are held against.
  /// - Complexity: count² · k.
  package static func trustworthiness(of code: Neighbors, original: AllPairs, pool: WorkerPool) -> Double {
    precondition(original.count == code.count, "the same points")
    let penalties = SharedResults(count: original.count)
    pool.forEach(original.count) { point, _ in
      penalties[point] = penalty(of: code[point], point: point, row: original[point])
    }
    return trustworthiness(penalty: penalties.values.reduce(0, +), count: code.count, k: code.k)
  }

  /// By how many places each neighbor lies beyond the k nearest of a row.
  private static func penalty(
    of neighbors: ArraySlice<Int32>, point: Int, row: UnsafeBufferPointer<Double>
  ) -> Double {
    var penalty = 0
    for neighbor in neighbors {
      let own = row[Int(neighbor)]
      var rank = 1
      for place in row.indices { rank += row[place] < own ? 1 : 0 }
      // The point itself is closer than any, and no neighbor.
      if row[point] < own { rank -= 1 }
      penalty += max(0, rank - neighbors.count)
    }
    return Double(penalty)
  }

  private static func trustworthiness(penalty: Double, count: Int, k neighbors: Int) -> Double {
    let (n, k) = (Double(count), Double(neighbors))
    precondition(2 * k < n, "fewer neighbors than half the points")
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * penalty
  }
}

/// How far all points of a space are from each other, held in memory: count² doubles.
package struct AllPairs: Sendable {
  package let count: Int
  private let rows: SharedResults

  package init(of points: PointMatrix, pool: WorkerPool) {
    let (count, rows) = (points.count, SharedResults(count: points.count * points.count))
    let tiles = (0..<pool.threads).map { _ in DistanceTile() }
    let blocks = DistanceTile.blocks(count)
    pool.forEach(blocks) { one, worker in
      let (tile, own) = (tiles[worker], DistanceTile.range(one, of: count))
      for other in one..<blocks {
        let others = DistanceTile.range(other, of: count)
        tile.measure(own, others, of: points)
        for (row, point) in own.enumerated() {
          (rows.base + point * count + others.lowerBound).update(
            from: tile.squares + row * tile.width, count: others.count)
        }
        if one == other { continue }
        for (column, point) in others.enumerated() {
          let target = rows.base + point * count + own.lowerBound
          for row in 0..<own.count { target[row] = tile.squares[row * tile.width + column] }
        }
      }
    }
    (self.count, self.rows) = (count, rows)
  }

  /// The squared distance of every point to point `point`.
  subscript(point: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: rows.base + point * count, count: count)
  }
}
