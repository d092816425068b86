// ConfigurationFile.swift
// The command-line option that names a file with the options of one run.

package import ArgumentParser
import ByteStreams
package import Sweeps
package import Training

/// The file of a run's options.
package struct ConfigurationFileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File (YAML) of these options in the form of a sweep's, with one value each; options on the command line replace the file's.",
      valueName: "path"),
    completion: .file())
  package var config: String?

  package init() {}

  /// Reads the file.
  /// - Returns: its content, nil if no file is given.
  /// - Throws: `SweepError`, `FileError`.
  package func read() throws -> ConfigurationFile? { try config.map { try ConfigurationFile($0) } }
}

/// A specification of exactly one trial.
package struct ConfigurationFile {
  package let specification: SweepSpecification
  package let configuration: TrainingConfiguration
  /// Whether the file leaves the batch size open.
  package var hasUsualBatch: Bool { !given.contains(.batchSize) }
  /// The settings that the file gives.
  package var given: Set<TrainingSetting> { specification.givenSettings }
  /// The run's name, if the file names its trial.
  package let name: String?

  /// - Throws: `SweepError`, `FileError`.
  init(_ path: String) throws {
    specification = try SweepSpecification(path: path, accepting: .regularOrPipe)
    let trials = try specification.resolved(isWhole: false)
    guard let trial = trials.first, trials.count == 1 else {
      throw SweepError.specification(
        path: path, line: nil, reason: "it has \(trials.count) trials, and a run is one; give it to aelog sweep --spec")
    }
    configuration = trial.configuration
    name = specification.hasNames ? trial.name : nil
  }
}
