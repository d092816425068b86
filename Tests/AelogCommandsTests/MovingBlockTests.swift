// MovingBlockTests.swift
// The table of a sweep stays in its place, whatever the width of its terminal becomes.

import ByteStreams
import Foundation
import TestSupport
import Testing

@testable import AelogCommands
@testable import Sweeps

@Suite struct MovingBlockTests {
  /// A sweep of more trials than a terminal has rows, watched on a terminal of 24. The rows of its table are as wide as the
  /// terminal.
  private final class Screen {
    private let sweep: SweepDirectory
    private let results: [TrialResult]
    private let output: TextStream
    private var terminal: ReflowingTerminal
    private var read = 0
    private var time = 0.0
    private lazy var watch = TextSweepDisplay(output) { [unowned self] in time }

    init(columns: Int, in directory: String) throws {
      let name = String(repeating: "a-long-name-", count: 8)
      let yaml = "repeats: 40\ntrials:\n  - {name: \(name), filters: [4], epochs: 10}"
      let specification = try SweepSpecification(yaml: Array(yaml.utf8), path: "s")
      sweep = try SweepDirectory(making: Directory.join(directory, "s"), for: specification)
      let progress = try JSONEncoder().encode(
        TrialProgress(epoch: 3, step: 30, steps: 100, loss: 0.25, images_per_second: 3000, seconds_left: 70))
      for trial in sweep.trials {
        try sweep.makeWorkPath(trial)
        try AtomicFile.replace(sweep.progressPath(trial), bytes: Array(progress), isDurable: false)
      }
      results = sweep.results.map(\.running)
      output = TextStream(isTerminal: true, columns: columns)
      terminal = ReflowingTerminal(columns: columns, height: 24)
      output.line("before")
      watch.begin(sweep, jobs: 2, threads: 1)
    }

    var rows: [String] {
      let bytes = Array(output.captured.utf8)
      terminal.write(String(decoding: bytes[read...], as: UTF8.self))
      read = bytes.count
      return terminal.rows
    }

    /// How often the table begins, in the scrollback and on the screen.
    var headers: Int { rows.count { $0.contains("trial ") && $0.contains("state") } }

    /// Advances the clock by 0.3 s and refreshes, `times` times.
    func refresh(times: Int = 1) {
      for _ in 0..<times {
        time += 0.3
        watch.refresh(results)
        _ = rows
      }
    }

    func resize(columns: Int) {
      _ = rows
      output.resize(columns: columns)
      terminal.columns = columns
    }

    func end() { watch.end(results, isComplete: false) }
  }

  @Test("a table that is drawn again and again adds no row") func steady() throws {
    let directory = try TemporaryDirectory()
    let screen = try Screen(columns: 100, in: directory.path)
    screen.refresh()
    let rows = screen.rows
    #expect(screen.headers == 1 && rows.count > 20, "\(rows)")
    screen.refresh(times: 50)
    #expect(screen.rows == rows)
    screen.end()
    // The line of the sweep's directory may be wrapped.
    #expect(screen.headers == 0 && screen.rows.count <= 5 && screen.rows.first == "before", "\(screen.rows)")
  }

  @Test(
    "a window of another width leaves at most one table in the scrollback, and none by dragging",
    arguments: [
      [60], [99, 98, 97], Array((50..<100).reversed()), [88, 76, 64, 56], [60, 100, 130], Array(100...140),
      [99, 100, 99, 100],
    ])
  func resized(widths: [Int]) throws {
    let directory = try TemporaryDirectory()
    let screen = try Screen(columns: 100, in: directory.path)
    screen.refresh(times: 5)
    for columns in widths {
      screen.resize(columns: columns)
      screen.refresh(times: 2)
      #expect(screen.headers <= 2, "\(columns): \(screen.rows)")
    }
    let rows = screen.rows
    screen.refresh(times: 20)
    #expect(screen.headers <= 2 && screen.rows.count <= rows.count + 12, "\(screen.rows)")
  }
}
