// SweepWatch.swift
// A sweep as it is watched: a table that moves on a terminal, lines elsewhere, JSON for programs.

import ByteStreams
import Runs
import Sweeps
import Training

/// Follows a sweep from its start to its end.
protocol SweepWatch: AnyObject {
  /// - Parameter jobs: trials at a time; nil where Slurm decides that.
  func begin(_ sweep: SweepDirectory, jobs: Int?, threads: Int)
  /// - Parameter results: in which what has happened is already to be seen.
  func show(_ event: SweepEvent, _ results: [TrialResult])
  /// Called many times a second.
  func refresh(_ results: [TrialResult])
  func end(_ results: [TrialResult], isComplete: Bool)
}

/// Shows nothing.
final class QuietSweepWatch: SweepWatch {
  func begin(_ sweep: SweepDirectory, jobs: Int?, threads: Int) {}
  func show(_ event: SweepEvent, _ results: [TrialResult]) {}
  func refresh(_ results: [TrialResult]) {}
  func end(_ results: [TrialResult], isComplete: Bool) {}
}

/// Lines, and on a terminal the table.
final class TextSweepWatch: SweepWatch {
  private let display: SweepDisplay
  private let block: MovingBlock
  private let clock: () -> Double
  private var drawn = -Double.infinity
  /// The terminal's columns at the last drawing.
  private var columns = 0
  /// Until then the table takes half of the terminal's height.
  private var lowUntil = -Double.infinity
  private var sweep: SweepDirectory?
  private var jobs: Int?
  private var done = 0
  private static let interval = 0.25

  init(_ output: TextStream, clock: @escaping () -> Double = Console.now) {
    display = SweepDisplay(output: output)
    block = MovingBlock(output)
    self.clock = clock
  }

  func begin(_ sweep: SweepDirectory, jobs: Int?, threads: Int) {
    (self.sweep, self.jobs) = (sweep, jobs)
    let place = "\(SweepDisplay.count(sweep.trials.count)) in \(ShellWord.line([sweep.path]))"
    let who = jobs.map { "\($0) at a time" } ?? "with Slurm"
    display.output.line("  \(place), \(who), \(threads == 1 ? "1 thread" : "\(threads) threads") each")
    if let ladder = sweep.ladder { display.show(ladder) }
    done = sweep.trials.count(where: { sweep.recordedState(of: $0) == .completed })
  }

  func show(_ event: SweepEvent, _ results: [TrialResult]) {
    if display.output.isTerminal {
      switch event {
      case .started, .ended: break  // A row of the table says it.
      case .compared, .submitted, .found, .waiting, .silent:
        block.clear()
        display.show(event, results)
      }
      drawn = -.infinity
      refresh(results)
      return
    }
    switch event {
    case .started(let trial): if jobs == nil { display.output.line("  started  \(trial.name)") }
    case .ended(let trial, let state):
      if state == .completed { done += 1 }
      display.show(trial, state, record: results[trial.index].record, done: done, of: results.count)
    case .compared, .submitted, .found, .waiting, .silent: display.show(event, results)
    }
  }

  func refresh(_ results: [TrialResult]) {
    let now = clock()
    guard display.output.isTerminal, let sweep, now - drawn >= Self.interval else { return }
    drawn = now
    let size = display.output.size
    // A terminal that becomes narrower wraps what was drawn. Twice as many rows still fit then, and none is scrolled away.
    if size.columns < columns { lowUntil = now + 3 }
    columns = size.columns
    let rows = now < lowUntil ? size.rows / 2 : size.rows
    let table = SweepTable(sweep, results, jobs: jobs ?? results.count(where: { $0.state == .running }))
    block.draw(table.lines(columns: size.columns, rows: rows, style: display.output.style))
  }

  func end(_ results: [TrialResult], isComplete: Bool) {
    block.clear()
    guard isComplete, let sweep else { return }
    display.rank(results)
    display.output.line("  TensorBoard:\n    \(TensorBoardCommand.line(logdir: sweep.path))")
  }
}

extension SweepTable {
  /// As the trials' files tell it now.
  init(_ sweep: SweepDirectory, _ results: [TrialResult], jobs: Int) {
    var estimate = SweepEstimate(
      results, jobs: jobs, ladder: sweep.ladder, rung: (try? sweep.halvingRecord())?.rungs.count ?? 0)
    self.init(
      rows: results.map { result in
        var row = Row(name: result.trial.name, state: result.state, epochs: result.trial.configuration.epochs)
        row.epoch = result.record?.results.epochs
        row.loss = result.record?.results.validation_loss
        row.imagesPerSecond = result.record?.results.images_per_second
        guard result.state == .running, let progress = sweep.progress(of: result.trial) else { return row }
        row.epoch = progress.epoch
        row.loss = progress.loss
        row.imagesPerSecond = progress.images_per_second
        row.secondsLeft = progress.seconds_left
        estimate.note(progress, of: result.trial)
        return row
      })
    (share, secondsLeft) = (estimate.fraction, estimate.secondsLeft)
  }
}
