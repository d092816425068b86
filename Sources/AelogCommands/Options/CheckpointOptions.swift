// CheckpointOptions.swift
// The options about what a run leaves to go on from, and about going on.

package import ArgumentParser

/// Checkpoints, and the run to go on with.
package struct CheckpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Go on with the run in this directory from its last checkpoint, to the same end as if it had never been cut off. Of "
        + "the other options only --epochs may differ from what it was begun with, and --data if the images have moved.",
      valueName: "directory"),
    completion: .directory)
  package var resume: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many of the last checkpoints stay, beside that of the best epoch.", valueName: "count"))
  package var keep = 3

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps between two checkpoints. (default: one after each epoch, where there always is one)", valueName: "steps"))
  package var checkpointEvery: Int?

  package init() {}

  package func validate() throws {
    if resume?.isEmpty ?? false {
      throw ValidationError("--resume: the path is empty; give a run's directory, as in runs/first")
    }
    if keep < 1 { throw ValidationError("--keep: got \(keep), want 1 or more") }
    if let checkpointEvery, checkpointEvery < 1 {
      throw ValidationError("--checkpoint-every: got \(checkpointEvery), want 1 or more")
    }
  }
}
