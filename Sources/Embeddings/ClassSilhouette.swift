// ClassSilhouette.swift
// How much nearer points are to their own class than to the next one.

import Parallel
import PointMatrices
import Tensors

/// The mean distances of every point to every class, from which its silhouette follows.
///
/// Blocks of points meet each other once, in rounds where each block has one partner: no two threads add to the same sum, and every
/// sum is taken in the same order whatever the threads.
struct ClassSilhouette: Sendable {
  private let points: PointMatrix
  /// Where each class begins, of points sorted by class, and the end.
  private let starts: [Int]
  /// The class of each point, 0 ..< classes.
  private let classes: [Int]
  /// Σ |i − j| over the points j of each class, [count, classes].
  private let sums: SharedResults

  /// - Returns: nil with fewer than two classes, and for points that are not finite.
  init?(_ points: PointMatrix, labels: [Int]) {
    // Classes side by side, so that a class is a stretch of a row.
    let order = (0..<points.count).sorted { (labels[$0], $0) < (labels[$1], $1) }
    var (starts, classes) = ([Int](), [Int]())
    for (place, point) in order.enumerated() {
      if place == 0 || labels[order[place - 1]] != labels[point] { starts.append(place) }
      classes.append(starts.count - 1)
    }
    guard starts.count > 1, points.isFinite else { return nil }
    self.points = PointMatrix(
      count: points.count, dimensions: points.dimensions,
      values: order.flatMap { points.values[$0 * points.dimensions..<($0 + 1) * points.dimensions] })
    self.starts = starts + [points.count]
    self.classes = classes
    sums = SharedResults(count: points.count * starts.count)
  }

  /// The mean of (b − a) / max(a, b), a the mean distance to the point's own class, b that to the nearest other.
  func mean(pool: WorkerPool) -> Double {
    let tiles = (0..<pool.threads).map { _ in DistanceTile() }
    let blocks = DistanceTile.blocks(points.count)
    pool.forEach(blocks) { block, worker in meet(block, block, with: tiles[worker]) }
    for round in RoundRobin(blocks).rounds {
      pool.forEach(round.count) { pair, worker in meet(round[pair].0, round[pair].1, with: tiles[worker]) }
    }
    return (0..<points.count).reduce(0.0) { $0 + silhouette(of: $1) } / Double(points.count)
  }

  private func silhouette(of point: Int) -> Double {
    let (own, width) = (classes[point], starts.count - 1)
    let size = starts[own + 1] - starts[own]
    if size == 1 { return 0 }
    let a = sums[point * width + own] / Double(size - 1)
    var b = Double.infinity
    for other in 0..<width where other != own {
      b = min(b, sums[point * width + other] / Double(starts[other + 1] - starts[other]))
    }
    return max(a, b) == 0 ? 0 : (b - a) / max(a, b)
  }

  /// Adds the distances between two blocks to the sums of both, or those within one block.
  private func meet(_ one: Int, _ other: Int, with tile: DistanceTile) {
    let (rows, columns) = (
      DistanceTile.range(one, of: points.count), DistanceTile.range(other, of: points.count)
    )
    tile.measure(rows, columns, of: points, isFused: true)
    tile.takeRoots(rows: rows.count)
    let (width, squares) = (starts.count - 1, tile.squares)
    for stretch in stretches(columns) {
      for (place, point) in rows.enumerated() {
        let row = UnsafeMutableRawPointer(squares + place * tile.width + stretch.places.lowerBound)
        sums[point * width + stretch.number] += sum(UnsafeRawPointer(row), stretch.places.count)
      }
    }
    if one == other { return }
    for stretch in stretches(rows) {
      for start in stride(from: 0, to: tile.width, by: 8) {
        var eight = SIMD8<Double>()
        for row in stretch.places {
          eight += UnsafeRawPointer(squares + row * tile.width + start).loadUnaligned(as: SIMD8<Double>.self)
        }
        for lane in 0..<min(8, max(0, columns.count - start)) {
          sums[(columns.lowerBound + start + lane) * width + stretch.number] += eight[lane]
        }
      }
    }
  }

  /// The classes of a block's points, each with the places of its points in the block.
  private func stretches(_ block: Range<Int>) -> [(number: Int, places: Range<Int>)] {
    (classes[block.lowerBound]...classes[block.upperBound - 1]).map { number in
      let points = block.clamped(to: starts[number]..<starts[number + 1])
      return (number, points.lowerBound - block.lowerBound..<points.upperBound - block.lowerBound)
    }
  }
}

/// Σ of neighboring numbers, in four lanes.
private func sum(_ numbers: UnsafeRawPointer, _ count: Int) -> Double {
  var sums = SIMD4<Double>()
  let whole = count & ~3
  for place in stride(from: 0, to: whole, by: 4) {
    sums += numbers.loadUnaligned(fromByteOffset: place * 8, as: SIMD4<Double>.self)
  }
  var sum = sums.sum()
  for place in whole..<count { sum += numbers.loadUnaligned(fromByteOffset: place * 8, as: Double.self) }
  return sum
}

/// Every pair of some blocks once, in rounds where no block is twice: one stays, the others go round (Kirkman's schedule).
struct RoundRobin {
  let rounds: [[(Int, Int)]]

  init(_ blocks: Int) {
    // If the number is odd, an empty block makes it even.
    let even = blocks + blocks % 2
    rounds = (0..<max(0, even - 1)).map { round in
      (0..<even / 2).compactMap { place in
        let turning = even - 1
        let one = place == 0 ? turning : (round + place) % turning
        let other = (round + turning - place) % turning
        return max(one, other) < blocks ? (min(one, other), max(one, other)) : nil
      }
    }
  }
}
