// LocalExecutor.swift
// Runs a sweep's trials on this machine, each in its own process, in an order that keeps the processors busy.

package import ByteStreams
import Foundation
import Networks
import Runs
import Training

/// Starts trials as processes and records how they end. It locks the sweep's directory, so a second executor is refused.
package final class LocalExecutor {
  package typealias Event = SweepEvent

  private let sweep: SweepDirectory
  private let jobs: Int
  private let threads: Int
  private let program: String
  private let lock: DirectoryLock
  private var order: TrialOrder
  /// The process on another machine whose lock was ignored because it had been silent for too long.
  package var takenFrom: DirectoryLock.SilentHolder? { lock.takenFrom }
  private var running: [TrialProcess] = []
  /// The indices of trials that a former executor began and that still run.
  private var orphans: Set<Int> = []
  /// The indices of trials that failed in this process, which are not trained again at once, and of trials that were killed
  /// before a comparison, which are resumed once.
  private var failed: Set<Int> = []
  private var killed: Set<Int> = []
  /// Signaled when a trial's process ends.
  private let ends = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - jobs: the largest number of trials that run at the same time.
  ///   - threads: the threads of each trial.
  ///   - program: the path of aelog.
  /// - Throws: `FileError.inUse` while another executor has the sweep.
  package init(_ sweep: SweepDirectory, jobs: Int, threads: Int, program: String) throws {
    self.sweep = sweep
    self.jobs = jobs
    self.threads = threads
    self.program = program
    order = TrialOrder(sweep.trials)
    lock = try DirectoryLock(sweep.path)
  }

  /// Runs the trials that are not complete; interrupted trials resume from their checkpoints.
  /// - Parameter retries: whether failed trials are trained again.
  /// - Returns: false if it was asked to stop.
  /// - Throws: `SweepError.deviceRefuses` if a trial could not write; no more trials are begun then.
  package func run(
    retries: Bool, observe: (Event) throws -> Void, shouldStop: () -> Bool, refresh: () -> Void
  ) throws -> Bool {
    defer { stopAll() }
    var rungs = try sweep.halvingRecord().rungs.count
    while true {
      let left = try sweep.remaining(retries: retries, butFailed: failed)
      order.last = Set(left.toMeasure.map(\.index))
      let trials = left.toTrain + left.toMeasure
      if !trials.isEmpty, try !run(trials, retries: retries, observe, shouldStop, refresh) { return false }
      let decided = try sweep.newRungs(since: &rungs)
      if decided.isEmpty { return true }
      for rung in decided { try observe(.compared(rung)) }
    }
  }

  /// Runs these trials.
  /// - Returns: false if it was asked to stop.
  private func run(
    _ trials: [Trial], retries: Bool, _ observe: (Event) throws -> Void, _ shouldStop: () -> Bool,
    _ refresh: () -> Void
  ) throws -> Bool {
    var left = trials
    orphans = Set(trials.filter { sweep.state(of: $0) == .running }.map(\.index))
    var ended: [(Trial, TrialState)] = []
    while !left.isEmpty || !running.isEmpty {
      // The next trial starts before the last one is reported, so that no processor waits for the report.
      let started = shouldStop() ? nil : try start(&left, retries: retries)
      for (trial, state) in ended { try observe(.ended(trial, state)) }
      ended = []
      guard let started else { return false }
      for trial in started { try observe(.started(trial)) }
      refresh()
      _ = ends.wait(timeout: .now() + .milliseconds(running.isEmpty ? 500 : 50))
      for process in running where !process.isRunning {
        let trial = process.trial
        running.removeAll { $0.trial == trial }
        process.close()
        if try finish(process) {
          let result = sweep.result(of: trial)
          order.end(trial, result.record)
          if case .failed = result.state { failed.insert(trial.index) }
          ended.append((trial, result.state))
        } else {
          left.append(trial)
        }
      }
    }
    for (trial, state) in ended { try observe(.ended(trial, state)) }
    return true
  }

  /// Begins trials while there are trials and room for them. Once no trial is left, free threads go to the running trials.
  private func start(_ left: inout [Trial], retries: Bool) throws -> [Trial] {
    var started: [Trial] = []
    // Trials of an executor that was killed still run, and count as jobs.
    orphans = orphans.filter { sweep.state(of: sweep.trials[$0]) == .running }
    while running.count + orphans.count < jobs, try hasRoom(), let trial = next(of: &left) {
      switch sweep.state(of: trial) {
      case .completed, .paused, .stopped, .changed: continue
      case .waiting, .running, .interrupted, .eliminated, .failed: break
      }
      order.begin(trial)
      running.append(
        try TrialProcess(trial, of: sweep, program: program, threads: threads, retries: retries, ends: ends))
      started.append(trial)
    }
    let free = left.isEmpty ? max(0, jobs - running.count - orphans.count) * threads : 0
    for (place, process) in running.enumerated() {
      process.allow(threads: threads + free / running.count + (place < free % running.count ? 1 : 0))
    }
    return started
  }

  /// Whether there are file descriptors for one more trial.
  /// - Throws: `FileError` if there are not enough for a single trial.
  private func hasRoom() throws -> Bool {
    do { try TrialProcess.checkDescriptors(sweep) } catch {
      if running.isEmpty { throw error }
      return false
    }
    return true
  }

  /// Removes and returns the trial to begin now; nil if other processes run all of them.
  private func next(of left: inout [Trial]) -> Trial? {
    var held: Set<Int> = []
    while let place = order.next(of: left, without: held) {
      if sweep.state(of: left[place]) != .running { return left.remove(at: place) }
      held.insert(left[place].index)
    }
    return nil
  }

  /// Records a failure that the trial could not record itself.
  /// - Returns: false if the trial is to be begun again: another process has it, or it was killed before a comparison, whose
  ///   result must not depend on the kill.
  /// - Throws: `SweepError` if every other trial would meet the same error.
  private func finish(_ process: TrialProcess) throws -> Bool {
    let (trial, status) = (process.trial, process.status)
    if !process.isKilled {
      if status == 75 { return false }
      if status == 0 || status > 128 { return true }
    }
    if case .changed = sweep.state(of: trial) { return true }
    if process.isKilled, sweep.ladder != nil, killed.insert(trial.index).inserted { return false }
    let said = sweep.lastErrorLine(of: trial)
    let reason = process.isKilled ? "ended by signal \(status)" : said ?? "status \(status)"
    if !process.isKilled, let error = SweepError(refusing: status, of: trial, reason) { throw error }
    try sweep.noteFailure(of: trial, reason: reason)
    return true
  }

  /// Asks the trials to stop after their current step, and waits for them.
  private func stopAll() {
    for process in running { process.stop() }
    for process in running {
      process.wait()
      process.close()
    }
    running = []
    lock.release()
  }
}

/// Chooses the next trial: first one of each model, then the trials that take longest, so that no processor waits at the end. The
/// durations are those of earlier trials of the model. The order does not change any result.
struct TrialOrder {
  /// The completed work of the trials of one model.
  private struct Model {
    var isBegun = false
    /// The total of trials that have ended.
    var seconds = 0.0
    var epochs = 0
  }

  /// The model of each trial.
  private let numbers: [Int]
  private var models: [Model]
  /// The indices of trials that are begun last, because they need next to no time.
  var last: Set<Int> = []

  /// - Parameter trials: all of the sweep.
  init(_ trials: [Trial]) {
    var known: [Architecture: Int] = [:]
    var numbers: [Int] = []
    for trial in trials {
      let number = known[trial.configuration.architecture] ?? known.count
      known[trial.configuration.architecture] = number
      numbers.append(number)
    }
    self.numbers = numbers
    models = Array(repeating: Model(), count: known.count)
  }

  mutating func begin(_ trial: Trial) { models[numbers[trial.index]].isBegun = true }

  mutating func end(_ trial: Trial, _ record: RunRecord?) {
    guard let results = record?.results, results.epochs > 0, results.seconds.isFinite else { return }
    models[numbers[trial.index]].seconds += results.seconds
    models[numbers[trial.index]].epochs += results.epochs
  }

  /// Returns the place of the next trial; of equals, the first.
  /// - Parameter held: the indices of trials that must not be begun.
  /// - Complexity: O(trials).
  func next(of trials: [Trial], without held: Set<Int> = []) -> Int? {
    var best: (place: Int, seconds: Double)?
    for (place, trial) in trials.enumerated() where held.isEmpty || !held.contains(trial.index) {
      let seconds = expected(trial)
      if best.map({ seconds > $0.seconds }) ?? true { best = (place, seconds) }
    }
    return best?.place
  }

  /// Returns the expected seconds of a trial: infinity if no trial of its model has begun, 0 if none has ended.
  private func expected(_ trial: Trial) -> Double {
    if last.contains(trial.index) { return -1 }
    let model = models[numbers[trial.index]]
    if !model.isBegun { return .infinity }
    return model.epochs > 0 ? model.seconds / Double(model.epochs) * Double(trial.configuration.epochs) : 0
  }
}
