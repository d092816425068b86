// PointSequenceTests.swift
// Lines that lead from point to point lead to the same points after a choice among them.

import Testing

@testable import ArrayFiles
@testable import Probes
@testable import ProjectorExport

struct PointSequenceTests {
  private func places(_ cells: [String], of rows: [Int]) throws -> [Int] {
    try PointSequence(.init(name: "__next__", cells: cells), path: "x.tsv").places(of: rows)
  }

  @Test func theNextPointIsFoundWhereItHasGone() throws {
    #expect(try places(["1", "2", "3", "-1"], of: [3, 1, 0, 2]) == [-1, 3, 1, 0])
  }

  @Test func rowsThatAreLeftOutArePassedOver() throws {
    #expect(try places(["1", "2", "3", "4", ""], of: [0, 3]) == [1, -1])
    #expect(try places(["1", "2", " ", "0"], of: [0, 3]) == [-1, 0])
    // Two lines that meet in a row that is left out.
    #expect(try places(["2", "2", "3", "-1"], of: [3, 1, 0]) == [-1, 0, 0])
  }

  @Test func circlesEnd() throws {
    #expect(try places(["1", "2", "0", "1"], of: [3]) == [-1])
    #expect(try places(["1", "2", "0"], of: [0, 1, 2]) == [1, 2, 0])
    #expect(try places(["1", "2", "0"], of: [2]) == [0])
  }

  @Test("a cell that leads nowhere is told with its place", arguments: ["3", "-2", "x", "1.0", "99999999999999999999"])
  func wrong(cell: String) throws {
    #expect(
      throws: ArrayFileError.notARow(path: "x.tsv", column: "__next__", row: 1, got: cell, rows: 3)
    ) { try places(["1", cell, "-1"], of: [0]) }
  }
}
