// RunOptions.swift
// The options that say where a run goes and what is printed of it.

package import ArgumentParser
import Runs

/// The place and the voice of a run; none of it changes what is computed.
package struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The directory that holds the runs. (default: runs)", valueName: "path"), completion: .directory)
  package var logdir: String?

  @Option(
    help: ArgumentHelp(
      "The run's directory in it; numbered where it is taken. (default: the model's name)", valueName: "name"))
  package var name: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Epochs between two snapshots of the code: embeddings of the same test images, each a run of its own, and in the end their "
        + "paths as one embedding. (default: none)", valueName: "epochs"))
  package var embedEvery: Int?

  @OptionGroup package var threads: Threads

  @Flag(help: "Print nothing but errors.")
  package var quiet = false

  @Flag(help: "Print JSON for programs: a line at the start, after each epoch, and at the end.")
  package var json = false

  package init() {}

  package func validate() throws {
    if logdir?.isEmpty ?? false { throw ValidationError("--logdir: the path is empty; give a directory, as in runs/") }
    if let name { do { try RunPlacement.check(name) } catch { throw ValidationError("\(error)") } }
    let possible = RunRecord.embedEveryRange
    if let embedEvery, !possible.contains(embedEvery) {
      throw ValidationError(
        "--embed-every: got \(embedEvery), want \(embedEvery < 1 ? "1 or more" : "at most \(possible.upperBound)")")
    }
    if quiet && json { throw ValidationError("--quiet and --json exclude each other; choose one") }
  }

  package func display(on console: Console, logdir: String) -> any TrainingDisplay {
    if quiet { return QuietDisplay() }
    if json { return JSONDisplay(output: console.output) }
    return TextDisplay(output: console.output, logdir: logdir)
  }
}
