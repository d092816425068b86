// PointSample.swift
// Chooses the points that are shown, fairly by class, and their order.

import Tensors

/// A choice of points that is fair to every class.
///
/// It begins with one point of each class, in the order of the classes, so that pages that give out colors by first
/// appearance give every run the same ones. The others follow in random order: points that a
/// page drops at the end, or draws on top, are random.
package struct PointSample: Equatable, Sendable {
  /// The chosen points' numbers, each once.
  package let numbers: [Int]

  /// The number of points that TensorBoard's page shows. A larger sample begins with a fair one of this size.
  package static let shownPoints = 100_000

  /// Chooses an equal number of points of each class; a class with fewer points is filled up from the others.
  /// - Parameters:
  ///   - count: number of all points, below 2³¹.
  ///   - classes: the class of each point, 0 or more; one class for all, if nil.
  ///   - wanted: number of points to choose; all are chosen if there are fewer.
  package init(of count: Int, classes: [Int]?, points wanted: Int, seed: UInt64) {
    let members = Self.members(count, classes)
    let chosen = min(count, max(0, wanted))
    var stream = RandomStream(seed: seed, name: "embedding sample")
    let fair = Self.fair(members, min(chosen, Self.shownPoints), &stream)
    var numbers = members.compactMap(\.first)
    numbers = Array(numbers.prefix(chosen))
    var isTaken = [Bool](repeating: false, count: count)
    for number in numbers { isTaken[number] = true }
    let order = stream.permutation(of: fair.count)
    for number in order.lazy.map({ fair[Int($0)] }) where !isTaken[number] && numbers.count < chosen {
      numbers.append(number)
      isTaken[number] = true
    }
    // Beyond what a page shows, the order in which they came can be read fastest.
    if numbers.count < chosen {
      numbers += (0..<count).lazy.filter { !isTaken[$0] }.prefix(chosen - numbers.count)
    }
    self.numbers = numbers
  }

  /// The points of each class that occurs, in the order of the classes.
  private static func members(_ count: Int, _ classes: [Int]?) -> [[Int]] {
    guard let classes else { return count == 0 ? [] : [Array(0..<count)] }
    var members: [Int: [Int]] = [:]
    for number in 0..<count { members[classes[number], default: []].append(number) }
    return members.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Returns `wanted` points, evenly from all classes, including the first of each.
  private static func fair(_ members: [[Int]], _ wanted: Int, _ stream: inout RandomStream) -> [Int] {
    var shares = members.map(\.count)
    if shares.reduce(0, +) > wanted {
      // The smallest classes give all their points; the others divide the rest evenly.
      var (left, classes) = (wanted, members.count)
      for index in members.indices.sorted(by: { (members[$0].count, $0) < (members[$1].count, $1) }) {
        shares[index] = min(members[index].count, (left + classes - 1) / classes)
        (left, classes) = (left - shares[index], classes - 1)
      }
    }
    return zip(members, shares).flatMap { points, share in
      if share == points.count { return points }
      let others = stream.permutation(of: max(0, points.count - 1)).prefix(max(0, share - 1)).map {
        points[Int($0) + 1]
      }
      return points.prefix(min(1, share)) + others
    }
  }
}
