// GraphDescentTests.swift
// One epoch of UMAP's descent moves every point as the formulas say, edge after edge.

import Tensors
import Testing

@Suite struct GraphDescentTests {
  /// A chain of points, each joined to the two next ones; forces that rise with the square, in two cells.
  private static let count = 9
  private static let paces = [1, 0.5, 0.26]
  private static let forces = GraphDescent.Forces(
    cells: [SIMD4(-0.5, 0.1, 0.3, -0.02), SIMD4(-0.1, 0, 0.1, 0)], first: Int(Float(1).bitPattern >> 23), shift: 23)

  private func descent() -> (graph: GraphDescent, rows: [[(other: Int, pace: Double)]]) {
    let rows = (0..<Self.count).map { point in
      [1, 2, 3].map { (other: (point + $0) % Self.count, pace: Self.paces[$0 - 1]) }
    }
    let graph = GraphDescent(
      starts: (0...Self.count).map { 3 * $0 }, numbers: rows.flatMap { $0.map { Int32($0.other) } },
      paces: rows.flatMap { $0.map(\.pace) }, forces: Self.forces, key: SIMD2(7, 8))
    return (graph, rows)
  }

  @Test("points move toward their edges' ends and away from random points", arguments: [2, 3], [0, 1, 2, 3, 4, 7])
  func moves(dimensions: Int, epoch: Int) {
    let (graph, rows) = descent()
    let (places, moved) = (Slab(count: 3 * Self.count), Slab(count: 3 * Self.count))
    var stream = RandomStream(seed: 2, name: "places")
    for place in 0..<3 * Self.count { places.values[place] = stream.uniform(in: -9...9) }
    graph.move(
      stride(from: 1, to: Self.count, by: 2), dimensions: dimensions, places: places.start, moved: moved.start,
      epoch: epoch,
      rate: 0.5)
    func place(_ point: Int) -> [Float] { (0..<dimensions).map { places.values[point * dimensions + $0] } }
    for point in 0..<Self.count {
      var at = place(point)
      func push(from other: [Float], isAttraction: Bool) {
        let offset = zip(at, other).map { $0 - $1 }
        let square = offset.reduce(Float(0)) { $0 + $1 * $1 }
        let cell = Self.forces.cells[square < 2 ? 0 : 1]
        let factor = isAttraction ? cell.x + cell.y * square : cell.z + cell.w * square
        for axis in at.indices { at[axis] += 0.5 * max(-4, min(4, factor * offset[axis])) }
      }
      for (edge, (other, pace)) in rows[point].enumerated() {
        let times = [epoch, max(0, epoch - 1)].map { Int(Double($0) * min(pace, 1 - 0x1p-32)) }
        if times[0] == times[1] { continue }
        push(from: place(other), isAttraction: true)
        push(from: place(other), isAttraction: true)
        let words = Philox.block(
          counter: SIMD4(UInt32(edge), 0, UInt32(point), UInt32(epoch)), key: SIMD2(7, 8))
        let bits = (0..<4).flatMap { word in (0..<32).map { words[word] >> UInt32($0) & 1 } }
        for draw in 0..<5 {
          let number = (0..<25).reduce(0) { $0 + Int(bits[25 * draw + $1]) << $1 }
          let random = (number * Self.count) >> 25
          if random != point { push(from: place(random), isAttraction: false) }
        }
      }
      let got = (0..<dimensions).map { moved.values[point * dimensions + $0] }
      // Points that were not asked for are not written.
      #expect(point % 2 == 1 ? zip(got, at).allSatisfy { abs($0 - $1) < 1e-5 } : got.allSatisfy { $0 == 0 }, "\(point)")
    }
  }

  /// 700 points; some have no edge, one has more than fit a list of edges, the others up to 70.
  private static func many(_ kernels: Kernels) -> GraphDescent {
    var stream = RandomStream(seed: 5, name: "edges")
    var (starts, numbers, paces) = ([0], [Int32](), [Double]())
    for point in 0..<700 {
      let degree = point == 345 ? 5000 : point % 9 == 0 ? 0 : stream.integer(below: 70)
      for _ in 0..<degree {
        numbers.append(Int32(stream.integer(below: 700)))
        paces.append(Double(stream.uniform(in: 0...1)))
      }
      starts.append(numbers.count)
    }
    let forces = GraphDescent.Forces(
      cells: (0..<64).map { SIMD4(-0.01 * Float($0), -0.002, 0.02 * Float($0), 0.001) },
      first: Int(Float(0.25).bitPattern >> 20), shift: 20)
    return GraphDescent(
      starts: starts, numbers: numbers, paces: paces, forces: forces, key: SIMD2(7, 8), kernels: kernels)
  }

  @Test("all instruction sets move points to the same places, bit by bit", arguments: [2, 3], [1, 5])
  func instructionSets(dimensions: Int, step: Int) {
    func moved(_ set: InstructionSet) -> [UInt32] {
      let graph = Self.many(Kernels(set))
      let (places, moved) = (Slab(count: 3 * 700), Slab(count: 3 * 700))
      var stream = RandomStream(seed: 2, name: "places")
      for place in 0..<3 * 700 { places.values[place] = stream.uniform(in: -9...9) }
      for epoch in [0, 1, 77] {
        graph.move(
          stride(from: 2, to: 700, by: step), dimensions: dimensions, places: places.start, moved: moved.start,
          epoch: epoch, rate: 0.7)
        for place in 0..<3 * 700 where moved.values[place] != 0 { places.values[place] = moved.values[place] }
      }
      return moved.values.map(\.bitPattern)
    }
    let plain = moved(.reference)
    #expect(plain.count { $0 != 0 } > 700 / step)
    for set in InstructionSet.available { #expect(moved(set) == plain, "\(set)") }
  }
}
