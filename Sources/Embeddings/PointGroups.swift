// PointGroups.swift
// Points of a layout in groups of neighbors, each of which repels those far away as one.

import Parallel
import Tensors

/// Groups of 64 points, so small that beyond some of their diameters only their number and their center count.
///
/// Changed by its owner alone, between two rounds of the pool. Groups are split from the set along its longest side, again and again, so the same places give the same groups, and
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
  /// Coordinates of the points in that order, along each axis.
  private let places: [Slab]
  /// Centers of the groups along each axis, and radii.
  private let centers: [Slab]
  private let radius: Slab
  /// The places and masses that each thread hands to the kernel.
  private let lists: [List]

  private struct List: Sendable {
    let axes: [Slab]
    let mass: Slab
  }

  /// - Parameter axes: number of dimensions, 2 or 3.
  init(count: Int, axes: Int, threads: Int) {
    self.count = count
    order = (0..<count).map { Int32($0) }
    let most = 2 * count / Self.size + 2
    func slabs(_ count: Int) -> [Slab] { (0..<axes).map { _ in Slab(count: count) } }
    (places, centers, radius) = (slabs(count), slabs(most), Slab(count: most))
    lists = (0..<threads).map { _ in List(axes: slabs(count + most + 32), mass: Slab(count: count + most + 32)) }
  }

  /// Forms the groups anew.
  func regroup(_ axes: [Slab]) {
    groups.removeAll(keepingCapacity: true)
    var keys = [UInt64](repeating: 0, count: count)
    var pending = [0..<count]
    while let range = pending.popLast() {
      if range.count <= Self.size {
        groups.append(range)
        continue
      }
      // The first of the longest sides.
      let extents = axes.map { extent(of: $0.base, range) }
      let longest = extents.indices.reduce(0) { extents[$1] > extents[$0] ? $1 : $0 }
      let axis = axes[longest].base
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
  ///   - axes: the points' places, as they are now.
  ///   - forces: one number for each point along each axis.
  ///   - sums: one number for each point.
  func repel(_ axes: [Slab], forces: [Slab], sums: SharedResults, kernels: Kernels, pool: WorkerPool) {
    measure(axes, pool: pool)
    let (groups, order, lists) = (self.groups, self.order, self.lists)
    pool.forEach(groups.count) { [self] target, worker in
      let list = lists[worker]
      let own = groups[target]
      let length = fill(list, for: target)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: forces.count * Self.size) { force in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.size) { sum in
          let along = forces.indices.map { axis in
            UnsafeMutableBufferPointer(rebasing: force[axis * Self.size..<axis * Self.size + own.count])
          }
          kernels.repel(
            axes: list.axes.map(\.start), masses: list.mass.start, count: length, range: 0..<own.count, forces: along,
            sums: UnsafeMutableBufferPointer(rebasing: sum[..<own.count]))
          for (index, place) in own.enumerated() {
            let point = Int(order[place])
            for axis in forces.indices { forces[axis].values[point] = along[axis][index] }
            sums[point] = sum[index]
          }
        }
      }
    }
  }

  /// Puts the points in the groups' order, and finds each group's center and radius.
  private func measure(_ axes: [Slab], pool: WorkerPool) {
    let (groups, order, places) = (self.groups, self.order, self.places)
    let (centers, radius) = (self.centers, self.radius)
    pool.forEach(groups.count) { group, _ in
      let range = groups[group]
      for axis in axes.indices {
        var sum: Float = 0
        for place in range {
          places[axis].values[place] = axes[axis].values[Int(order[place])]
          sum += places[axis].values[place]
        }
        centers[axis].values[group] = sum / Float(range.count)
      }
      var largest: Float = 0
      for place in range {
        let square = axes.indices.reduce(Float(0)) { sum, axis in
          let offset = places[axis].values[place] - centers[axis].values[group]
          return sum + offset * offset
        }
        largest = max(largest, square)
      }
      radius.values[group] = largest.squareRoot()
    }
  }

  /// Lists the points that repel a group: its own, those of nearby groups, and one point for each distant group.
  /// - Returns: the number of points in the list.
  private func fill(_ list: List, for target: Int) -> Int {
    var length = 0
    func append(_ range: Range<Int>) {
      for (axis, places) in zip(list.axes, places) {
        (axis.base + length).update(from: places.base + range.lowerBound, count: range.count)
      }
      (list.mass.base + length).update(repeating: 1, count: range.count)
      length += range.count
    }
    append(groups[target])
    let axes = LayoutAxes(centers)
    let middle = axes[target]
    for group in groups.indices where group != target {
      let offset = axes[group] - middle
      let square = offset.x * offset.x + offset.y * offset.y + offset.z * offset.z
      let distance = square.squareRoot() - radius.values[target]
      if radius.values[group] < Self.openness * distance {
        for axis in centers.indices { list.axes[axis].base[length] = centers[axis].base[group] }
        list.mass.values[length] = Float(groups[group].count)
        length += 1
      } else {
        append(groups[group])
      }
    }
    for axis in list.axes { (axis.base + length).update(repeating: 1e18, count: 16) }
    (list.mass.base + length).update(repeating: 0, count: 16)
    return length
  }
}

extension Float {
  /// Bits whose order is that of the numbers.
  fileprivate var ordered: UInt64 {
    let bits = UInt64(bitPattern)
    return sign == .minus ? ~bits & 0xFFFF_FFFF : bits | 0x8000_0000
  }
}
