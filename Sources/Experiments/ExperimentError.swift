// ExperimentError.swift
// What is wrong with a run, in one line for people.

import ByteStreams

/// A run that cannot be made or used. Names and paths are as given, not escaped.
package enum ExperimentError: Error, Equatable {
  case badRunName(name: String, reason: String)
  case noRun(directory: String)
  /// The directory holds no checkpoint, or none of the wanted step.
  case noCheckpoint(directory: String, step: Int?)
  /// The record of a run is not what this program writes.
  case badRecord(path: String)
  /// A value in the record of a run that no run has.
  case badRecordValue(path: String, reason: String)
  /// A checkpoint of another run in the place of one of this run's; `source` says `want`.
  case otherCheckpoint(path: String, what: String, got: String, source: String, want: String)
  /// The images are not those that the run was trained on.
  case otherImages(source: String)
  /// The images that the run was trained on are not where they were; `reason` says what is missing.
  case movedImages(reason: String)
  /// The model does not take images of this shape.
  case otherShape(source: String, got: String, want: String)
  case imageCount(got: Int, want: ClosedRange<Int>)
  case noLayer(name: String, layers: [String])
  /// A foreign embedding was to be written where a run of this program is.
  case runInTheWay(directory: String)
  /// An embedding was to be written where another program's is.
  case embeddingInTheWay(directory: String)
  /// The run's own embedding was to be replaced by codes of other images.
  case codesOfOtherImages(source: String, directory: String)
  /// A number of a foreign embedding, or of an image, can't be shown.
  case notFinite(path: String, value: String, row: Int, column: Int)
  /// The same in a text file, with the cell as written.
  case missingNumber(path: String, text: String, line: Int, column: Int)
  /// The points of a foreign embedding tell nothing apart.
  case noPoints(path: String, reason: String)
  /// A column that the metadata do not have.
  case noColumn(path: String, name: String, columns: [String])
  /// Images from elsewhere that can't be thumbnails.
  case badImages(path: String, reason: String)
  /// Images whose channels may be the first or the last extent.
  case unclearChannels(path: String, extents: [Int])
  /// The run to go on with was made with another choice; names and values as on the command line.
  case otherOption(name: String, got: String, run: String)
  /// Fewer epochs than the run has behind it.
  case epochsBehind(got: Int, done: Int)
  /// Every checkpoint is damaged, or those that the record tells of are gone.
  case noSoundCheckpoint(directory: String, reason: String)
}

extension ExperimentError: CustomStringConvertible {
  /// What, where, and what to do.
  package var description: String {
    switch self {
    case .badRunName(let name, let reason):
      "--name \(DisplayName.quoted(name)): \(reason); choose letters, digits, - _ and ."
    case .noRun(let directory):
      "no directory \(DisplayName.quoted(directory)); give the directory of a run that aelog train has made"
    case .noCheckpoint(let directory, nil):
      "no checkpoint in \(DisplayName.quoted(directory)); wait until the run's training ends, or give another run's directory"
    case .noCheckpoint(let directory, let step?):
      "no checkpoint of step \(step) in \(DisplayName.quoted(directory)); leave the step away for the last one"
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
      "no checkpoint to go on from in \(DisplayName.quoted(directory)): \(DisplayName.safe(reason)); train anew"
    case .imageCount(let got, let want):
      "got \(DisplayName.counted(got, "image")); ask for \(want.lowerBound) to \(want.upperBound)"
    case .noLayer(let name, let layers):
      "the model has no layer \(DisplayName.quoted(name)); choose one of \(layers.joined(separator: ", "))"
    case .runInTheWay(let directory):
      "\(DisplayName.quoted(directory)) is a run that aelog train has made; choose another --name"
    case .embeddingInTheWay(let directory):
      "\(DisplayName.quoted(directory)) has projector files of another program, or of an older aelog; choose another --name"
    case .codesOfOtherImages(let source, let directory):
      "the images of \(DisplayName.quoted(source)) are not those that \(DisplayName.quoted(directory)) was trained on, and the run's "
        + "embedding keeps its own images; give a --name, and their codes get a run of that name"
    case .notFinite(let path, let value, let row, let column):
      "\(DisplayName.quoted(path)), row \(row), column \(column): \(value) can't be shown; leave such rows out with "
        + "--drop-nonfinite"
    case .missingNumber(let path, let text, let line, let column):
      "\(DisplayName.quoted(path)), line \(line), column \(column): "
        + "got \(text.allSatisfy(\.isWhitespace) ? "an empty cell" : DisplayName.quoted(String(text.prefix(40)))), want a finite "
        + "number; leave such rows out with --drop-nonfinite"
    case .noColumn(let path, let name, []):
      "--label \(DisplayName.quoted(name)): \(DisplayName.quoted(path)) has no columns of labels; leave it out or give --metadata"
    case .noColumn(let path, let name, let columns):
      "\(DisplayName.quoted(path)) has no column \(DisplayName.quoted(name)); choose one of "
        + columns.prefix(20).map(DisplayName.quoted).joined(separator: ", ")
    case .noPoints(let path, let reason), .badImages(let path, let reason):
      "\(DisplayName.quoted(path)): \(DisplayName.safe(reason))"
    case .unclearChannels(let path, let extents):
      "\(DisplayName.quoted(path)) holds images of \(extents.map(String.init).joined(separator: "×")), with channels first or last; "
        + "store them the other way: in numpy, images.transpose(0, 2, 3, 1) if they are first, (0, 3, 1, 2) if last"
    }
  }
}
