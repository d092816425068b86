// LocalExecutor.swift
// Runs a sweep's trials on this machine, each in a process of its own.

package import ByteStreams
import Experiments
import Foundation

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
  private var running: [(trial: Trial, process: Process)] = []

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
    retries: Bool, observe: (Event) throws -> Void, shouldStop: () -> Bool, wait: (_ seconds: Double) -> Void
  ) throws -> Bool {
    defer { stopAll(wait) }
    var rungs = try sweep.halvingRecord().rungs.count
    while true {
      let left = try sweep.left(retries: retries)
      order.last = Set(left.toMeasure.map(\.index))
      let trials = left.toTrain + left.toMeasure
      if !trials.isEmpty, try !run(trials, retries: retries, observe, shouldStop, wait) { return false }
      let decided = try sweep.newRungs(since: &rungs)
      if decided.isEmpty { return true }
      for rung in decided { try observe(.compared(rung)) }
    }
  }

  /// Runs these trials.
  /// - Returns: false where it was asked to stop.
  private func run(
    _ trials: [Trial], retries: Bool, _ observe: (Event) throws -> Void, _ shouldStop: () -> Bool,
    _ wait: (_ seconds: Double) -> Void
  ) throws -> Bool {
    var left = trials
    while !left.isEmpty || !running.isEmpty {
      if shouldStop() { return false }
      lock.refresh()
      // Those of an executor that was killed go on by themselves.
      while running.count < jobs, let trial = next(of: &left) {
        if [.completed, .paused, .stopped].contains(sweep.state(of: trial)) { continue }
        order.begin(trial)
        running.append((trial, try start(trial, retries: retries)))
        try observe(.started(trial))
      }
      wait(running.isEmpty ? 0.5 : 0.01)
      for (trial, process) in running where !process.isRunning {
        running.removeAll { $0.trial == trial }
        if try finish(trial, process) {
          let result = sweep.result(of: trial)
          order.end(trial, result.record)
          try observe(.ended(trial, result.state))
        } else {
          left.append(trial)
        }
      }
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

  private func start(_ trial: Trial, retries: Bool) throws -> Process {
    try Directory.create(sweep.workPath(trial))
    let output = Directory.join(sweep.workPath(trial), "output")
    try WholeFile.replace(output, bytes: [])
    guard let file = FileHandle(forWritingAtPath: output) else { throw FileError.gone(path: output) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments =
      ["sweep-trial", sweep.path, "\(trial.index)", "--threads", "\(threads)"] + (retries ? ["--retry"] : [])
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = file
    process.standardError = file
    try process.run()
    return process
  }

  /// Notes a failure that the trial itself could not.
  /// - Returns: false where another process has the trial, and it is to be waited for.
  private func finish(_ trial: Trial, _ process: Process) throws -> Bool {
    process.waitUntilExit()
    let status = process.terminationStatus
    if process.terminationReason == .exit {
      if status == 75 { return false }
      if status == 0 || status > 128 { return true }
    }
    let said = sweep.lastWords(of: trial)
    let reason = process.terminationReason == .exit ? said ?? "status \(status)" : "ended by signal \(status)"
    if [73, 74, 77].contains(status) { throw SweepError.deviceRefuses(trial: trial.name, reason: reason) }
    try sweep.noteFailure(of: trial, reason: reason)
    return true
  }

  /// Asks the trials to stop after the step at hand, and waits for them.
  private func stopAll(_ wait: (Double) -> Void) {
    for (_, process) in running { process.terminate() }
    for (_, process) in running { process.waitUntilExit() }
    running = []
    lock.release()
  }
}
