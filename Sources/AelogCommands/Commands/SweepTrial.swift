// SweepTrial.swift
// aelog sweep-trial: one trial of a sweep, in this process. What runs a sweep calls it, here or in a cluster's queue.

import ArgumentParser
import ByteStreams
import Datasets
import Sessions
import Sweeps
import Tensors
import Training

/// Trains one trial.
struct SweepTrial: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep-trial",
    abstract: "Train one trial of a sweep.",
    usage: "aelog sweep-trial <sweep> <index> [<options>]",
    discussion: """
      Goes on where the trial was cut off, and does nothing where it is complete.
      Any queue of numbered tasks can run a sweep so. With GNU parallel:

        aelog sweep --prepare --name wide --filters 16,8 --filters 32,16 --repeats 5
        seq 0 9 | parallel -j 2 aelog sweep-trial runs/wide {} --threads 1
      """)

  @Argument(
    help: ArgumentHelp("The sweep's directory, or the sweep.yaml in it.", valueName: "sweep"), completion: .directory)
  var sweep: String

  @Argument(help: ArgumentHelp("The trial's number, from 0.", valueName: "index"))
  var index: Int

  @OptionGroup var threads: ThreadOptions

  @Flag(
    name: .customLong("threads-from-stdin"),
    help: "Read from standard input, line by line, how many threads may work from then on.")
  var readsThreadCounts = false

  @Flag(help: "Train it again where it has failed.")
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
    // With halving any process that finds all trials of a rung at their end compares them.
    _ = try sweep.compare()
    let allowance = ThreadAllowance(threads.count, most: readsThreadCounts ? ThreadOptions.available : 1)
    if readsThreadCounts { ThreadCountReader.follow(allowance) }
    let outcome = try TrialWork(sweep, trial).run(
      threads: allowance, commandLine: console.commandLine, shouldStop: { StopSignals.received != nil })
    guard let outcome, outcome.wasInterrupted, !outcome.isPaused else { return 0 }
    console.errors.line("interrupted; the same command resumes the trial")
    return 128 + (StopSignals.received ?? 0)
  }

  /// A file that can't be read is no failure of this trial.
  private func readSweep() throws -> SweepDirectory {
    do { return try SweepDirectory(sweep) } catch let error as SweepError {
      throw Failure(message: "\(error)", status: .noInput)
    }
  }
}
