// ClusterOptions.swift
// The options that say who runs the trials: this machine, or a cluster's queue.

package import ArgumentParser
import ByteStreams
import Foundation
package import Sweeps

/// Who runs a sweep's trials.
package enum ExecutorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  case local, slurm
}

/// Executor and what each task asks it for; none of it changes what trials compute.
package struct ClusterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "local for processes on this machine, or slurm for tasks of a job array. (default: local; with --resume as before)",
      valueName: "executor"))
  package var executor: ExecutorChoice?

  @Option(parsing: .unconditional, help: ArgumentHelp("Slurm's partition.", valueName: "name"))
  package var partition: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("The most trials that Slurm runs at a time.", valueName: "count"))
  package var arrayLimit: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Time limit of a trial, as sbatch takes it: 2:00:00.", valueName: "time"))
  package var time: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Processors of a trial. (default: its threads, or 1)", valueName: "count")
  )
  package var cpusPerTask: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Memory of a trial, as sbatch takes it: 2G.", valueName: "size"))
  package var memory: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "One more option of sbatch, as in --sbatch-arg=--gres=gpu:1; may be given again.", valueName: "option"))
  package var sbatchArg: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds between two looks at Slurm's queue. (default: 5)", valueName: "seconds"))
  package var poll: Double?

  @Flag(help: "With --resume: end the sweep's tasks in Slurm's queue; those that run write a checkpoint.")
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

  /// What sbatch is asked for.
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

  /// The names of options that only Slurm has.
  var given: [String] {
    [
      ("partition", partition != nil), ("array-limit", arrayLimit != nil), ("time", time != nil),
      ("cpus-per-task", cpusPerTask != nil), ("memory", memory != nil), ("sbatch-arg", !sbatchArg.isEmpty),
      ("poll", poll != nil), ("cancel", cancel),
    ].filter(\.1).map(\.0)
  }

  /// Slurm's commands, with this process's variables.
  var tools: SlurmTools { SlurmTools(environment: ProcessInfo.processInfo.environment) }
}
