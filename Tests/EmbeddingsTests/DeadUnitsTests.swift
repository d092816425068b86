// DeadUnitsTests.swift
// Tests that a unit counts as dead exactly if all codes have the same value there.

import PointMatrices
import Testing

@testable import Embeddings

@Suite struct DeadUnitsTests {
  private func dead(_ rows: [[Float]]) -> DeadUnits {
    DeadUnits(of: PointMatrix(count: rows.count, dimensions: rows[0].count, values: rows.flatMap(\.self)))
  }

  @Test("one constant unit of three, all, none, and one image") func few() {
    let one = dead([[1, 0, 5], [2, 0, 5], [1, 0, 4]])
    #expect(one.count == 1 && one.units == 3 && one.areZero)
    let other = dead([[1, 0.5, 5], [2, 0.5, 5], [1, 0.5, 4]])
    #expect(other.count == 1 && !other.areZero)
    let all = dead([[0, 0.5], [0, 0.5]])
    #expect(all.count == 2 && all.units == 2 && !all.areZero)
    let none = dead([[1, 2], [2, 1], [1, 2]])
    #expect(none.count == 0 && !none.areZero)
    let single = dead([[0, 0, 0]])
    #expect(single.count == 0 && single.units == 3 && !single.areZero)
    #expect(dead([[0], [-0.0]]).areZero)
  }

  @Test("every pattern of dead units, with a change in any one code", arguments: 0..<16) func every(alive: Int) {
    for changed in 0..<5 {
      let rows = (0..<5).map { row in (0..<4).map { alive >> $0 & 1 == 1 && row == changed ? Float(1) : 0 } }
      let found = dead(rows)
      #expect(found.count == 4 - alive.nonzeroBitCount && found.areZero == (found.count > 0), "\(changed)")
    }
  }
}
