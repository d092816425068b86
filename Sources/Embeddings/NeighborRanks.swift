// NeighborRanks.swift
// By how many points another space would put before each neighbor: the pairs of all points, each looked at once.

import Parallel
import PointMatrices
import Tensors

/// Counts, for every neighbor of every point, the points of the original space that are closer to the point than the neighbor is.
///
/// Single precision counts the points that are closer beyond doubt. Those within its margin are measured in double precision, so the
/// counts are exact; points at the same distance as the neighbor are not closer.
struct NeighborRanks {
  /// [count, k]; the point itself is not counted.
  let closer: [Int]

  /// The closeness of a pair is in both points' rows: strips of points meet each other once.
  /// - Precondition: as many points as neighbors are of.
  /// - Complexity: count² / 2 · dimensions multiply-adds.
  init(of code: Neighbors, in points: PointMatrix, pool: WorkerPool) {
    precondition(points.count == code.count, "the same points")
    let limits = RankLimits(code, ClosenessTable(points), pool: pool)
    let work = (0..<pool.threads).map { _ in RankCounter(limits) }
    let strips = limits.table.strips
    pool.forEach(strips) { strip, worker in
      for other in strip..<strips { work[worker].meet(strip, other) }
    }
    closer = (0..<points.count * code.k).map { place in work.reduce(0) { $0 + Int($1.counts[place]) } }
  }
}

/// The limits that decide whether a point is closer than a neighbor.
private struct RankLimits: Sendable {
  let code: Neighbors
  let table: ClosenessTable
  /// |i − j|² of each neighbor in the original space, [count, k].
  let squaredDistances: SharedResults
  /// [count, 2k]: what is above the first k is closer for certain, what is not above the others is not.
  let closeness: Slab

  init(_ code: Neighbors, _ table: ClosenessTable, pool: WorkerPool) {
    (self.code, self.table) = (code, table)
    let (count, k) = (code.count, code.k)
    let (squares, closeness) = (SharedResults(count: count * k), Slab(count: max(1, 2 * count * k)))
    pool.forEach(count) { point, _ in
      let margin = table.margin(of: point)
      let distances = table.points.squaredDistances(from: point, to: code[point])
      for (place, distance) in distances.enumerated() {
        squares[point * k + place] = distance
        let own = table.closeness(to: point, squaredDistance: distance)
        let isKnown = margin.isFinite && own.isFinite
        let limits = closeness.start + (2 * point * k + place)
        limits[0] = isKnown ? Float(own + margin) : .infinity
        limits[k] = isKnown ? Float(own - margin) : -.infinity
      }
    }
    (squaredDistances, self.closeness) = (squares, closeness)
  }
}

/// One thread's counts and scratch memory.
private final class RankCounter: @unchecked Sendable {
  /// [count, k]
  let counts: UnsafeMutableBufferPointer<Int32>
  private let limits: RankLimits
  private let k: Int
  private let square = Slab(count: ClosenessTable.rows * ClosenessTable.rows)
  private let turned = Slab(count: ClosenessTable.rows * ClosenessTable.rows)
  private let tile = DistanceTile()
  /// How many points are above each of one point's limits.
  private let above: UnsafeMutablePointer<Int32>
  private var open: [OpenCount] = []
  private var openPoints = 0

  /// Some of the points of a strip are so close to a neighbor's place that only their distance decides.
  private struct OpenCount {
    let point: Int
    /// Which of the neighbors, 0 ..< k.
    let place: Int
    /// The closer ones for certain, which are counted already.
    let certain: Int32
    /// The closeness without bias of each point of the strip.
    let products: SlabPointer
    let isTurned: Bool
  }

  init(_ limits: RankLimits) {
    (self.limits, k) = (limits, limits.code.k)
    above = .allocate(capacity: 2 * k)
    above.initialize(repeating: 0, count: 2 * k)
    counts = .allocate(capacity: max(1, limits.code.count * k))
    counts.initialize(repeating: 0)
  }

  deinit {
    counts.deallocate()
    above.deallocate()
  }

  /// Counts the points of each strip that are closer to those of the other than their neighbors are.
  func meet(_ strip: Int, _ other: Int) {
    let table = limits.table
    let (rows, columns, size) = (table.range(ofStrip: strip), table.range(ofStrip: other), ClosenessTable.rows)
    table.products(strip, with: other, into: square.start)
    if strip == other {
      // No point is a neighbor of its own.
      for place in 0..<rows.count { square.values[place * size + place] = -.greatestFiniteMagnitude }
    } else {
      table.kernels.transpose(
        square.start, rows: rows.count, columns: columns.count, fromRow: size, toRow: size, into: turned.start)
      count(columns, in: turned, among: rows, isTurned: true)
    }
    count(rows, in: square, among: columns, isTurned: false)
    if !open.isEmpty { settle(rows, columns) }
  }

  private func count(_ points: Range<Int>, in products: Slab, among others: Range<Int>, isTurned: Bool) {
    let (kernels, bias) = (limits.table.kernels, limits.table.bias.start + others.lowerBound)
    for (index, point) in points.enumerated() {
      let row = products.start + index * ClosenessTable.rows
      above.update(repeating: 0, count: 2 * k)
      kernels.countAbove(
        limits.closeness.start + 2 * point * k, limits: 2 * k, x: row, y: bias, count: others.count, into: above)
      for place in 0..<k {
        counts[point * k + place] += above[place]
        var doubtful = Int(above[k + place] - above[place])
        if doubtful == 0 { continue }
        // The neighbor itself is within the margin of its own place.
        if others.contains(Int(limits.code.numbers[point * k + place])) { doubtful -= 1 }
        guard doubtful > 0 else { continue }
        openPoints += doubtful
        open.append(
          OpenCount(point: point, place: place, certain: above[place], products: row, isTurned: isTurned))
      }
    }
  }

  /// Decides what is open: a few points one by one, many by the distances of all pairs.
  private func settle(_ rows: Range<Int>, _ columns: Range<Int>) {
    if openPoints > 4 * ClosenessTable.rows {
      tile.measure(rows, columns, of: limits.table.points)
      for open in open {
        let limit = limits.squaredDistances[open.point * k + open.place]
        counts[open.point * k + open.place] += measured(open, rows, columns, limit) - open.certain
      }
    } else {
      var (pairs, places) = ([(Int32, Int32)](), [Int]())
      for open in open {
        for other in doubtful(open, open.isTurned ? rows : columns) {
          pairs.append((Int32(truncatingIfNeeded: open.point), other))
          places.append(open.point * k + open.place)
        }
      }
      for (place, square) in zip(places, limits.table.points.squaredDistances(pairs)) {
        if square < limits.squaredDistances[place] { counts[place] += 1 }
      }
    }
    open.removeAll(keepingCapacity: true)
    openPoints = 0
  }

  /// How many points of the tile are closer.
  private func measured(_ open: OpenCount, _ rows: Range<Int>, _ columns: Range<Int>, _ limit: Double) -> Int32 {
    let (others, own) = open.isTurned ? (rows, columns) : (columns, rows)
    let first = tile.squares + (open.point - own.lowerBound) * (open.isTurned ? 1 : tile.width)
    let step = open.isTurned ? tile.width : 1
    var closer: Int32 = 0
    for (index, other) in others.enumerated() where first[index * step] < limit && other != open.point { closer += 1 }
    return closer
  }

  /// The points within the margin, without the neighbor itself.
  private func doubtful(_ open: OpenCount, _ others: Range<Int>) -> [Int32] {
    let (bias, own) = (limits.table.bias.start, limits.closeness.start + (2 * open.point * k + open.place))
    let (high, low) = (own[0], own[k])
    let neighbor = Int(limits.code.numbers[open.point * k + open.place])
    var found: [Int32] = []
    for (index, other) in others.enumerated() where other != open.point && other != neighbor {
      let closeness = open.products[index] + bias[other]
      if closeness > low, !(closeness > high) { found.append(Int32(truncatingIfNeeded: other)) }
    }
    return found
  }
}
