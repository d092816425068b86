// LocalExecutor.swift
// Runs a sweep's trials on this machine, each in its own process, in an order that keeps the processors busy.

package import ByteStreams
import Foundation
import Networks
import Runs
import Training

/// The one that starts trials and sees how they end. It holds the sweep's directory; a second one is refused.
package final class LocalExecutor {
  package typealias Event = SweepEvent

  private let sweep: SweepDirectory
  private let jobs: Int
  private let threads: Int
  private let program: String
  private let lock: DirectoryLock
  private var order: TrialOrder
  /// Who had the sweep on another machine and fell silent.
  package var takenFrom: DirectoryLock.Silent? { lock.takenFrom }
  private var running: [TrialProcess] = []
  /// Indices of trials that a former executor began and that still run.
  private var orphans: Set<Int> = []
  /// Indices of trials that have failed here, which are not trained again at once; and of those that were killed before a
  /// comparison, which are resumed once.
  private var failed: Set<Int> = []
  private var killed: Set<Int> = []
  /// Posted when a trial's process is over.
  private let ends = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - jobs: the most trials at a time.
  ///   - threads: of each.
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

  /// Runs what is missing, and goes on with what was cut off.
  /// - Parameter retries: whether failed trials are trained again.
  /// - Returns: false where it was asked to stop.
  /// - Throws: `SweepError.deviceRefuses` where a trial could not write: no more are begun then.
  package func run(
    retries: Bool, observe: (Event) throws -> Void, shouldStop: () -> Bool, refresh: () -> Void
  ) throws -> Bool {
    defer { stopAll() }
    var rungs = try sweep.halvingRecord().rungs.count
    while true {
      let left = try sweep.left(retries: retries, butFailed: failed)
      order.last = Set(left.toMeasure.map(\.index))
      let trials = left.toTrain + left.toMeasure
      if !trials.isEmpty, try !run(trials, retries: retries, observe, shouldStop, refresh) { return false }
      let decided = try sweep.newRungs(since: &rungs)
      if decided.isEmpty { return true }
      for rung in decided { try observe(.compared(rung)) }
    }
  }

  /// Runs these trials.
  /// - Returns: false where it was asked to stop.
  private func run(
    _ trials: [Trial], retries: Bool, _ observe: (Event) throws -> Void, _ shouldStop: () -> Bool,
    _ refresh: () -> Void
  ) throws -> Bool {
    var left = trials
    orphans = Set(trials.filter { sweep.state(of: $0) == .running }.map(\.index))
    var ended: [(Trial, TrialState)] = []
    while !left.isEmpty || !running.isEmpty {
      // A processor does not wait for what is told of the last trial.
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

  /// Begins trials for as long as there are some, and room; then the threads of those that are missing go to the others.
  private func start(_ left: inout [Trial], retries: Bool) throws -> [Trial] {
    var started: [Trial] = []
    // Trials of an executor that was killed run on by themselves, and count for the jobs.
    orphans = orphans.filter { sweep.state(of: sweep.trials[$0]) == .running }
    while running.count + orphans.count < jobs, try hasRoom(), let trial = next(of: &left) {
      switch sweep.state(of: trial) {
      case .completed, .paused, .stopped, .changed: continue
      case .waiting, .running, .interrupted, .outdone, .failed: break
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
  /// - Throws: `FileError` where there are not even enough for one.
  private func hasRoom() throws -> Bool {
    do { try TrialProcess.checkDescriptors(sweep) } catch {
      if running.isEmpty { throw error }
      return false
    }
    return true
  }

  /// Takes out the trial to begin now; nil where others have all of them.
  private func next(of left: inout [Trial]) -> Trial? {
    var held: Set<Int> = []
    while let place = order.next(of: left, without: held) {
      if sweep.state(of: left[place]) != .running { return left.remove(at: place) }
      held.insert(left[place].index)
    }
    return nil
  }

  /// Notes a failure that the trial itself could not.
  /// - Returns: false where the trial is to be begun again: another process has it, or it was killed before a comparison, which must
  ///   not depend on such an accident.
  /// - Throws: `SweepError` where no other trial would fare better.
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

  /// Asks the trials to stop after the step at hand, and waits for them.
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

/// Chooses among the trials of a sweep by what others of their model took. What a trial computes does not depend on it.
struct TrialOrder {
  /// What is known of the trials of one model.
  private struct Model {
    var isBegun = false
    /// Of trials that came to an end.
    var seconds = 0.0
    var epochs = 0
  }

  /// The model of each trial.
  private let numbers: [Int]
  private var models: [Model]
  /// Indices of trials that come behind all others, because next to nothing of them is left.
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

  /// The place of the next one; equal ones in their order.
  /// - Parameter held: the indices of trials that are out of the question.
  /// - Complexity: O(trials).
  func next(of trials: [Trial], without held: Set<Int> = []) -> Int? {
    var best: (place: Int, seconds: Double)?
    for (place, trial) in trials.enumerated() where held.isEmpty || !held.contains(trial.index) {
      let seconds = expected(trial)
      if best.map({ seconds > $0.seconds }) ?? true { best = (place, seconds) }
    }
    return best?.place
  }

  /// Infinity for a model of which no trial has begun; 0 for one of which none has come to an end.
  private func expected(_ trial: Trial) -> Double {
    if last.contains(trial.index) { return -1 }
    let model = models[numbers[trial.index]]
    if !model.isBegun { return .infinity }
    return model.epochs > 0 ? model.seconds / Double(model.epochs) * Double(trial.configuration.epochs) : 0
  }
}
