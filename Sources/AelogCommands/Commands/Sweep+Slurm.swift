// Sweep+Slurm.swift
// aelog sweep with its trials in Slurm's queue.

import ByteStreams
import Sweeps

extension Sweep {
  /// Whether Slurm runs the sweep's trials: asked for, or as it was before.
  func isSlurms(_ sweep: SweepDirectory) throws -> Bool {
    if let executor = cluster.executor { return executor == .slurm }
    return try SlurmRecord.read(from: sweep.path) != nil
  }

  /// Submits what is missing, and follows it to the end.
  func trainOnSlurm(_ sweep: SweepDirectory, on console: Console) throws -> Int32 {
    let executor = try SlurmExecutor(
      sweep, options: cluster.slurm, threads: place.threads, program: try Self.program(console), tools: cluster.tools)
    Self.tell(executor.takenFrom, on: console)
    let watch = place.watch(console.output)
    let table = executor.table
    watch.begin(sweep, jobs: nil, threads: executor.threads)
    var isComplete = false
    defer { watch.end(table.results, isComplete: isComplete) }
    isComplete = try executor.run(
      retries: place.retry, poll: cluster.poll ?? 5, observe: { watch.show($0, table.results) },
      shouldStop: { StopSignals.received != nil },
      wait: { seconds in
        let end = Console.now() + seconds
        while StopSignals.received == nil, case let left = end - Console.now(), left > 0 {
          watch.refresh(table.results)
          StopSignals.wait(seconds: min(left, 0.25))
        }
      })
    try SweepReport(sweep, table.results).write(to: sweep)
    if isComplete { return status(of: table.results, sweep, on: console) }
    let resume = ShellWord.line(["aelog", "sweep", "--resume", sweep.path])
    console.errors.line("interrupted; the tasks run on: follow them with \(resume), end them with \(resume) --cancel")
    return 128 + (StopSignals.received ?? 0)
  }

  /// Ends the sweep's tasks.
  func cancel(_ sweep: SweepDirectory, on console: Console) throws -> Int32 {
    let count = try SlurmExecutor.cancel(sweep, tools: cluster.tools)
    let output = place.quiet ? TextStream() : console.output
    output.line("  \(SweepDisplay.count(count)) taken out of Slurm's queue; go on with")
    output.line("    \(ShellWord.line(["aelog", "sweep", "--resume", sweep.path]))")
    return 0
  }

  /// What --dry-run shows beside the trials.
  func showSubmission(of trials: Int, on console: Console) throws {
    let path = Directory.join(place.logdir ?? "runs", place.name ?? "NAME")
    let (commands, script) = try SlurmExecutor.preview(
      trials: trials, path: Self.absolute(path), options: cluster.slurm, threads: place.threads,
      program: try Self.program(console), tools: cluster.tools)
    for command in commands { console.output.line("\n" + ShellWord.line(command)) }
    console.output.line("\n\(SlurmExecutor.scriptName):")
    console.output.write(script)
  }

  private static func absolute(_ path: String) -> String { Directory.join(Directory.resolved(".") ?? "", path) }
}
