// SweepPlace.swift
// The options that say where a sweep goes, and how many trials run at a time.

package import ArgumentParser
import Parallel
import Runs

/// Place, jobs and voice of a sweep; none of it changes what its trials compute.
package struct SweepPlace: ParsableArguments {
  @Option(
    help: ArgumentHelp("The directory that holds the sweep. (default: runs)", valueName: "path"),
    completion: .directory)
  package var logdir: String?

  @Option(help: ArgumentHelp("The sweep's directory in it, which must be new.", valueName: "name"))
  package var name: String?

  @Option(
    help: ArgumentHelp(
      "Go on with the sweep in this directory: train what is missing, and what was cut off.", valueName: "directory"),
    completion: .directory)
  package var resume: String?

  @Flag(help: "With --resume: train failed trials again too.")
  package var retry = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Trials that run at a time. (default: as many as there are processors)", valueName: "count"))
  package var jobs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads of each trial; those of trials that are over go to the last ones. (default: the processors, shared out)",
      valueName: "count"))
  package var threads: Int?

  @Flag(help: "Print nothing but errors.")
  package var quiet = false

  @Flag(help: "Print JSON for programs: a line at the start, when a trial begins and ends, and at the end.")
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

  func watch(_ output: TextStream) -> any SweepWatch {
    if quiet { return QuietSweepWatch() }
    return json ? JSONSweepWatch(output) : TextSweepWatch(output)
  }

  package var processors: Int { processorCount }

  /// What fills the machine and no more.
  package func share(of trials: Int) -> (jobs: Int, threads: Int) {
    let jobs = jobs ?? max(1, min(trials, threads.map { processors / $0 } ?? processors))
    return (jobs, threads ?? max(1, processors / jobs))
  }
}
