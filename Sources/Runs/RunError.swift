// RunError.swift
// The errors and warnings of run directories, each with its one-line text.

import ByteStreams

/// A run that cannot be made, read or resumed. Names and paths are as given, not escaped.
package enum RunError: Error, Equatable {
  case badRunName(name: String, reason: String)
  case noRun(directory: String)
  /// The directory holds no checkpoint, or not the wanted step's.
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
  /// The run to resume would have stopped earlier with this patience.
  case lessPatient(got: Int, run: Int)
  /// A run is to begin with the weights of one whose model or images have another shape.
  case otherModel(run: String, what: String, there: String, here: String, advice: String)
  /// A run without a checkpoint began with weights of another run that are no longer there.
  case lostStart(run: String, step: Int, reason: String)
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
      "\(DisplayName.quoted(path)): \(DisplayName.safe(reason)); put it back as it was, or remove it to use only the checkpoint"
    case .otherCheckpoint(let path, let what, let got, let source, let want):
      "\(DisplayName.quoted(path)) is no checkpoint of this run: its \(what) is \(DisplayName.escaped(got)), "
        + "\(source) says \(DisplayName.escaped(want)); put this run's own checkpoint in its place, or remove it"
    case .otherImages(let source):
      "the images of \(DisplayName.quoted(source)) have changed since the run was trained; name the data to use with --data"
    case .movedImages(let reason):
      "the images that the run was trained on have moved: \(DisplayName.safe(reason)); give their new directory with --data PATH"
    case .otherShape(let source, let got, let want):
      "the images of \(DisplayName.quoted(source)) are \(got), but the run was trained on \(want); give images of that shape"
    case .otherOption(let name, let got, let run):
      "--\(name): got \(DisplayName.escaped(got)), but the run was begun with \(DisplayName.escaped(run)); omit it, or train a new run"
    case .epochsBehind(let got, let done):
      "--epochs: got \(got), but the run has completed \(done); give \(done) or more, or omit it"
    case .lessPatient(let got, 0):
      "--patience: got \(got), but the run was begun without; omit it, or train a new run"
    case .lessPatient(let got, let run):
      "--patience: got \(got), but the run was begun with \(run); give more, 0 for never, or omit it"
    case .otherModel(let run, let what, let there, let here, let advice):
      "--start-from \(DisplayName.quoted(run)): \(what): \(there) there, \(here) here; \(advice), or start from another run"
    case .lostStart(let run, let step, let reason):
      "the run has no checkpoint yet, so it needs the weights of step \(step) of \(DisplayName.quoted(run)) again: "
        + "\(DisplayName.safe(reason)); put them back, or train a new run"
    case .noSoundCheckpoint(let directory, let reason):
      "no checkpoint to resume from in \(DisplayName.quoted(directory)): \(DisplayName.safe(reason)); train a new run"
    }
  }
}

/// A warning about something that failed although the run continued; `text` is the line that run.json stores and the terminal shows.
package enum RunWarning: Equatable, Sendable {
  /// The projector cannot show the codes.
  case noEmbedding(reason: String)
  /// The snapshot of an epoch could not be written.
  case noSnapshot(epoch: Int, reason: String)
  /// Epochs that the films lack because their pictures are gone.
  case lostFrames(epochs: [Int])
  /// Epochs that the trajectories lack because their snapshots are gone.
  case lostSnapshots(epochs: [Int])
  /// The best epoch's checkpoint cannot be read, so the end of the run shows the last epoch.
  case noBestCheckpoint(epoch: Int, reason: String)
  /// Updates that were skipped because loss or gradient was not finite.
  case skippedSteps(Int)
  /// The run resumes with other kernels, so the last bits of its numbers differ.
  case otherKernels(begun: String, resumed: String)
  /// A silent process of another machine had locked the run.
  case takenOver(process: Int, host: String, silentSeconds: Int)
  /// run.json was lost or damaged.
  case recordRemade(reason: String)
  /// A checkpoint cannot be read, so an earlier one is used.
  case damagedCheckpoint(reason: String)

  package var text: String {
    switch self {
    case .noEmbedding(let reason): Self.noEmbedding + reason
    case .noSnapshot(let epoch, let reason): "no snapshot of epoch \(epoch): \(reason)"
    case .lostFrames(let epochs):
      "\(Self.lostFrames)epochs \(Self.list(epochs)), whose files in \(RunDirectory.framesName)/ are gone"
    case .lostSnapshots(let epochs): "\(Self.lostSnapshots)epochs \(Self.list(epochs)), which have no snapshot"
    case .noBestCheckpoint(let epoch, let reason): "\(Self.noBest)\(epoch): \(reason)"
    case .skippedSteps(let count): "\(count) \(Self.skippedSteps)"
    case .otherKernels(let begun, let resumed):
      "the run was begun with the kernels \(begun) and resumes with \(resumed): last bits differ"
    case .takenOver(let process, let host, let seconds):
      "process \(process) on \(host) had locked the run and was silent for \(seconds) s; its lock was ignored"
    case .recordRemade(let reason): "run.json was restored from the checkpoint: \(reason)"
    case .damagedCheckpoint(let reason): reason
    }
  }

  /// Whether a stored line is a warning about the end of a run, which a resumed run reports anew.
  package static func isAboutEnd(_ text: String) -> Bool {
    [noEmbedding, lostFrames, lostSnapshots, noBest].contains { text.hasPrefix($0) } || text.hasSuffix(skippedSteps)
  }

  private static let noEmbedding = "no embedding: "
  private static let noBest = "the results are those of the last epoch instead of epoch "
  private static let lostFrames = "not in the films: "
  private static let lostSnapshots = "not in the trajectories: "
  private static let skippedSteps = "steps were skipped: loss or gradient was not finite"

  private static func list(_ epochs: [Int]) -> String { epochs.map(String.init).joined(separator: ", ") }
}

extension RunRecord {
  /// Adds a warning unless the record has it already.
  package mutating func warn(_ warning: RunWarning) {
    if !results.warnings.contains(warning.text) { results.warnings.append(warning.text) }
  }
}
