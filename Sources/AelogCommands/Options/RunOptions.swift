// RunOptions.swift
// Command-line options for a training run: its directory, output, checkpoints and threads.

package import ArgumentParser
import ByteStreams
import Foundation
import Parallel
import Runs
package import Training

/// The output directory and verbosity of a run; these options do not change results.
package struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Log directory, which holds the runs. (default: runs)", valueName: "path"),
    completion: .directory)
  package var logdir: String?

  @Option(
    help: ArgumentHelp(
      "Name of the run and of its directory; a number is appended if it exists. (default: the model's name)",
      valueName: "name"))
  package var name: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Export the latent codes of the same test images every N epochs, each time as a separate run, and at the end their "
        + "paths as one embedding. (default: never)", valueName: "n"))
  package var embedEvery: Int?

  @OptionGroup package var threads: ThreadOptions

  @Flag(help: "Print only errors.")
  package var quiet = false

  @Flag(help: "Print JSON lines for programs: at the start, after each epoch, and at the end.")
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

  /// The stream for text for people.
  package func words(on console: Console) -> TextStream { console.words(quiet: quiet, json: json) }

  package func display(on console: Console, logdir: String) -> any TrainingDisplay {
    if quiet { return QuietDisplay() }
    if json { return JSONDisplay(output: console.output) }
    return TextDisplay(output: console.output, logdir: logdir)
  }
}

/// Which checkpoints a run keeps, and the run to resume or to start from.
package struct CheckpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Resume the run in this directory from its last checkpoint; the results equal those of an uninterrupted run. Only "
        + "--epochs may change, --patience may grow, and --data name images that have moved.",
      valueName: "path"),
    completion: .directory)
  package var resume: String?

  @Option(
    help: ArgumentHelp(
      "Begin a new run with the weights of the run in this directory: of its last checkpoint, or of its best epoch's if it has "
        + "--patience. The model is that run's; images, their labels and all other options may differ.",
      valueName: "path"),
    completion: .directory)
  package var startFrom: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Keep the last N checkpoints, and the one of the best epoch. (default: \(TrainingOptions.defaultKeep))",
      valueName: "n"))
  package var keep: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Also write a checkpoint every N steps. (default: only after each epoch)", valueName: "n"))
  package var checkpointEvery: Int?

  package init() {}

  package func validate() throws {
    if resume?.isEmpty ?? false {
      throw ValidationError("--resume: the path is empty; give a run's directory, as in runs/first")
    }
    if startFrom?.isEmpty ?? false {
      throw ValidationError("--start-from: the path is empty; give a run's directory, as in runs/first")
    }
    if let keep, keep < 1 { throw ValidationError("--keep: got \(keep), want 1 or more") }
    if let checkpointEvery, checkpointEvery < 1 {
      throw ValidationError("--checkpoint-every: got \(checkpointEvery), want 1 or more")
    }
  }
}

/// The policy for a step whose loss or gradient is not finite.
package struct NonFiniteOptions: ParsableArguments {
  @Option(
    name: .customLong("on-nonfinite"),
    help: ArgumentHelp(
      "Policy for a step whose loss or gradient is not finite: stop with an error, or skip its update. (default: stop)",
      valueName: "policy"))
  package var onNonFinite: NonFiniteRule?

  package init() {}
}

extension NonFiniteRule: ExpressibleByArgument {}

/// The option `--threads`; results do not depend on it.
package struct ThreadOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Number of threads. (default: all processors)", valueName: "n"))
  package var threads: Int?

  package init() {}

  package var count: Int { threads ?? processorCount }

  package func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads: got \(threads), want 1 to 1024") }
  }
}

/// Reads thread counts, a line each, while training runs: the option `--threads-from-stdin`. A sweep writes them.
enum ThreadCountReader {
  /// Starts a thread that reads standard input.
  static func follow(_ allowance: ThreadAllowance) {
    Thread.detachNewThread { read(from: .standardInput, for: allowance) }
  }

  /// Reads to the end of the input; the last count stays in effect.
  static func read(from input: FileHandle, for allowance: ThreadAllowance) {
    var line: [UInt8] = []
    while let byte = (try? input.read(upToCount: 1))?.first {
      if byte != UInt8(ascii: "\n") {
        if line.count < 100 { line.append(byte) }
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      line = []
      if let threads = Int(text), threads > 0 {
        allowance.change(to: threads)
      } else {
        // The console may be used by the training thread only.
        let note = "note: --threads-from-stdin: got \(DisplayName.quoted(text)), want a number above 0\n"
        try? FileHandle.standardError.write(contentsOf: Array(note.utf8))
      }
    }
  }
}
