// SweepTrial.swift
// aelog sweep-trial: trains one trial in this process; aelog sweep, a Slurm task, or any other queue starts it.

import ArgumentParser
import ByteStreams
import Datasets
import Parallel
import Sessions
import Sweeps
import Training

/// Trains one trial.
struct SweepTrial: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep-trial",
    abstract: "Train one trial of a sweep.",
    usage: "aelog sweep-trial <sweep> <index> [<options>]",
    discussion: """
      Resumes an interrupted trial, and does nothing if the trial is complete. Any
      queue of numbered tasks can run a sweep this way. With GNU parallel:

        aelog sweep --prepare --name wide --filters 16,8 --filters 32,16 --repeats 5
        seq 0 9 | parallel -j 2 aelog sweep-trial runs/wide {} --threads 1
      """)

  @Argument(
    help: ArgumentHelp("Directory of the sweep, or its sweep.yaml.", valueName: "sweep"), completion: .directory)
  var sweep: String

  @Argument(help: ArgumentHelp("Index of the trial, from 0.", valueName: "index"))
  var index: Int

  @OptionGroup var threads: ThreadOptions

  @Flag(
    name: .customLong("threads-from-stdin"),
    help: "Read changes of the number of threads from standard input, a number per line.")
  var readsThreadCounts = false

  @Flag(help: "Train the trial again if it has failed.")
  var retry = false

  func run(on console: Console) throws -> Int32 {
    let sweep = try readSweep()
    guard sweep.trials.indices.contains(index) else {
      throw ValidationError("got trial \(index), want 0 to \(sweep.trials.count - 1)")
    }
    let trial = sweep.trials[index]
    if !retry, case .failed(let reason) = sweep.state(of: trial) {
      throw Failure(
        message: "trial \(index) has failed: \(reason); --retry trains it again", status: .failure)
    }
    StopSignals.install()
    // With halving, the first process that finds all trials of a rung trained compares them.
    _ = try sweep.compare()
    let allowance = ThreadAllowance(threads.count, most: readsThreadCounts ? processorCount : 1)
    if readsThreadCounts { ThreadCountReader.follow(allowance) }
    let outcome = try TrialWork(sweep, trial).run(
      threads: allowance, commandLine: console.commandLine, shouldStop: { StopSignals.received != nil })
    guard let outcome, outcome.wasInterrupted, !outcome.isPaused else { return 0 }
    console.errors.line("interrupted; the same command resumes the trial")
    return 128 + (StopSignals.received ?? 0)
  }

  /// Reads the sweep; a file that can't be read does not mark the trial as failed.
  private func readSweep() throws -> SweepDirectory {
    do { return try SweepDirectory(sweep) } catch let error as SweepError {
      throw Failure(message: "\(error)", status: .noInput)
    }
  }
}
