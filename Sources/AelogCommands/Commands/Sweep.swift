// Sweep.swift
// aelog sweep: trains a model for each combination of options.

import ArgumentParser
import ByteStreams
import Datasets
import Sweeps
import Training

/// Makes or resumes a sweep, and trains its trials.
struct Sweep: ConsoleCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train many models with different options.",
    usage: "aelog sweep --name <name> [<options>]",
    discussion: """
      Each option of aelog train can be repeated; every combination is a trial in
      its own directory in LOGDIR/NAME. If options of both families are given,
      both families are trained.

      Examples:
        aelog sweep --name sizes --filters 16,8,8 --filters 32,16,8 --repeats 3
        aelog sweep --name rates --random 20 --learning-rate log:1e-4..1e-2
        aelog sweep --filters 8 --hidden-units 128,32 --dry-run
        aelog sweep --name again --spec sweep.yaml
      """)

  @OptionGroup(title: "Trials") var options: SweepOptions
  @OptionGroup(title: "Sweep") var place: SweepRunOptions
  @OptionGroup(title: "Cluster") var cluster: ClusterOptions

  @Flag(help: "Print the trials with weights, bottleneck size and a time estimated from a few steps; do not train.")
  var dryRun = false

  @Flag(help: "Print the options as a file for --spec, and exit.")
  var printSpec = false

  @Flag(help: "Only make the sweep's directory, for aelog sweep-trial.")
  var prepare = false

  @Flag(help: "With --resume: print the ranking and write the results again; do not train.")
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
        SweepText(output: console.output).rank(results)
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
    let words = console.words(quiet: place.quiet, json: place.json)
    let images = try ReadingDisplay.show(on: words) { [specification] in
      try specification.data.load(seed: specification.dataSeed, threads: place.processors)
    }
    let fitted = try specification.fitBatch(to: images.training.count)
    if fitted != nil { trials = try specification.resolved() }
    for note in images.notes + [fitted].compactMap(\.self) { words.line("  note      \(note)") }
    for trial in trials { try TrialSize.check(trial, images: images) }
    if dryRun {
      try SweepText(output: console.output).showTrials(
        trials, ladder: try specification.ladder(of: trials), images: images, threads: place.threads ?? 1,
        shouldStop: { StopSignals.received != nil })
      if cluster.executor == .slurm { try showSubmission(of: trials.count, on: console) }
      return 0
    }
    if cluster.executor == .slurm { try SlurmExecutor.checkPresence(cluster.tools) }
    let sweep = try SweepDirectory(making: Directory.join(place.logdir ?? "runs", place.name ?? ""), for: specification)
    sweep.keep(images)
    if prepare {
      // With halving, all trials are run once per rung: each pass trains to the next comparison.
      let times = sweep.ladder.map { ", \($0.rungs.count) times," } ?? ""
      console.output.line(
        "  \(SweepText.count(trials.count)) in \(ShellWord.line([sweep.path])); train each\(times) with")
      console.output.line("    \(ShellWord.line(["aelog", "sweep-trial", sweep.path])) INDEX")
      return 0
    }
    return try train(sweep, on: console)
  }

  /// Checks that the given options are those of the sweep to resume.
  /// - Returns: the sweep, with its images in another place if `--data` names one.
  private func checked(_ sweep: SweepDirectory) throws -> SweepDirectory {
    var wanted = try options.specification()
    let source =
      options.data.given?.readLike(sweep.specification.data)
      ?? (options.spec == nil ? sweep.specification.data : wanted.data)
    wanted.data = sweep.specification.data
    if options.spec == nil { wanted.dataSeed = options.data.dataSeed ?? sweep.specification.dataSeed }
    if options.isOfDataAlone {
      let seed = wanted.dataSeed
      wanted = sweep.specification
      wanted.dataSeed = seed
    }
    wanted = try sweep.fitted(wanted, to: source, threads: place.processors)
    try sweep.check(wanted)
    return try sweep.moved(to: source, threads: place.processors)
  }
}
