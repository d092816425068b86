// SlurmExecutor.swift
// Runs a sweep's trials as Slurm job arrays and follows them; cancels them, or previews what would be submitted.

package import ByteStreams
import Foundation

/// Submits the trials that are not complete and follows their tasks. It may die and be started again: the tasks still run, and are
/// found by their arrays' names. It locks the sweep's directory, so a second executor is refused.
package final class SlurmExecutor {
  typealias Observer = (SweepEvent) throws -> Void

  let sweep: SweepDirectory
  let queue: SlurmQueue
  private let program: String
  /// The threads of each trial.
  package let threads: Int
  private let lock: DirectoryLock
  var record: SlurmRecord
  /// The result of each trial.
  package let table: ResultsTable
  /// The trials that have a task, and the trials whose task runs.
  var followed: Set<Int> = []
  var running: Set<Int> = []
  /// The trials that failed in this process, which are not trained again at once, and the trials that were killed before a
  /// comparison, which are resumed once.
  var failed: Set<Int> = []
  var killed: Set<Int> = []
  var isKilledAgain = false
  /// The tasks of trials whose process never began.
  var unlaunched: [Int: SlurmTask] = [:]
  /// The number of looks at a trial whose task has ended while its files do not show it.
  var looks: [Int: Int] = [:]
  /// The answer of accounting, asked for at most once a look; nil before.
  var past: [Int: SlurmTask]?
  var hasAccounting = true
  private var reason = ""
  private var isSilent = false

  /// The process on another machine whose lock was ignored because it had been silent for too long.
  package var takenFrom: DirectoryLock.SilentHolder? { lock.takenFrom }

  /// - Parameters:
  ///   - options: the options of every task; nil ones default to those of the last submission.
  ///   - threads: the threads of each trial; nil for one on each processor of a task.
  ///   - program: the path of aelog, the same on every node.
  /// - Throws: `FileError`, `.inUse` while another executor has the sweep; `SlurmError`.
  package init(_ sweep: SweepDirectory, options: SlurmOptions, threads: Int?, program: String, tools: SlurmTools) throws
  {
    self.sweep = sweep
    self.program = program
    queue = SlurmQueue(tools: tools)
    lock = try DirectoryLock(sweep.path)
    try Directory.create(SlurmJob.folder, inside: sweep.path)
    if var record = try SlurmRecord.read(from: sweep.path) {
      record.options = options.over(record.options)
      record.settle(in: sweep.path)
      self.record = record
    } else {
      record = SlurmRecord(sweep: sweep.path, arraySize: try queue.arraySize(), options: options)
    }
    try record.options.check()
    self.threads = threads ?? record.options.cpus_per_task ?? 1
    table = ResultsTable(sweep, results: sweep.recordedResults())
    try record.write(to: sweep.path)
  }

  /// Submits the trials that are neither complete nor in the queue, and waits until all have ended; with halving, again after
  /// each comparison.
  /// - Parameters:
  ///   - retries: whether failed trials are trained again.
  ///   - poll: seconds between two looks at the queue.
  /// - Returns: false if it was asked to stop; the tasks still run then.
  /// - Throws: `SlurmError`, `FileError`; `SweepError.deviceRefuses` if a trial could not write; no more trials are begun then.
  package func run(
    retries: Bool, poll: Double, observe: (SweepEvent) throws -> Void, shouldStop: () -> Bool,
    wait: (_ seconds: Double) -> Void
  ) throws -> Bool {
    defer { lock.release() }
    var tasks = try queue.tasks(of: record, trials: sweep.trials.count)
    followed = Set(tasks.values.filter(\.isActive).map(\.trial))
    if !followed.isEmpty { try observe(.found(trials: followed.count)) }
    try settleUnfollowed(tasks)
    var rungs = try sweep.halvingRecord().rungs.count
    while true {
      let left = try sweep.remaining(retries: retries, butFailed: failed)
      let missing = (left.toTrain + left.toMeasure).map(\.index).filter { !followed.contains($0) }
      try submit(missing, retries: retries, tasks, observe)
      while !followed.isEmpty {
        if shouldStop() { return try written(false) }
        wait(poll)
        guard let seen = try look(observe) else { continue }
        tasks = seen
        try follow(tasks, observe)
        try table.writeIfDue()
      }
      let decided = try sweep.newRungs(since: &rungs)
      for result in sweep.recordedResults() { table.replace(result) }
      if decided.isEmpty, !isKilledAgain {
        let isComplete = try written(true)
        if let first = unlaunched.min(by: { $0.key < $1.key })?.value {
          throw SlurmError.notLaunched(trials: unlaunched.count, job: first.job, words: first.text)
        }
        return isComplete
      }
      isKilledAgain = false
      for rung in decided { try observe(.compared(rung)) }
    }
  }

  private func written(_ isComplete: Bool) throws -> Bool {
    try table.write()
    return isComplete
  }

  private func submit(_ trials: [Int], retries: Bool, _ tasks: [Int: SlurmTask], _ observe: Observer) throws {
    let job = SlurmJob(
      sweep: Directory.resolved(sweep.path) ?? sweep.path, program: program, options: record.options, threads: threads,
      retries: retries)
    let script = Directory.join(sweep.path, "\(SlurmJob.folder)/\(SlurmJob.scriptName)")
    if !trials.isEmpty { try AtomicFile.replace(script, bytes: Array(SlurmJob.script.utf8)) }
    // Slurm applies the limit to each array, so several arrays run one after the other.
    var before = Set(tasks.values.filter(\.isActive).map(\.job)).sorted()
    for array in SlurmArray.arrays(of: trials, name: record.name, size: record.array_size) {
      let words = job.arguments(for: array, after: record.options.array_limit == nil ? [] : before)
      let answer = try queue.tools.run("sbatch", words, holding: lock)
      // The answer is the job's number, on some clusters followed by the cluster's name.
      guard let id = Int(answer.prefix { $0 != ";" && !$0.isWhitespace }) else {
        throw SlurmError.unreadable(program: "sbatch", got: String(answer.prefix(200)), want: "the number of a job")
      }
      let trials = IndexList.text(of: array.trials)
      record.jobs.append(.init(id: id, name: array.name, trials: trials, submitted: Date().timeIntervalSince1970))
      try record.write(to: sweep.path)
      before.append(id)
      followed.formUnion(array.trials)
      try observe(.submitted(job: id, trials: array.tasks.count))
    }
  }

  /// Returns the tasks in the queue; nil if Slurm does not answer, since it may do so later.
  private func look(_ observe: Observer) throws -> [Int: SlurmTask]? {
    do throws(SlurmError) {
      past = nil
      let tasks = try queue.tasks(of: record, trials: sweep.trials.count)
      if isSilent { try? observe(.silent(nil)) }
      isSilent = false
      return tasks
    } catch {
      guard case .refused = error else { throw error }
      if !isSilent { try observe(.silent(error)) }
      isSilent = true
      return nil
    }
  }

  private func follow(_ tasks: [Int: SlurmTask], _ observe: Observer) throws {
    for index in followed.sorted() {
      let trial = sweep.trials[index]
      guard let task = tasks[index], task.isActive else {
        try end(trial, tasks[index], tasks, observe)
        continue
      }
      looks[index] = nil
      if !task.isRunning {
        running.remove(index)
      } else if running.insert(index).inserted {
        table.replace(table.results[index].running)
        try observe(.started(trial))
      }
    }
    let reasons = Set(followed.compactMap { tasks[$0]?.reason })
    let reason = running.isEmpty && reasons.count == 1 ? reasons.first ?? "" : ""
    if reason != self.reason, !reason.isEmpty, reason != "None" {
      try observe(.waiting(trials: followed.count, reason: reason))
    }
    self.reason = reason
  }
}

extension SlurmExecutor {
  /// Throws if Slurm is missing, does not answer, or has no job arrays.
  /// - Throws: `SlurmError`.
  package static func checkPresence(_ tools: SlurmTools) throws(SlurmError) {
    _ = try SlurmQueue(tools: tools).arraySize()
  }

  /// Cancels all tasks of a sweep; running trials write a checkpoint first. A process that follows them may continue to do so.
  /// - Returns: the number of trials that were in the queue.
  /// - Throws: `SlurmError`, `.notSubmitted` among them; `FileError`.
  package static func cancel(_ sweep: SweepDirectory, tools: SlurmTools) throws -> Int {
    guard let record = try SlurmRecord.read(from: sweep.path) else { throw SlurmError.notSubmitted(sweep: sweep.path) }
    let queue = SlurmQueue(tools: tools)
    let tasks = try queue.tasks(of: record, trials: sweep.trials.count).values.filter(\.isActive)
    try queue.cancel(Set(tasks.map(\.job)).sorted(), onlyWaiting: false)
    return tasks.count
  }

  /// Refuses to run trials on this machine while Slurm has them.
  /// - Returns: the reason why that can't be known, if Slurm's commands are missing or do not answer. A trial that runs
  ///   elsewhere holds its lock, so it is not trained twice.
  /// - Throws: `SlurmError`, `.queued` among them; `FileError`.
  package static func checkNoneQueued(_ sweep: SweepDirectory, tools: SlurmTools) throws -> String? {
    guard let record = try SlurmRecord.read(from: sweep.path) else { return nil }
    do throws(SlurmError) {
      let tasks = try SlurmQueue(tools: tools).tasks(of: record, trials: sweep.trials.count).values.filter(\.isActive)
      if !tasks.isEmpty { throw .queued(trials: tasks.count, sweep: sweep.path) }
    } catch {
      switch error {
      case .missing(let program): return "no \(program) on PATH"
      case .refused(let program, let words): return "\(program) says: \(words)"
      default: throw error
      }
    }
    return nil
  }

  /// The path of the batch script, relative to the sweep's directory.
  package static var scriptName: String { "\(SlurmJob.folder)/\(SlurmJob.scriptName)" }

  /// Returns what would be submitted for a new sweep: sbatch's command for each array, and the script.
  /// - Throws: `SlurmError`.
  package static func preview(
    trials: Int, path: String, options: SlurmOptions, threads: Int?, program: String, tools: SlurmTools
  ) throws(SlurmError) -> (commands: [[String]], script: String) {
    try options.check()
    let size = try SlurmQueue(tools: tools).arraySize()
    let record = SlurmRecord(sweep: path, arraySize: size, options: options)
    let job = SlurmJob(
      sweep: path, program: program, options: options, threads: threads ?? options.cpus_per_task ?? 1, retries: false)
    let arrays = SlurmArray.arrays(of: Array(0..<trials), name: record.name, size: size)
    return (arrays.map { ["sbatch"] + job.arguments(for: $0, after: []) }, SlurmJob.script)
  }
}
