// NeighbourRanks.swift
// By how many points another space would put before each neighbour: the pairs of all points, each looked at once.

import Tensors

/// Of every neighbour of every point, how many points of an original space are closer to that point than the neighbour is.
struct NeighbourRanks {
  /// [count, k]; the point itself is not counted.
  let closer: [Int]

  /// The closeness of a pair is in both points' rows: strips of points meet each other once.
  /// - Precondition: as many points as neighbours are of.
  /// - Complexity: count² / 2 · dimensions multiply-adds.
  init(of code: Neighbours, in points: PointSet, pool: WorkerPool) {
    precondition(points.count == code.count, "the same points")
    let (table, k) = (ClosenessTable(points), code.k)
    let limits = Self.limits(code, table, pool: pool)
    let work = (0..<pool.threads).map { _ in Work(numbers: points.count * k) }
    pool.forEach(table.strips) { strip, worker in
      for other in strip..<table.strips { work[worker].meet(strip, other, table, limits: limits, k: k) }
    }
    closer = (0..<points.count * k).map { place in work.reduce(0) { $0 + Int($1.counts[place]) } }
  }

  /// How close each neighbour is, [count, k].
  private static func limits(_ code: Neighbours, _ table: ClosenessTable, pool: WorkerPool) -> Slab {
    let limits = Slab(count: max(1, code.count * code.k))
    pool.forEach(code.count) { point, _ in
      for (place, neighbour) in code[point].enumerated() {
        limits.base[point * code.k + place] = table.product(point, Int(neighbour)) + table.bias.base[Int(neighbour)]
      }
    }
    return limits
  }

  /// One thread's counts and scratch memory.
  private final class Work: @unchecked Sendable {
    let counts: UnsafeMutableBufferPointer<Int32>
    private let square = Slab(count: ClosenessTable.rows * ClosenessTable.rows)
    private let turned = Slab(count: ClosenessTable.rows * ClosenessTable.rows)

    init(numbers: Int) {
      counts = .allocate(capacity: max(1, numbers))
      counts.initialize(repeating: 0)
    }

    deinit { counts.deallocate() }

    /// Counts the points of each strip that are closer to those of the other than their neighbours are.
    func meet(_ strip: Int, _ other: Int, _ table: ClosenessTable, limits: Slab, k: Int) {
      let (rows, columns, size) = (table.range(ofStrip: strip), table.range(ofStrip: other), ClosenessTable.rows)
      table.products(strip, with: other, into: square.start)
      if strip == other {
        // No point is a neighbour of its own.
        for place in 0..<rows.count { square.base[place * size + place] = -.greatestFiniteMagnitude }
      } else {
        table.kernels.transpose(
          square.start, rows: rows.count, columns: columns.count, fromRow: size, toRow: size, into: turned.start)
        count(columns, in: turned, among: rows, table, limits: limits, k: k)
      }
      count(rows, in: square, among: columns, table, limits: limits, k: k)
    }

    private func count(
      _ points: Range<Int>, in products: Slab, among others: Range<Int>, _ table: ClosenessTable, limits: Slab, k: Int
    ) {
      guard let counts = counts.baseAddress else { return }
      for (place, point) in points.enumerated() {
        table.kernels.countAbove(
          limits.start + point * k, limits: k, x: products.start + place * ClosenessTable.rows,
          y: table.bias.start + others.lowerBound, count: others.count, into: counts + point * k)
      }
    }
  }
}
