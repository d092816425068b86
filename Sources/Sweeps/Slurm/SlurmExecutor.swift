// SlurmExecutor.swift
// Runs a sweep's trials as Slurm job arrays and follows them; cancels them, or previews what would be submitted.

package import ByteStreams
import Foundation

/// The one that submits what is missing and sees how it ends. It may die and be begun again: the tasks run on, and are
/// found by their arrays' names. It holds the sweep's directory; a second one is refused.
package final class SlurmExecutor {
  typealias Observer = (SweepEvent) throws -> Void

  let sweep: SweepDirectory
  let queue: SlurmQueue
  private let program: String
  /// Of each trial.
  package let threads: Int
  private let lock: DirectoryLock
  var record: SlurmRecord
  /// What came of each trial.
  package let table: ResultsTable
  /// Trials that have a task, and those whose task runs.
  var followed: Set<Int> = []
  var running: Set<Int> = []
  /// Trials that have failed here, which are not trained again at once; and those that were killed before a comparison, which are
  /// resumed once.
  var failed: Set<Int> = []
  var killed: Set<Int> = []
  var isKilledAgain = false
  /// The tasks of trials whose process never began.
  var unlaunched: [Int: SlurmTask] = [:]
  /// How often a trial whose task has ended was looked at without saying so itself.
  var looks: [Int: Int] = [:]
  /// What accounting says, asked for at most once a look; nil before.
  var past: [Int: SlurmTask]?
  var hasAccounting = true
  private var reason = ""
  private var isSilent = false

  /// Who had the sweep on another machine and fell silent.
  package var takenFrom: DirectoryLock.Silent? { lock.takenFrom }

  /// - Parameters:
  ///   - options: of every task; those that are nil are as the sweep was submitted before.
  ///   - threads: of each trial; nil for one each processor of a task.
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

  /// Submits what is neither complete nor in the queue, and waits for the end of all; with halving again after each
  /// comparison.
  /// - Parameters:
  ///   - retries: whether failed trials are trained again.
  ///   - poll: seconds between two looks at the queue.
  /// - Returns: false where it was asked to stop; the tasks run on then.
  /// - Throws: `SlurmError`, `FileError`; `SweepError.deviceRefuses` where a trial could not write: no more are begun then.
  package func run(
    retries: Bool, poll: Double, observe: (SweepEvent) throws -> Void, shouldStop: () -> Bool,
    wait: (_ seconds: Double) -> Void
  ) throws -> Bool {
    defer { lock.release() }
    var tasks = try queue.tasks(of: record, trials: sweep.trials.count)
    followed = Set(tasks.values.filter(\.isActive).map(\.trial))
    if !followed.isEmpty { try observe(.found(trials: followed.count)) }
    try judgeOthers(tasks)
    var rungs = try sweep.halvingRecord().rungs.count
    while true {
      let left = try sweep.left(retries: retries, butFailed: failed)
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
    // A limit holds in one array; where there are several they run one after the other.
    var before = Set(tasks.values.filter(\.isActive).map(\.job)).sorted()
    for array in SlurmArray.arrays(of: trials, name: record.name, size: record.array_size) {
      let words = job.arguments(for: array, after: record.options.array_limit == nil ? [] : before)
      let answer = try queue.tools.run("sbatch", words, holding: lock)
      // The number, and on some the cluster's name behind it.
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

  /// Nil where Slurm does not answer: it may be back later.
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
  /// Refuses where Slurm is not there, or does not answer, or knows no arrays.
  /// - Throws: `SlurmError`.
  package static func checkPresence(_ tools: SlurmTools) throws(SlurmError) {
    _ = try SlurmQueue(tools: tools).arraySize()
  }

  /// Ends all tasks of a sweep; trials that run write a checkpoint first. Whoever follows them may go on doing so.
  /// - Returns: how many trials were in the queue.
  /// - Throws: `SlurmError`, `.notSubmitted` among them; `FileError`.
  package static func cancel(_ sweep: SweepDirectory, tools: SlurmTools) throws -> Int {
    guard let record = try SlurmRecord.read(from: sweep.path) else { throw SlurmError.notSubmitted(sweep: sweep.path) }
    let queue = SlurmQueue(tools: tools)
    let tasks = try queue.tasks(of: record, trials: sweep.trials.count).values.filter(\.isActive)
    try queue.cancel(Set(tasks.map(\.job)).sorted(), onlyWaiting: false)
    return tasks.count
  }

  /// Refuses to run trials here that are Slurm's.
  /// - Returns: why nobody can know whether some are, where Slurm's commands are gone or do not answer; a trial that runs
  ///   elsewhere is held, so it is not trained twice.
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

  /// What each task runs, relative to the sweep's directory.
  package static var scriptName: String { "\(SlurmJob.folder)/\(SlurmJob.scriptName)" }

  /// What would be submitted for a new sweep: sbatch's command for each array, and the script.
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
