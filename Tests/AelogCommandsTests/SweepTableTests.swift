// SweepTableTests.swift
// A running sweep on terminals of any size.

import Sweeps
import Testing

@testable import AelogCommands

@Suite struct SweepTableTests {
  private func table(_ count: Int, running: Range<Int>) -> SweepTable {
    var table = SweepTable(
      rows: (0..<count).map { number in
        let state: TrialState =
          number < running.lowerBound ? .completed : running.contains(number) ? .running : .waiting
        var row = SweepTable.Row(name: "convolutional-\(number)_learning-rate-0.003", state: state, epochs: 10)
        if state != .waiting { (row.epoch, row.loss, row.imagesPerSecond) = (7, 0.0712, 12_345) }
        if state == .running { row.secondsLeft = 75 }
        return row
      })
    (table.fraction, table.secondsLeft) = (0.5, 3700)
    return table
  }

  @Test("never wider or higher than the terminal, and what runs is in sight", arguments: [10, 24, 40, 60, 80, 132])
  func sizes(columns: Int) {
    for rows in [1, 2, 4, 5, 8, 24, 50] {
      for count in [1, 3, 20, 500] {
        for first in [0, count / 2, count - 1] {
          let lines = table(count, running: first..<first + 1).lines(columns: columns, rows: rows)
          #expect(lines.count < max(2, rows) && !lines.isEmpty, "\(rows) \(lines.count)")
          #expect(lines.allSatisfy { $0.unicodeScalars.count < columns }, "\(lines)")
          if rows > 5, columns > 39 {
            #expect(lines.contains { $0.contains("running") && $0.contains("7/10") }, "\(lines)")
          }
        }
      }
    }
  }

  @Test("a row tells state, epoch, loss, speed and time; the last line how far all is") func row() {
    let lines = table(3, running: 1..<2).lines(columns: 100, rows: 24)
    #expect(lines.count == 5 && lines[0].contains("trial") && lines[0].contains("images/s"))
    #expect(lines[2].hasPrefix("  convolutional-1_learning-rate-0.003"))
    for part in ["running", "7/10", "0.0712", "12,345", "1 min 15 s"] {
      #expect(lines[2].contains(part), "\(lines[2])")
    }
    #expect(lines[1].contains("completed") && !lines[1].contains(" s"))
    #expect(lines[4].hasPrefix("  1/3 completed, 1 running  ━") && lines[4].hasSuffix("1 h 01 min left"))
  }

  @Test("trials that have no place are counted") func hidden() {
    let lines = table(100, running: 60..<62).lines(columns: 100, rows: 10)
    #expect(
      lines.count == 9 && lines[7].contains("94 trials more") || lines[7].contains("and 94 trials more"), "\(lines)")
    #expect(lines.filter { $0.contains("running") && !$0.contains("completed") }.count == 2)
  }
}
