// SlurmExecutor+Queue.swift
// A sweep's tasks in Slurm's queue, for those who don't follow them: ended, or only asked for.

import ByteStreams

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
