// JSONSweepWatch.swift
// A sweep for programs: one JSON object a line, at the start, when a trial begins and ends, when trials are compared, and at the end.

import Runs
import Sweeps
import Training

/// JSON lines, each with the member `event`: `start`, `begun`, `ended`, `compared` or `end`; with Slurm also
/// `submitted`, `found`, `waiting`, `silent` and `answering`.
final class JSONSweepWatch: SweepWatch {
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
    // A configuration with the mean of its trials, and the best of these.
    let best = SweepRanking(results).best
    line.add("best", best?.name)
    line.add("runs", best?.runs)
    line.add("test_loss", best?.testLoss.mean)
    line.add("test_loss_deviation", best?.testLoss.standardDeviation)
    line.add("best_trial", best?.best.trial.name)
    line.add("best_trial_test_loss", best?.best.record?.results.test_loss)
    output.line(line.text)
  }
}
