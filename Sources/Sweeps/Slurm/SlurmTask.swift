// SlurmTask.swift
// A task of a sweep's arrays, as squeue and sacct tell of it.

/// One task, and with it one trial, at one moment.
struct SlurmTask: Equatable {
  enum Ending: Equatable {
    case status(Int32), signal(Int32)
  }

  /// The array's number.
  let job: Int
  let trial: Int
  /// Slurm's word.
  let state: String
  let ending: Ending
  /// Why it waits.
  let reason: String

  /// In the queue, or running. A state that is not known here counts as one: nothing is submitted twice then.
  var isActive: Bool { !Self.ended.contains(state) }

  var isRunning: Bool { isActive && !Self.waiting.contains(state) }

  /// The status of a process that ended by itself; nil for other ends.
  var status: Int32? { if state == "FAILED", case .status(let number) = ending { number } else { nil } }

  /// Whether the trial's process never began: Slurm reports signal 53 where it can't enter the directory or open the output, and
  /// the shell 126 or 127 where it can't run the program.
  var isUnlaunched: Bool {
    ["BOOT_FAIL", "LAUNCH_FAILED", "RECONFIG_FAIL"].contains(state)
      || state == "FAILED" && [.signal(53), .status(126), .status(127)].contains(ending)
  }

  /// For people: Slurm's word and the end of the process.
  var text: String {
    switch ending {
    case .status(let number): "\(state), status \(number)"
    case .signal(let number): "\(state), signal \(number)"
    }
  }

  /// What the trial failed of; nil where it ended well or was cut off, and resumes from its checkpoint.
  /// - Parameters:
  ///   - words: the last that its process said.
  ///   - wasStopped: whether its run says that it was stopped.
  func failure(words: String?, wasStopped: Bool) -> String? {
    if isUnlaunched { return nil }
    return switch (state, ending) {
    case ("TIMEOUT", _) where wasStopped: nil
    case ("TIMEOUT", _): "Slurm's TIMEOUT: the time limit came before the trial could stop"
    case ("OUT_OF_MEMORY", _): "Slurm's OUT_OF_MEMORY: the trial took more than the memory limit"
    case ("FAILED", .signal(let number)): "ended by signal \(number)"
    // 75: another process has the trial; above 128 it says that it was told to stop.
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
