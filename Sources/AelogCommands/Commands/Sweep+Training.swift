// Sweep+Training.swift
// Trains the trials of aelog sweep, on this machine or with Slurm, and reports how they ended.

import ByteStreams
import Sweeps

extension Sweep {
  /// Trains the missing trials on this machine or with Slurm, and prints the ranking.
  /// - Returns: the exit code.
  func train(_ sweep: SweepDirectory, on console: Console) throws -> Int32 {
    StopSignals.install()
    let advice = Self.advice(sweep)
    do {
      if try usesSlurm(sweep) { return try trainOnSlurm(sweep, on: console) }
      if let reason = try SlurmExecutor.checkNoneQueued(sweep, tools: cluster.tools) {
        console.errors.line(
          "note: can't see whether tasks of the sweep are in Slurm's queue: \(DisplayName.escaped(reason))")
      }
    } catch {
      throw Failure(error, advice: Self.advice(sweep, after: error))
    }
    let (jobs, threads) = place.parallelism(for: sweep.trials.count)
    let watch = place.watch(console.output)
    let executor = try LocalExecutor(sweep, jobs: jobs, threads: threads, program: try Self.program(console))
    Self.tell(executor.takenFrom, on: console)
    let table = ResultsTable(sweep)
    watch.begin(sweep, jobs: jobs, threads: threads)
    let isComplete: Bool
    do {
      isComplete = try executor.run(
        retries: place.retry,
        observe: { event in
          table.note(event)
          watch.show(event, table.results)
          try table.writeIfDue()
        }, shouldStop: { StopSignals.received != nil },
        refresh: { watch.refresh(table.results) })
      table.refresh()
      try table.write()
      try SweepReport(sweep, table.results).write(to: sweep)
    } catch {
      table.refresh()
      // The finished trials are reported as far as that is possible.
      try? table.write()
      watch.end(table.results, isComplete: false)
      throw Failure(error, advice: Self.advice(sweep, after: error))
    }
    watch.end(table.results, isComplete: isComplete)
    guard isComplete else {
      console.errors.line("interrupted; \(advice)")
      return 128 + (StopSignals.received ?? 0)
    }
    return status(of: table.results, sweep, on: console)
  }

  /// The command that resumes the sweep.
  static func advice(_ sweep: SweepDirectory) -> String {
    "resume with \(ShellWord.line(["aelog", "sweep", "--resume", sweep.path]))"
  }

  /// The command that resumes the sweep after an error.
  static func advice(_ sweep: SweepDirectory, after error: any Error) -> String {
    switch error {
    case SweepError.inputRefused, SweepError.noImages:
      advice(sweep) + ", and add --data PATH if the images have moved"
    default: advice(sweep)
    }
  }

  /// Reports a process whose lock is ignored because it has been silent.
  static func tell(_ silent: DirectoryLock.SilentHolder?, on console: Console) {
    guard let silent else { return }
    console.errors.line(
      "note: process \(silent.process) on \(DisplayName.quoted(silent.host)) held the sweep's lock and has been silent for "
        + "\(Quantity.wholeDuration(abs(silent.seconds))); its lock is ignored")
  }

  /// Reports names that keep TensorBoard from showing the sweep.
  static func tellOtherNames(in directory: String, on console: Console) {
    for name in ((try? Directory.contents(directory))?.otherNames ?? []).prefix(10) {
      console.errors.line(
        "note: \(FileError.notUTF8(path: directory, name: name)), as TensorBoard's Python loader shows nothing beside it"
      )
    }
  }

  /// Returns the exit code, and prints what is left to do if it is not 0.
  func status(of results: [TrialResult], _ sweep: SweepDirectory, on console: Console) -> Int32 {
    let failed = results.count { if case .failed = $0.state { true } else { false } }
    let changed = results.filter { if case .changed = $0.state { true } else { false } }
    let cut = results.count { ![.completed, .stopped].contains($0.state) } - failed - changed.count
    if failed == 0, changed.isEmpty, cut == 0 { return 0 }
    var parts: [String] = []
    if failed > 0 { parts.append("\(SweepText.count(failed)) failed") }
    if let first = changed.first, case .changed(let reason) = first.state {
      let others = changed.count > 1 ? "; so were \(changed.count - 1) more" : ""
      parts.append(
        "\(DisplayName.quoted(first.trial.name)) was \(reason)\(others); move \(ShellWord.line([first.path])) away to train it anew, "
          + "or undo the change of \(SweepDirectory.fileName)")
    }
    // A changed trial holds up its comparison, and therefore all other trials.
    if cut > 0, changed.isEmpty, failed == 0 { parts.append("\(SweepText.count(cut)) interrupted") }
    let advice =
      failed > 0
      ? "to train them again, " + ShellWord.line(["aelog", "sweep", "--resume", sweep.path, "--retry"])
      : Self.advice(sweep)
    console.errors.line("error: \(parts.joined(separator: "; ")); \(advice)")
    return ExitReason.failure.rawValue
  }

  /// Returns the path of this process's program, so that every trial runs the same one.
  static func program(_ console: Console) throws -> String {
    for path in ["/proc/self/exe", console.commandLine.first ?? ""] {
      if let resolved = Directory.resolved(path) { return resolved }
    }
    throw Failure(
      message: "can't find the program \(console.commandLine.first ?? "aelog"), which starts the trials",
      status: .noInput)
  }
}

extension Sweep {
  /// Whether Slurm runs the sweep's trials: by option, or because it did before.
  func usesSlurm(_ sweep: SweepDirectory) throws -> Bool {
    if let executor = cluster.executor { return executor == .slurm }
    return try SlurmRecord.read(from: sweep.path) != nil
  }

  /// Submits the missing trials, and follows them to the end.
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
    console.errors.line(
      "interrupted; the tasks keep running: follow them with \(resume), cancel them with \(resume) --cancel")
    return 128 + (StopSignals.received ?? 0)
  }

  /// Cancels the sweep's tasks in Slurm's queue.
  func cancel(_ sweep: SweepDirectory, on console: Console) throws -> Int32 {
    let count = try SlurmExecutor.cancel(sweep, tools: cluster.tools)
    let output = place.quiet ? TextStream() : console.output
    output.line("  \(SweepText.count(count)) taken out of Slurm's queue; resume with")
    output.line("    \(ShellWord.line(["aelog", "sweep", "--resume", sweep.path]))")
    return 0
  }

  /// Prints the commands and the script that --dry-run would submit.
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
