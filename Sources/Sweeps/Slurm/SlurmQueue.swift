// SlurmQueue.swift
// Asks Slurm for the tasks of a sweep's arrays: squeue for recent ones, sacct for older ones.

import Foundation

/// The queries that a sweep sends to Slurm.
struct SlurmQueue {
  let tools: SlurmTools

  /// Returns the number that all task numbers of an array must be below.
  /// - Throws: `SlurmError`.
  func arraySize() throws(SlurmError) -> Int {
    let settings = try tools.run("scontrol", ["show", "config"])
    let line = settings.split(separator: "\n").first { $0.hasPrefix("MaxArraySize ") || $0.hasPrefix("MaxArraySize=") }
    guard let text = line?.split(separator: "=").last, let size = Int(text.filter { $0 != " " }), size >= 0 else {
      throw .unreadable(
        program: "scontrol show config", got: line.map(String.init) ?? "", want: "a line MaxArraySize = N")
    }
    if size < 2 { throw .noArrays }
    return min(size, 10_000_000)
  }

  /// Returns each trial's current task: one that is in the queue or runs, else the last that has ended, as long as Slurm
  /// remembers it.
  /// - Throws: `SlurmError`.
  func tasks(of record: SlurmRecord, trials: Int) throws(SlurmError) -> [Int: SlurmTask] {
    let format = ["ArrayJobID", "ArrayTaskID", "State", "exit_code", "Name", "Reason"].map { "\($0):|" }
    let text = try tools.run(
      "squeue",
      [
        "--noheader", "--array", "--states=all", "--name=" + record.names(trials: trials).joined(separator: ","),
        "--Format=" + format.joined(separator: ","),
      ])
    var tasks: [Int: SlurmTask] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("CLUSTER:") {
      let cells = line.split(separator: "|", maxSplits: 5, omittingEmptySubsequences: false).map(Self.trimmed)
      guard cells.count == 6, let job = Int(cells[0]), Self.isState(cells[2]), let status = Int32(cells[3]) else {
        throw Self.unreadable("squeue", line)
      }
      // An array that was canceled while all of it waited has no tasks anymore.
      if cells[1] == "N/A" { continue }
      guard let number = Int(cells[1]), let trial = record.trial(ofTask: number, in: cells[4]) else {
        throw Self.unreadable("squeue", line)
      }
      let reason = cells[5].filter { $0 != "|" }
      Self.count(
        SlurmTask(job: job, trial: trial, state: cells[2], ending: Self.ending(status), reason: reason), in: &tasks)
    }
    return tasks
  }

  /// Returns the tasks that accounting remembers after squeue has forgotten them.
  /// - Throws: `SlurmError`, for example if there is no accounting.
  func pastTasks(of record: SlurmRecord, trials: Int) throws(SlurmError) -> [Int: SlurmTask] {
    // The search begins a day earlier, since clocks differ.
    let since = Date(timeIntervalSince1970: record.begun - 86_400).formatted(.iso8601.year().month().day())
    let text = try tools.run(
      "sacct",
      [
        "--allocations", "--noheader", "--parsable2", "--format=JobID,State,ExitCode,JobName",
        "--starttime=\(since)", "--name=" + record.names(trials: trials).joined(separator: ","),
      ])
    var tasks: [Int: SlurmTask] = [:]
    for line in text.split(separator: "\n") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(Self.trimmed)
      guard cells.count == 4, let place = cells[0].firstIndex(of: "_"), let job = Int(cells[0][..<place]) else {
        throw Self.unreadable("sacct", line)
      }
      // Tasks that have not begun are listed together, as in 5_[2-7].
      let number = cells[0][cells[0].index(after: place)...]
      if number.hasPrefix("[") { continue }
      let numbers = cells[2].split(separator: ":").compactMap { Int32($0) }
      // A state may be followed by words: CANCELLED by 1000.
      let state = String(cells[1].prefix { $0 != " " })
      guard let task = Int(number), let trial = record.trial(ofTask: task, in: cells[3]), Self.isState(state),
        numbers.count == 2
      else { throw Self.unreadable("sacct", line) }
      let ending = numbers[1] == 0 ? SlurmTask.Ending.status(numbers[0]) : .signal(numbers[1])
      Self.count(SlurmTask(job: job, trial: trial, state: state, ending: ending, reason: ""), in: &tasks)
    }
    return tasks
  }

  /// Cancels the tasks of arrays, or only those that have not begun.
  /// - Throws: `SlurmError`.
  func cancel(_ jobs: [Int], onlyWaiting: Bool) throws(SlurmError) {
    for start in stride(from: 0, to: jobs.count, by: 500) {
      let part = jobs[start..<min(start + 500, jobs.count)].map(String.init)
      _ = try tools.run("scancel", (onlyWaiting ? ["--state=PENDING"] : []) + part)
    }
  }

  private static func count(_ task: SlurmTask, in tasks: inout [Int: SlurmTask]) {
    guard let known = tasks[task.trial] else { return tasks[task.trial] = task }
    if (task.isActive ? 1 : 0, task.job) > (known.isActive ? 1 : 0, known.job) { tasks[task.trial] = task }
  }

  /// Decodes a status as the system call `wait` gives it.
  private static func ending(_ status: Int32) -> SlurmTask.Ending {
    status & 127 == 0 ? .status(status >> 8 & 255) : .signal(status & 127)
  }

  private static func isState(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { (65...90).contains($0) || $0 == UInt8(ascii: "_") || (48...57).contains($0) }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.trimmingPrefix { $0 == " " }).trimmingCharacters(in: .whitespaces)
  }

  private static func unreadable(_ program: String, _ line: Substring) -> SlurmError {
    .unreadable(program: program, got: String(line.prefix(200)), want: "a task of this sweep's arrays")
  }
}

/// One task of a sweep's arrays, and so one trial, at one moment.
struct SlurmTask: Equatable {
  enum Ending: Equatable {
    case status(Int32), signal(Int32)
  }

  /// The array's number.
  let job: Int
  let trial: Int
  /// The state in Slurm's words.
  let state: String
  let ending: Ending
  /// Why it waits.
  let reason: String

  /// Whether the task is in the queue or runs. An unknown state counts as active, so that nothing is submitted twice.
  var isActive: Bool { !Self.ended.contains(state) }

  var isRunning: Bool { isActive && !Self.waiting.contains(state) }

  /// The exit status of a process that ended by itself; nil otherwise.
  var status: Int32? { if state == "FAILED", case .status(let number) = ending { number } else { nil } }

  /// Whether the trial's process never began: Slurm reports signal 53 if it can't enter the directory or open the output, and
  /// the shell reports 126 or 127 if it can't run the program.
  var isUnlaunched: Bool {
    ["BOOT_FAIL", "LAUNCH_FAILED", "RECONFIG_FAIL"].contains(state)
      || state == "FAILED" && [.signal(53), .status(126), .status(127)].contains(ending)
  }

  /// Describes the end for people: Slurm's state and the status or signal.
  var text: String {
    switch ending {
    case .status(let number): "\(state), status \(number)"
    case .signal(let number): "\(state), signal \(number)"
    }
  }

  /// Returns why the trial failed; nil if it completed, or was interrupted and resumes from its checkpoint.
  /// - Parameters:
  ///   - words: the last error line of its process.
  ///   - wasStopped: whether its run's record says that it was interrupted.
  func failure(words: String?, wasStopped: Bool) -> String? {
    if isUnlaunched { return nil }
    return switch (state, ending) {
    case ("TIMEOUT", _) where wasStopped: nil
    case ("TIMEOUT", _): "Slurm's TIMEOUT: the time limit came before the trial could stop"
    case ("OUT_OF_MEMORY", _): "Slurm's OUT_OF_MEMORY: the trial took more than the memory limit"
    case ("FAILED", .signal(let number)): "ended by signal \(number)"
    // 75: another process has the trial. Above 128: the trial was told to stop.
    case ("FAILED", .status(let number)): number == 75 || number > 128 ? nil : words ?? "status \(number)"
    default: nil
    }
  }

  private static let ended: Set = [
    "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "LAUNCH_FAILED", "NODE_FAIL", "OUT_OF_MEMORY",
    "PREEMPTED", "RECONFIG_FAIL", "REVOKED", "TIMEOUT",
  ]
  private static let waiting: Set = [
    "CONFIGURING", "PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT",
  ]
}
