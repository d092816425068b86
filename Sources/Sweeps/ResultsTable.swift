// ResultsTable.swift
// The results of a sweep while it runs: what changes is read again, and the files follow.

import ByteStreams

/// All results, kept up to date trial by trial; for one thread.
package final class ResultsTable {
  private let sweep: SweepDirectory
  package private(set) var results: [TrialResult]
  private let clock = ContinuousClock()
  private var isStale = true
  /// When the files may be written again: writing takes a small share of the time, however many trials there are.
  private var due: ContinuousClock.Instant

  /// Reads all of them.
  package init(_ sweep: SweepDirectory) {
    self.sweep = sweep
    results = sweep.results
    due = clock.now
  }

  /// Of every trial, in their order.
  init(_ sweep: SweepDirectory, results: [TrialResult]) {
    self.sweep = sweep
    self.results = results
    due = clock.now
  }

  /// Takes a trial's as they are now.
  func replace(_ result: TrialResult) {
    results[result.trial.index] = result
    isStale = true
  }

  /// Reads a trial's again.
  package func refresh(_ trial: Trial) {
    results[trial.index] = sweep.result(of: trial)
    isStale = true
  }

  /// Reads again what has just changed.
  package func note(_ event: SweepEvent) {
    switch event {
    case .started(let trial):
      refresh(trial)
      // Its process is not as far as to say so.
      results[trial.index] = results[trial.index].running
    case .ended(let trial, _): refresh(trial)
    case .compared: refresh()
    case .submitted, .found, .waiting, .silent: break
    }
  }

  /// Reads all of them again.
  package func refresh() {
    results = sweep.results
    isStale = true
  }

  /// Writes `results.csv` and `results.json` if anything has changed, and not too shortly after the last time.
  /// - Throws: `FileError`.
  package func writeIfDue() throws {
    let now = clock.now
    guard isStale, now >= due else { return }
    try write()
    due = clock.now + (clock.now - now) * 20
  }

  /// Writes both files.
  /// - Throws: `FileError`.
  package func write() throws {
    try sweep.write(results)
    isStale = false
  }
}
