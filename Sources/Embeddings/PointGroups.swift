// PointGroups.swift
// Points of the plane in groups of neighbors, each of which repels those far away as one.

import Parallel
import Tensors

/// Groups of 64 points, so small that beyond some of their diameters only their number and their center count.
///
/// Changed by its owner alone, between two rounds of the pool. Groups are split from the set along its longer side, again and again, so the same places give the same groups, and
/// every sum is taken in the same order whatever the threads.
final class PointGroups: @unchecked Sendable {
  /// Points in a group; fewer in the last ones.
  private static let size = 64
  /// A group is one mass for another where its radius is less than this fraction of their distance.
  private static let openness: Float = 0.3

  private let count: Int
  /// The points' numbers, group after group.
  private var order: [Int32]
  private var groups: [Range<Int>] = []
  /// Coordinates of the points in that order, then centers and radii of the groups.
  private let (x, y): (Slab, Slab)
  private let (centerX, centerY, radius): (Slab, Slab, Slab)
  /// The places and masses that each thread hands to the kernel.
  private let lists: [(x: Slab, y: Slab, mass: Slab)]

  init(count: Int, threads: Int) {
    self.count = count
    order = (0..<count).map { Int32($0) }
    (x, y) = (Slab(count: count), Slab(count: count))
    let most = 2 * count / Self.size + 2
    (centerX, centerY, radius) = (Slab(count: most), Slab(count: most), Slab(count: most))
    lists = (0..<threads).map { _ in
      (Slab(count: count + most + 32), Slab(count: count + most + 32), Slab(count: count + most + 32))
    }
  }

  /// Forms the groups anew.
  func regroup(x: UnsafePointer<Float>, y: UnsafePointer<Float>) {
    groups.removeAll(keepingCapacity: true)
    var keys = [UInt64](repeating: 0, count: count)
    var pending = [0..<count]
    while let range = pending.popLast() {
      if range.count <= Self.size {
        groups.append(range)
        continue
      }
      let axis = extent(of: x, range) >= extent(of: y, range) ? x : y
      for place in range { keys[place] = axis[Int(order[place])].ordered << 32 | UInt64(order[place]) }
      keys[range].sort()
      for place in range { order[place] = Int32(truncatingIfNeeded: keys[place] & 0xFFFF_FFFF) }
      // Whole groups on the left.
      let half = range.lowerBound + (range.count / 2 + Self.size - 1) / Self.size * Self.size
      pending.append(half..<range.upperBound)
      pending.append(range.lowerBound..<half)
    }
  }

  private func extent(of axis: UnsafePointer<Float>, _ range: Range<Int>) -> Float {
    var (low, high) = (Float.infinity, -Float.infinity)
    for place in range {
      let value = axis[Int(order[place])]
      (low, high) = (min(low, value), max(high, value))
    }
    return high - low
  }

  /// The repulsion on every point, and its sum of 1 / (1 + d²), itself among them.
  /// - Parameters:
  ///   - x, y: the points' places, as they are now.
  ///   - forces, sums: one number for each point.
  func repel(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, forces: [Slab], sums: SharedResults, kernels: Kernels,
    pool: WorkerPool
  ) {
    measure(x: x, y: y, pool: pool)
    let (groups, order, lists) = (self.groups, self.order, self.lists)
    pool.forEach(groups.count) { [self] target, worker in
      let list = lists[worker]
      let own = groups[target]
      let length = fill(list, for: target)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Self.size) { force in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.size) { sum in
          let fx = UnsafeMutableBufferPointer(rebasing: force[..<own.count])
          let fy = UnsafeMutableBufferPointer(rebasing: force[Self.size..<Self.size + own.count])
          kernels.repel(
            x: list.x.start, y: list.y.start, masses: list.mass.start, count: length, range: 0..<own.count, forceX: fx,
            forceY: fy, sums: UnsafeMutableBufferPointer(rebasing: sum[..<own.count]))
          for (index, place) in own.enumerated() {
            let point = Int(order[place])
            forces[0].values[point] = fx[index]
            forces[1].values[point] = fy[index]
            sums[point] = sum[index]
          }
        }
      }
    }
  }

  /// Puts the points in the groups' order, and finds each group's center and radius.
  private func measure(x: UnsafePointer<Float>, y: UnsafePointer<Float>, pool: WorkerPool) {
    let (groups, order, ownX, ownY) = (self.groups, self.order, self.x, self.y)
    let (centerX, centerY, radius) = (self.centerX, self.centerY, self.radius)
    let places = Places(x: x, y: y)
    pool.forEach(groups.count) { group, _ in
      let range = groups[group]
      var (sumX, sumY): (Float, Float) = (0, 0)
      for place in range {
        (ownX.values[place], ownY.values[place]) = (places.x[Int(order[place])], places.y[Int(order[place])])
        (sumX, sumY) = (sumX + ownX.values[place], sumY + ownY.values[place])
      }
      let (middleX, middleY) = (sumX / Float(range.count), sumY / Float(range.count))
      var largest: Float = 0
      for place in range {
        let (dx, dy) = (ownX.values[place] - middleX, ownY.values[place] - middleY)
        largest = max(largest, dx * dx + dy * dy)
      }
      (centerX.values[group], centerY.values[group], radius.values[group]) = (middleX, middleY, largest.squareRoot())
    }
  }

  /// Lists the points that repel a group: its own, those of nearby groups, and one point for each distant group.
  /// - Returns: the number of points in the list.
  private func fill(_ list: (x: Slab, y: Slab, mass: Slab), for target: Int) -> Int {
    var length = 0
    func append(_ range: Range<Int>) {
      (list.x.base + length).update(from: x.base + range.lowerBound, count: range.count)
      (list.y.base + length).update(from: y.base + range.lowerBound, count: range.count)
      (list.mass.base + length).update(repeating: 1, count: range.count)
      length += range.count
    }
    append(groups[target])
    for group in groups.indices where group != target {
      let (dx, dy) = (centerX.values[group] - centerX.values[target], centerY.values[group] - centerY.values[target])
      let distance = (dx * dx + dy * dy).squareRoot() - radius.values[target]
      if radius.values[group] < Self.openness * distance {
        (list.x.values[length], list.y.values[length]) = (centerX.values[group], centerY.values[group])
        list.mass.values[length] = Float(groups[group].count)
        length += 1
      } else {
        append(groups[group])
      }
    }
    for place in length..<length + 16 {
      (list.x.values[place], list.y.values[place], list.mass.values[place]) = (1e18, 1e18, 0)
    }
    return length
  }
}

/// Places that several threads read.
private struct Places: @unchecked Sendable {
  let x: UnsafePointer<Float>
  let y: UnsafePointer<Float>
}

extension Float {
  /// Bits whose order is that of the numbers.
  fileprivate var ordered: UInt64 {
    let bits = UInt64(bitPattern)
    return sign == .minus ? ~bits & 0xFFFF_FFFF : bits | 0x8000_0000
  }
}
