// Sweep.swift
// aelog sweep: many runs, each with other options.

import ArgumentParser
import ByteStreams
import Datasets
import Sweeps
import Training

/// Makes trials of options that have several values.
struct Sweep: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train many models, each with other options.",
    usage: "aelog sweep --name <name> [<options>]",
    discussion: """
      Each option of aelog train may be given several times; every combination is a
      trial with a directory of its own in LOGDIR/NAME. Where options of both
      families are given, both are trained.

      Examples:
        aelog sweep --name sizes --filters 16,8,8 --filters 32,16,8 --repeats 3
        aelog sweep --name rates --random 20 --learning-rate log:1e-4..1e-2
        aelog sweep --filters 8 --hidden-units 128,32 --dry-run
        aelog sweep --name again --spec sweep.yaml
      """)

  @OptionGroup(title: "Trials") var options: SweepOptions
  @OptionGroup(title: "Sweep") var place: SweepRunOptions
  @OptionGroup(title: "Cluster") var cluster: ClusterOptions

  @Flag(help: "Print the trials with weights, bottleneck size and the time that a few steps promise; train nothing.")
  var dryRun = false

  @Flag(help: "Print the options as a file for --spec, and do nothing else.")
  var printSpec = false

  @Flag(help: "Make the sweep's directory and train nothing: for aelog sweep-trial.")
  var prepare = false

  @Flag(help: "Print the table of the sweep that --resume names, write its results again, and train nothing.")
  var report = false

  func validate() throws {
    if [dryRun, printSpec, prepare, report].filter({ $0 }).count > 1 {
      throw ValidationError("--dry-run, --print-spec, --prepare and --report exclude each other; choose one")
    }
    if cluster.executor == .slurm, place.jobs != nil {
      throw ValidationError("--jobs is for this machine; with --executor slurm it is --array-limit")
    }
    if place.resume == nil, cluster.executor != .slurm, let name = cluster.given.first {
      throw ValidationError("--\(name) needs --executor slurm, or --resume of a sweep in Slurm's queue")
    }
    if cluster.cancel, place.resume == nil || report || dryRun || printSpec || prepare {
      throw ValidationError("--cancel: say of which sweep, as in --resume runs/sizes --cancel, and nothing else")
    }
    if report && place.resume == nil {
      throw ValidationError("--report: say of which sweep, as in --resume runs/sizes --report")
    }
    if !dryRun, !printSpec, place.resume == nil, place.name == nil {
      throw ValidationError("--name: give the sweep a name, as in --name sizes")
    }
  }

  func run(on console: Console) throws -> Int32 {
    if let directory = place.resume {
      var sweep = try SweepDirectory(directory)
      if !place.quiet { Self.tellOtherNames(in: sweep.path, on: console) }
      if cluster.cancel { return try cancel(sweep, on: console) }
      if !options.isEmpty { sweep = try checked(sweep) }
      if report {
        let results = sweep.results
        try sweep.write(results)
        try SweepReport(sweep, results).write(to: sweep)
        SweepDisplay(output: console.output).rank(results)
        return 0
      }
      return try train(sweep, on: console)
    }
    var specification = try options.specification()
    var trials = try specification.resolved()
    if printSpec {
      console.output.write(specification.text)
      return 0
    }
    StopSignals.install()
    let images = try specification.data.load(seed: specification.dataSeed, threads: place.processors)
    let fitted = try specification.fitBatch(to: images.training.count)
    if fitted != nil { trials = try specification.resolved() }
    if !place.quiet, !place.json {
      for note in images.notes + [fitted].compactMap(\.self) { console.output.line("  note      \(note)") }
    }
    for trial in trials { try TrialSize.check(trial, images: images) }
    if dryRun {
      try SweepDisplay(output: console.output).showTrials(
        trials, ladder: try specification.ladder(of: trials), images: images, threads: place.threads ?? 1,
        shouldStop: { StopSignals.received != nil })
      if cluster.executor == .slurm { try showSubmission(of: trials.count, on: console) }
      return 0
    }
    if cluster.executor == .slurm { try SlurmExecutor.checkPresence(cluster.tools) }
    let sweep = try SweepDirectory(making: Directory.join(place.logdir ?? "runs", place.name ?? ""), for: specification)
    if prepare {
      // Whoever runs all of them once more after each comparison climbs the ladder.
      let times = sweep.ladder.map { ", \($0.rungs.count) times," } ?? ""
      console.output.line(
        "  \(SweepDisplay.count(trials.count)) in \(ShellWord.line([sweep.path])); train each\(times) with")
      console.output.line("    \(ShellWord.line(["aelog", "sweep-trial", sweep.path])) INDEX")
      return 0
    }
    return try train(sweep, on: console)
  }

  /// The sweep to resume, if the options are its own; with its images in another place where `--data` names one.
  private func checked(_ sweep: SweepDirectory) throws -> SweepDirectory {
    var wanted = try options.specification()
    let source = options.data.given ?? (options.spec == nil ? sweep.specification.data : wanted.data)
    wanted.data = sweep.specification.data
    if options.spec == nil { wanted.dataSeed = options.data.dataSeed ?? sweep.specification.dataSeed }
    if options.isOfDataAlone {
      let seed = wanted.dataSeed
      wanted = sweep.specification
      wanted.dataSeed = seed
    }
    try sweep.check(wanted)
    return try sweep.moved(to: source, threads: place.processors)
  }

  private func train(_ sweep: SweepDirectory, on console: Console) throws -> Int32 {
    StopSignals.install()
    let advice = Self.advice(sweep)
    do {
      if try isSlurms(sweep) { return try trainOnSlurm(sweep, on: console) }
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
      // What is finished is told as far as that is possible.
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

  static func advice(_ sweep: SweepDirectory) -> String {
    "go on with \(ShellWord.line(["aelog", "sweep", "--resume", sweep.path]))"
  }

  /// What leads out of an error.
  static func advice(_ sweep: SweepDirectory, after error: any Error) -> String {
    switch error {
    case SweepError.inputRefused, SweepError.noImages:
      advice(sweep) + ", and with --data PATH where the images have moved"
    default: advice(sweep)
    }
  }

  static func tell(_ silent: DirectoryLock.Silent?, on console: Console) {
    guard let silent else { return }
    console.errors.line(
      "note: process \(silent.process) on \(DisplayName.quoted(silent.host)) had the sweep and has been silent for "
        + "\(Quantity.wholeDuration(abs(silent.seconds))); it is taken for dead")
  }

  /// Names that keep TensorBoard from showing the sweep.
  private static func tellOtherNames(in directory: String, on console: Console) {
    for name in ((try? Directory.contents(directory))?.otherNames ?? []).prefix(10) {
      console.errors.line(
        "note: \(FileError.notUTF8(path: directory, name: name)), as TensorBoard's Python loader shows nothing beside it"
      )
    }
  }

  /// The process's status, and in a line what is left to do where it is not 0.
  func status(of results: [TrialResult], _ sweep: SweepDirectory, on console: Console) -> Int32 {
    let failed = results.count { if case .failed = $0.state { true } else { false } }
    let changed = results.filter { if case .changed = $0.state { true } else { false } }
    let cut = results.count { ![.completed, .stopped].contains($0.state) } - failed - changed.count
    if failed == 0, changed.isEmpty, cut == 0 { return 0 }
    var parts: [String] = []
    if failed > 0 { parts.append("\(SweepDisplay.count(failed)) failed") }
    if let first = changed.first, case .changed(let reason) = first.state {
      let others = changed.count > 1 ? "; so were \(changed.count - 1) more" : ""
      parts.append(
        "\(DisplayName.quoted(first.trial.name)) was \(reason)\(others); move \(ShellWord.line([first.path])) away to train it anew, "
          + "or undo the change of \(SweepDirectory.fileName)")
    }
    // With a changed trial its comparison waits, and with it all others.
    if cut > 0, changed.isEmpty, failed == 0 { parts.append("\(SweepDisplay.count(cut)) cut off") }
    let advice =
      failed > 0
      ? "to train them again, " + ShellWord.line(["aelog", "sweep", "--resume", sweep.path, "--retry"])
      : Self.advice(sweep)
    console.errors.line("error: \(parts.joined(separator: "; ")); \(advice)")
    return ExitReason.failure.rawValue
  }

  /// The file that this process runs, so that every trial has the same program.
  static func program(_ console: Console) throws -> String {
    for path in ["/proc/self/exe", console.commandLine.first ?? ""] {
      if let resolved = Directory.resolved(path) { return resolved }
    }
    throw Failure(
      message: "can't find the program \(console.commandLine.first ?? "aelog") to start trials with", status: .noInput)
  }
}
