// SweepDisplay.swift
// Shows a running sweep: a table that is redrawn on a terminal, lines elsewhere, JSON for programs.

import ByteStreams
import Runs
import Sweeps
import Training

/// Shows a sweep from its start to its end.
protocol SweepDisplay: AnyObject {
  /// - Parameter jobs: the number of trials at the same time; nil if Slurm decides.
  func begin(_ sweep: SweepDirectory, jobs: Int?, threads: Int)
  /// - Parameter results: the results, with the event applied.
  func show(_ event: SweepEvent, _ results: [TrialResult])
  /// Called many times a second.
  func refresh(_ results: [TrialResult])
  func end(_ results: [TrialResult], isComplete: Bool)
}

/// Shows nothing.
final class QuietSweepDisplay: SweepDisplay {
  func begin(_ sweep: SweepDirectory, jobs: Int?, threads: Int) {}
  func show(_ event: SweepEvent, _ results: [TrialResult]) {}
  func refresh(_ results: [TrialResult]) {}
  func end(_ results: [TrialResult], isComplete: Bool) {}
}

/// Prints lines, and on a terminal a table that is redrawn.
final class TextSweepDisplay: SweepDisplay {
  private let display: SweepText
  private let block: MovingBlock
  private let clock: () -> Double
  private var drawn = -Double.infinity
  /// The terminal's columns when the table was last drawn.
  private var columns = 0
  /// Until this time the table takes half of the terminal's height.
  private var lowUntil = -Double.infinity
  private var sweep: SweepDirectory?
  private var jobs: Int?
  private var done = 0
  private static let interval = 0.25

  init(_ output: TextStream, clock: @escaping () -> Double = Console.now) {
    display = SweepText(output: output)
    block = MovingBlock(output)
    self.clock = clock
  }

  func begin(_ sweep: SweepDirectory, jobs: Int?, threads: Int) {
    (self.sweep, self.jobs) = (sweep, jobs)
    let place = "\(SweepText.count(sweep.trials.count)) in \(ShellWord.line([sweep.path]))"
    let who = jobs.map { "\($0) at a time" } ?? "with Slurm"
    display.output.line("  \(place), \(who), \(threads == 1 ? "1 thread" : "\(threads) threads") each")
    if let ladder = sweep.ladder { display.show(ladder) }
    done = sweep.trials.count(where: { sweep.recordedState(of: $0) == .completed })
  }

  func show(_ event: SweepEvent, _ results: [TrialResult]) {
    if display.output.isTerminal {
      switch event {
      case .started, .ended: break  // The table shows these.
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
    // A terminal that becomes narrower wraps the drawn rows. With half the height, twice as many rows still fit.
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
    display.output.line("    \(TensorBoardCommand.address(of: .timeSeries))")
  }
}

extension SweepTable {
  /// Reads the current state from the trials' files.
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
    (fraction, secondsLeft) = (estimate.fraction, estimate.secondsLeft)
  }
}

/// Prints JSON lines for programs, each with the member `event`: `start`, `begun`, `ended`, `compared` or `end`; with Slurm also
/// `submitted`, `found`, `waiting`, `silent` and `answering`.
final class JSONSweepDisplay: SweepDisplay {
  private let output: TextStream

  init(_ output: TextStream) { self.output = output }

  func begin(_ sweep: SweepDirectory, jobs: Int?, threads: Int) {
    var line = JSONLine()
    line.add("event", "start")
    line.add("sweep", sweep.path)
    line.add("trials", sweep.trials.count)
    line.add("jobs", jobs)
    line.add("threads", threads)
    line.add("rungs", sweep.ladder?.rungs.map(\.epochs) ?? [])
    output.line(line.text)
  }

  func show(_ event: SweepEvent, _ results: [TrialResult]) {
    var line = JSONLine()
    switch event {
    case .started(let trial):
      line.add("event", "begun")
      line.add("index", trial.index)
      line.add("trial", trial.name)
    case .ended(let trial, let state):
      let found = results[trial.index].record?.results
      line.add("event", "ended")
      line.add("index", trial.index)
      line.add("trial", trial.name)
      line.add("state", state.name)
      line.add("epochs", found?.epochs)
      line.add("validation_loss", found?.validation_loss)
      line.add("test_loss", found?.test_loss)
      line.add("distinct_codes", found?.test_code?.distinct)
      line.add("dead_units", found?.test_code?.dead_units)
      line.add("images_per_second", found?.images_per_second)
      line.add("seconds", found?.seconds)
      if let reason = state.reason { line.add("error", reason) }
    case .compared(let rung):
      line.add("event", "compared")
      line.add("epochs", rung.epochs)
      line.add("compared", rung.compared)
      line.add("kept", rung.kept)
    case .submitted(let job, let trials):
      line.add("event", "submitted")
      line.add("job", job)
      line.add("trials", trials)
    case .found(let trials):
      line.add("event", "found")
      line.add("trials", trials)
    case .waiting(let trials, let reason):
      line.add("event", "waiting")
      line.add("trials", trials)
      line.add("reason", reason)
    case .silent(let error):
      line.add("event", error == nil ? "answering" : "silent")
      if let error { line.add("error", "\(error)") }
    }
    output.line(line.text)
  }

  func refresh(_ results: [TrialResult]) {}

  func end(_ results: [TrialResult], isComplete: Bool) {
    var line = JSONLine()
    line.add("event", "end")
    line.add("interrupted", !isComplete)
    for name in ["completed", "stopped", "changed", "FAILURE"] {
      line.add(name == "FAILURE" ? "failed" : name, results.count { $0.state.name == name })
    }
    line.add("collapsed", results.count { [.completed, .stopped].contains($0.state) && $0.isCollapsed })
    // The best configuration with the mean of its trials, and its best trial.
    let best = SweepRanking(results).best
    line.add("best", best?.name)
    line.add("runs", best?.runs)
    line.add("test_loss", best?.testLoss.mean)
    line.add("test_loss_deviation", best?.testLoss.standardDeviation)
    line.add("best_trial", best?.best.trial.name)
    line.add("best_trial_test_loss", best?.best.record?.results.test_loss)
    line.add("best_trial_dead_units", best?.best.deadUnits)
    line.add("with_dead_units", results.count { [.completed, .stopped].contains($0.state) && $0.hasDeadUnits })
    output.line(line.text)
  }
}
