// RunChoice.swift
// Which finished run a command works on, and which of its images.

package import ArgumentParser
package import Datasets
package import Runs

extension Split: ExpressibleByArgument {}

/// A run's checkpoint and the images to take.
package struct RunChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp("The directory of a run that aelog train has made.", valueName: "directory"),
    completion: .directory)
  package var run: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The step whose checkpoint is taken. (default: the last)", valueName: "natural"))
  package var step: Int?

  @Option(help: ArgumentHelp("The part of the images. (default: test)", valueName: "split"))
  package var split: Split?

  @Option(
    help: ArgumentHelp("Where the run's images are now. (default: where they were)", valueName: "path"),
    completion: .directory)
  package var data: String?

  @OptionGroup package var threads: Threads

  package init() {}

  package func validate() throws {
    if run?.isEmpty ?? false {
      throw ValidationError("--run: the path is empty; give a run's directory, as in runs/first")
    }
    if let step, step < 0 { throw ValidationError("--step: got \(step), want 0 or more") }
    if data?.isEmpty ?? false { throw ValidationError("--data: the path is empty; give a directory, or leave it out") }
  }

  /// The first option that was given, for a message.
  package var given: String? {
    [("run", run != nil), ("step", step != nil), ("split", split != nil), ("data", data != nil)].first(where: \.1)?.0
  }

  /// The part whose images are taken.
  package var imageSplit: Split { split ?? .test }

  /// The trained model alone.
  package func loadModel() throws -> TrainedModel {
    try TrainedModel.load(runDirectory: run ?? "", step: step, threads: threads.count)
  }

  /// The trained model and the images to take.
  package func load() throws -> (TrainedModel, ShownImages) {
    let model = try loadModel()
    let images = try model.loadImages(
      imageSplit, from: data.map(DataSource.init(argument:)), threads: threads.count)
    return (model, images)
  }
}
