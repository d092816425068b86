// SweepRunOptions.swift
// Command-line options for how a sweep runs: its directory, parallelism, output, and Slurm.

package import ArgumentParser
import ByteStreams
import Foundation
import Parallel
import Runs
package import Sweeps

/// Output directory, parallelism and verbosity of a sweep; these options do not change the results of its trials.
package struct SweepRunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Directory in which the sweep's directory is made. (default: runs)", valueName: "path"),
    completion: .directory)
  package var logdir: String?

  @Option(help: ArgumentHelp("Name of the sweep's directory, which must not exist yet.", valueName: "name"))
  package var name: String?

  @Option(
    help: ArgumentHelp(
      "Resume the sweep in this directory: train missing trials, and resume interrupted ones.", valueName: "path"),
    completion: .directory)
  package var resume: String?

  @Flag(help: "With --resume: also train failed trials again.")
  package var retry = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of trials that run at the same time. (default: the number of processors)", valueName: "n"))
  package var jobs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads per trial; the threads of finished trials move to the last running ones. (default: the processors divided "
        + "by --jobs)",
      valueName: "n"))
  package var threads: Int?

  @Flag(help: "Print only errors.")
  package var quiet = false

  @Flag(help: "Print JSON lines for programs: at the start, when a trial starts and ends, and at the end.")
  package var json = false

  package init() {}

  package func validate() throws {
    for (option, path) in [("logdir", logdir), ("resume", resume)] where path?.isEmpty ?? false {
      throw ValidationError("--\(option): the path is empty; give a directory")
    }
    if let name { do { try RunPlacement.check(name) } catch { throw ValidationError("\(error)") } }
    for (option, isGiven) in [("logdir", logdir != nil), ("name", name != nil)] where isGiven && resume != nil {
      throw ValidationError("--\(option) and --resume exclude each other: the sweep stays in its directory")
    }
    if retry && resume == nil {
      throw ValidationError("--retry: say of which sweep, as in --resume runs/sizes --retry")
    }
    if quiet && json { throw ValidationError("--quiet and --json exclude each other; choose one") }
    for (option, count) in [("jobs", jobs), ("threads", threads)] {
      if let count, !(1...1024).contains(count) { throw ValidationError("--\(option): got \(count), want 1 to 1024") }
    }
  }

  func watch(_ output: TextStream) -> any SweepDisplay {
    if quiet { return QuietSweepDisplay() }
    return json ? JSONSweepDisplay(output) : TextSweepDisplay(output)
  }

  package var processors: Int { processorCount }

  /// Returns the number of trials at the same time, and of threads for each, that use all processors and no more.
  package func parallelism(for trials: Int) -> (jobs: Int, threads: Int) {
    let jobs = jobs ?? max(1, min(trials, threads.map { processors / $0 } ?? processors))
    return (jobs, threads ?? max(1, processors / jobs))
  }
}

/// The executor of a sweep's trials: processes on this machine, or a Slurm cluster.
package enum ExecutorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  case local, slurm
}

/// The executor and the resources of each task; these options do not change results.
package struct ClusterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Executor of the trials: local (processes on this machine), or slurm (a job array). (default: local; with --resume "
        + "the same as before)",
      valueName: "executor"))
  package var executor: ExecutorChoice?

  @Option(parsing: .unconditional, help: ArgumentHelp("Slurm partition.", valueName: "name"))
  package var partition: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Maximum number of trials that Slurm runs at the same time.", valueName: "n"))
  package var arrayLimit: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Time limit per trial in sbatch's format, as in 2:00:00.", valueName: "time"))
  package var time: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Processors per trial. (default: its threads, or 1)", valueName: "n")
  )
  package var cpusPerTask: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Memory per trial in sbatch's format, as in 2G.", valueName: "size"))
  package var memory: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Additional sbatch option, as in --sbatch-arg=--gres=gpu:1; can be repeated.", valueName: "option"))
  package var sbatchArg: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds between two queries of Slurm's queue. (default: 5)", valueName: "seconds"))
  package var poll: Double?

  @Flag(help: "With --resume: cancel the sweep's tasks in Slurm; running ones write a checkpoint first.")
  package var cancel = false

  package init() {}

  package func validate() throws {
    if executor == .local, let name = given.first {
      throw ValidationError("--\(name) and --executor local exclude each other: it is for Slurm")
    }
    if let poll, !(0.05...3600).contains(poll) {
      throw ValidationError("--poll: got \(poll), want 0.05 to 3600 seconds")
    }
    do { try slurm.check() } catch { throw ValidationError("\(error)") }
  }

  /// The options for sbatch.
  package var slurm: SlurmOptions {
    var options = SlurmOptions()
    options.partition = partition
    options.array_limit = arrayLimit
    options.time = time
    options.cpus_per_task = cpusPerTask
    options.memory = memory
    options.sbatch_args = sbatchArg.isEmpty ? nil : sbatchArg
    return options
  }

  /// The names of the given options that only Slurm has.
  var given: [String] {
    [
      ("partition", partition != nil), ("array-limit", arrayLimit != nil), ("time", time != nil),
      ("cpus-per-task", cpusPerTask != nil), ("memory", memory != nil), ("sbatch-arg", !sbatchArg.isEmpty),
      ("poll", poll != nil), ("cancel", cancel),
    ].filter(\.1).map(\.0)
  }

  /// Slurm's commands, run with this process's environment variables.
  var tools: SlurmTools { SlurmTools(environment: ProcessInfo.processInfo.environment) }
}
