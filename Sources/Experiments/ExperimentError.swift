// ExperimentError.swift
// What is wrong with a run, in one line for people.

import ByteStreams

/// A run that cannot be made or used. Names and paths are as given, not escaped.
package enum ExperimentError: Error, Equatable {
  case badRunName(name: String, reason: String)
  /// The directory holds no checkpoint, or none of the wanted step.
  case noCheckpoint(directory: String, step: Int?)
  /// The images are not those that the run was trained on.
  case otherImages(source: String, got: String, want: String)
  case noImages(got: Int)
}

extension ExperimentError: CustomStringConvertible {
  /// What, where, and what to do.
  package var description: String {
    switch self {
    case .badRunName(let name, let reason):
      "--name \(DisplayName.quoted(name)): \(reason); choose letters, digits, - _ and ."
    case .noCheckpoint(let directory, nil):
      "no checkpoint in \(DisplayName.quoted(directory)); give the directory of a run that aelog train has made"
    case .noCheckpoint(let directory, let step?):
      "no checkpoint of step \(step) in \(DisplayName.quoted(directory)); leave the step away for the last one"
    case .otherImages(let source, let got, let want):
      "the images of \(DisplayName.quoted(source)) are \(DisplayName.escaped(got)), but the run was trained on "
        + "\(DisplayName.escaped(want)); give the data of the run"
    case .noImages(let got):
      "got \(got) images to work with; ask for 1 or more"
    }
  }
}
