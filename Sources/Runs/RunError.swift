// RunError.swift
// Errors of run directories: one line each, for people.

import ByteStreams

/// A run that cannot be made, read or resumed. Names and paths are as given, not escaped.
package enum RunError: Error, Equatable {
  case badRunName(name: String, reason: String)
  case noRun(directory: String)
  /// The directory holds no checkpoint, or none of the wanted step.
  case noCheckpoint(directory: String, step: Int?)
  /// The file is not a record that this program writes.
  case badRecord(path: String)
  /// A value in the record that no run has.
  case badRecordValue(path: String, reason: String)
  /// A checkpoint of another run stands in the place of one of this run's; `source` says `want`.
  case otherCheckpoint(path: String, what: String, got: String, source: String, want: String)
  /// The images differ from those that the run was trained on.
  case otherImages(source: String)
  /// The images that the run was trained on have moved; `reason` says what is missing.
  case movedImages(reason: String)
  /// The model does not take images of this shape.
  case otherShape(source: String, got: String, want: String)
  /// The run to resume was begun with another value; names and values as on the command line.
  case otherOption(name: String, got: String, run: String)
  /// Fewer epochs are wanted than the run has finished.
  case epochsBehind(got: Int, done: Int)
  /// Every checkpoint is damaged, or those that the record names are gone.
  case noSoundCheckpoint(directory: String, reason: String)
}

extension RunError: CustomStringConvertible {
  /// Says what is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .badRunName(let name, let reason):
      "--name \(DisplayName.quoted(name)): \(reason); choose letters, digits, - _ and ."
    case .noRun(let directory):
      "no directory \(DisplayName.quoted(directory)); give the directory of a run that aelog train has made"
    case .noCheckpoint(let directory, nil):
      "no checkpoint in \(DisplayName.quoted(directory)); wait until the run's training ends, or give another run's directory"
    case .noCheckpoint(let directory, let step?):
      "no checkpoint of step \(step) in \(DisplayName.quoted(directory)); omit the step to use the last one"
    case .badRecord(let path):
      "\(DisplayName.quoted(path)) is not the record of a run; give the directory of a run that aelog train has made"
    case .badRecordValue(let path, let reason):
      "\(DisplayName.quoted(path)): \(DisplayName.safe(reason)); put it back as it was, or remove it to use the checkpoint alone"
    case .otherCheckpoint(let path, let what, let got, let source, let want):
      "\(DisplayName.quoted(path)) is no checkpoint of this run: its \(what) is \(DisplayName.escaped(got)), "
        + "\(source) says \(DisplayName.escaped(want)); put this run's own in its place, or remove it"
    case .otherImages(let source):
      "the images of \(DisplayName.quoted(source)) have changed since the run was trained; name the data to use with --data"
    case .movedImages(let reason):
      "the images that the run was trained on are not where they were: \(DisplayName.safe(reason)); give --data PATH, the "
        + "directory where they are now"
    case .otherShape(let source, let got, let want):
      "the images of \(DisplayName.quoted(source)) are \(got), but the run was trained on \(want); give images of that shape"
    case .otherOption(let name, let got, let run):
      "--\(name): got \(DisplayName.escaped(got)), but the run was begun with \(DisplayName.escaped(run)); train anew or leave it out"
    case .epochsBehind(let got, let done):
      "--epochs: got \(got), but the run has \(done) behind it; give \(done) or more, or leave it out"
    case .noSoundCheckpoint(let directory, let reason):
      "no checkpoint to resume from in \(DisplayName.quoted(directory)): \(DisplayName.safe(reason)); train anew"
    }
  }
}
