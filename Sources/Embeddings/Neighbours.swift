// Neighbours.swift
// The nearest neighbours of every point, exact.

package import Tensors

/// The `k` nearest other points of each point, nearest first; of equal distances the lower number first.
package struct Neighbours: Sendable {
  package let k: Int
  /// [count, k]
  package let numbers: [Int32]
  /// |i − j|², [count, k]
  package let squaredDistances: [Double]

  package var count: Int { numbers.count / k }

  /// The neighbours of point `point`.
  package subscript(point: Int) -> ArraySlice<Int32> { numbers[point * k..<(point + 1) * k] }

  /// Searches all pairs: candidates in single precision, whose distances are then computed anew in double precision.
  /// - Precondition: 1 ≤ k < count.
  /// - Complexity: count² · dimensions multiply-adds.
  package init(of points: PointSet, k: Int, pool: WorkerPool) {
    precondition((1..<points.count).contains(k), "1 to \(points.count - 1) neighbours")
    self.k = k
    // Some more, so that no digit lost in single precision costs a neighbour.
    let wanted = min(k + 16, points.count - 1)
    let found = Found(count: points.count * k)
    ClosenessTable(points).forEachRow(pool: pool) { point, row in
      let nearest = Candidates.best(wanted, of: row, without: point)
        .map { (distance: points.squaredDistance(point, Int($0)), number: $0) }
        .sorted { ($0.distance, $0.number) < ($1.distance, $1.number) }
      for (place, neighbour) in nearest.prefix(k).enumerated() {
        found.numbers[point * k + place] = neighbour.number
        found.distances[point * k + place] = neighbour.distance
      }
    }
    numbers = Array(found.numbers)
    squaredDistances = Array(found.distances)
  }

  /// What the threads write, each its own points.
  private final class Found: @unchecked Sendable {
    let numbers: UnsafeMutableBufferPointer<Int32>
    let distances: UnsafeMutableBufferPointer<Double>

    init(count: Int) {
      numbers = .allocate(capacity: count)
      numbers.initialize(repeating: 0)
      distances = .allocate(capacity: count)
      distances.initialize(repeating: 0)
    }

    deinit {
      numbers.deallocate()
      distances.deallocate()
    }
  }
}

/// The largest of many numbers.
private enum Candidates {
  /// The places of the `wanted` largest numbers of a row, in no order.
  static func best(_ wanted: Int, of row: UnsafeBufferPointer<Float>, without point: Int) -> ArraySlice<Int32> {
    guard let base = row.baseAddress else { return [] }
    var kept: [(value: Float, number: Int32)] = []
    kept.reserveCapacity(4 * wanted)
    var threshold = -Float.infinity
    func cut() {
      kept.sort { $0.value > $1.value || $0.value == $1.value && $0.number < $1.number }
      kept.removeSubrange(wanted...)
      threshold = kept[wanted - 1].value
    }
    func look(at place: Int) {
      guard row[place] > threshold, place != point else { return }
      kept.append((row[place], Int32(place)))
      if kept.count == 4 * wanted { cut() }
    }
    let whole = row.count & ~15
    for start in stride(from: 0, to: whole, by: 16) {
      let values = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD16<Float>.self)
      if any(values .> threshold) { for place in start..<start + 16 { look(at: place) } }
    }
    for place in whole..<row.count { look(at: place) }
    if kept.count > wanted { cut() }
    return kept.map(\.number)[...]
  }
}
