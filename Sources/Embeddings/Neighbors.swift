// Neighbors.swift
// The nearest neighbors of every point, exact.

package import Parallel
package import PointMatrices
import Tensors

/// The `k` nearest other points of each point, nearest first.
///
/// Ties: of points at the same distance, the one with the lower number comes first. That holds for equal points too, so the
/// neighbors do not depend on threads or machines. `tied` tells how many points have a last neighbor that only its number chose.
package struct Neighbors: Sendable {
  package let k: Int
  /// [count, k]
  package let numbers: [Int32]
  /// |i − j|², [count, k]
  package let squaredDistances: [Double]
  /// Points that have another point as far away as their last neighbor.
  package let tied: Int

  package var count: Int { numbers.count / k }

  /// Points that differ from each other. The first neighbor of one that has equals is the first of them.
  package var distinct: Int {
    (0..<count).count { squaredDistances[$0 * k] > 0 || numbers[$0 * k] > $0 }
  }

  /// The neighbors of point `point`.
  package subscript(point: Int) -> ArraySlice<Int32> { numbers[point * k..<(point + 1) * k] }

  /// Searches all pairs: single precision chooses candidates, double precision measures them. Where rounding could hide a
  /// neighbor from the first, all distances are measured. A distance that is no number counts as infinite.
  /// - Precondition: 1 ≤ k < count.
  /// - Complexity: count² · dimensions multiply-adds.
  package init(of points: PointMatrix, k: Int, pool: WorkerPool) {
    precondition((1..<points.count).contains(k), "1 to \(points.count - 1) neighbors")
    self.k = k
    let table = ClosenessTable(points)
    let search = NeighborSearch(table, k: k)
    let work = (0..<pool.threads).map { _ in NeighborSearch.Scratch(width: table.width) }
    pool.forEach(table.strips) { strip, worker in search.search(strip, with: work[worker]) }
    numbers = Array(search.numbers)
    squaredDistances = Array(search.distances)
    tied = search.isTied.reduce(0) { $0 + ($1 ? 1 : 0) }
  }
}

/// The state that the threads of a search have in common; each writes the results of its own points.
private final class NeighborSearch: @unchecked Sendable {
  let numbers: UnsafeMutableBufferPointer<Int32>
  let distances: UnsafeMutableBufferPointer<Double>
  let isTied: UnsafeMutableBufferPointer<Bool>
  private let table: ClosenessTable
  private let k: Int
  /// One more than `k`, where there are more: it tells whether the last neighbor has an equal.
  private let wanted: Int

  /// One thread's memory.
  final class Scratch: @unchecked Sendable {
    let rows: Slab
    let tile = DistanceTile()
    init(width: Int) { rows = Slab(count: ClosenessTable.rows * width) }
  }

  init(_ table: ClosenessTable, k: Int) {
    let count = table.points.count
    (self.table, self.k, wanted) = (table, k, min(k + 1, count - 1))
    numbers = .allocate(capacity: count * k)
    numbers.initialize(repeating: 0)
    distances = .allocate(capacity: count * k)
    distances.initialize(repeating: 0)
    isTied = .allocate(capacity: count)
    isTied.initialize(repeating: false)
  }

  deinit {
    numbers.deallocate()
    distances.deallocate()
    isTied.deallocate()
  }

  func search(_ strip: Int, with scratch: Scratch) {
    table.fill(strip, into: scratch.rows)
    var unsure: [Int] = []
    for (place, point) in table.range(ofStrip: strip).enumerated() {
      let row = UnsafeBufferPointer(
        scratch.rows.range(place * table.width..<place * table.width + table.points.count))
      if let nearest = nearest(to: point, row) { store(nearest, of: point) } else { unsure.append(point) }
    }
    if !unsure.isEmpty { measure(unsure, with: scratch.tile) }
  }

  /// The nearest points by their closeness, or nil where too many lie within its margin.
  private func nearest(to point: Int, _ row: UnsafeBufferPointer<Float>) -> NearestPoints? {
    let margin = table.margin(of: point)
    guard margin.isFinite else { return nil }
    let candidates = ClosestPlaces(min(wanted + 16, row.count - 1), of: row, without: point)
    let nearest = measured(candidates.numbers, from: point)
    let last = table.closeness(to: point, squaredDistance: nearest.farthest)
    // All others are farther than the last one wanted, beyond doubt.
    if candidates.numbers.count == row.count - 1 || last > Double(candidates.limit) + margin { return nearest }
    let limit = last - margin
    var possible: [Int32] = []
    for place in row.indices where place != point && Double(row[place]) >= limit {
      if possible.count > row.count / 8 + 4 * wanted { return nil }
      possible.append(Int32(truncatingIfNeeded: place))
    }
    return measured(possible, from: point)
  }

  private func measured(_ numbers: [Int32], from point: Int) -> NearestPoints {
    var nearest = NearestPoints(wanted)
    for (number, distance) in zip(numbers, table.points.squaredDistances(from: point, to: numbers)) {
      nearest.look(at: number, distance)
    }
    nearest.sort()
    return nearest
  }

  /// Measures all distances of some points of a strip.
  private func measure(_ unsure: [Int], with tile: DistanceTile) {
    let count = table.points.count
    var nearest = unsure.map { _ in NearestPoints(wanted) }
    for block in 0..<DistanceTile.blocks(count) {
      let columns = DistanceTile.range(block, of: count)
      tile.measure(unsure, columns, of: table.points)
      for (place, point) in unsure.enumerated() {
        let row = tile.squares + place * tile.width
        for (column, number) in columns.enumerated() where number != point {
          nearest[place].look(at: Int32(truncatingIfNeeded: number), row[column])
        }
      }
    }
    for (place, point) in unsure.enumerated() {
      nearest[place].sort()
      store(nearest[place], of: point)
    }
  }

  private func store(_ nearest: NearestPoints, of point: Int) {
    for (place, neighbor) in nearest.points.prefix(k).enumerated() {
      numbers[point * k + place] = neighbor.number
      distances[point * k + place] = neighbor.distance
    }
    isTied[point] = nearest.points.count > k && nearest.points[k].distance == nearest.points[k - 1].distance
  }
}

/// The nearest of the points that were looked at; of equal distances the lower numbers.
private struct NearestPoints {
  private let wanted: Int
  private(set) var points: [(distance: Double, number: Int32)] = []
  /// The last one wanted, once there are as many; none behind it is kept.
  private var last: (distance: Double, number: Int32) = (.infinity, .max)

  init(_ wanted: Int) {
    self.wanted = wanted
    points.reserveCapacity(4 * wanted + 4)
  }

  mutating func look(at number: Int32, _ distance: Double) {
    let distance = distance.isNaN ? .infinity : distance
    guard (distance, number) < last else { return }
    points.append((distance, number))
    if points.count >= 4 * wanted + 4 { sort() }
  }

  mutating func sort() {
    points.sort { ($0.distance, $0.number) < ($1.distance, $1.number) }
    if points.count >= wanted {
      points.removeSubrange(wanted...)
      last = points[wanted - 1]
    }
  }

  /// The distance of the last one wanted.
  var farthest: Double { points.last?.distance ?? .infinity }
}

/// The places of the largest numbers of a row; of equal ones the first.
private struct ClosestPlaces {
  private(set) var numbers: [Int32]
  /// No other place has a larger number.
  private(set) var limit = -Float.infinity

  init(_ wanted: Int, of row: UnsafeBufferPointer<Float>, without point: Int) {
    numbers = []
    guard let base = row.baseAddress else { return }
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
    numbers = kept.map(\.number)
    limit = threshold
  }
}
