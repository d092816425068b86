// CheckpointFolder.swift
// The checkpoints of one run: the last few and the best.

package import ByteStreams
package import Training

/// The directory of a run's checkpoints.
package struct CheckpointFolder: Sendable {
  package let path: String

  package init(ofRun runDirectory: String) { path = RunDirectory(runDirectory).path(of: RunDirectory.checkpointsName) }

  /// Returns the steps that have a checkpoint, in descending order.
  /// - Throws: `FileError`.
  package func steps() throws -> [Int] {
    guard Directory.exists(path) else { return [] }
    return try Directory.list(path).compactMap(Checkpoint.step(ofFileName:)).sorted(by: >)
  }

  /// Returns a checkpoint's path, relative to the run's directory.
  package static func relativePath(ofStep step: Int) -> String {
    Directory.join(RunDirectory.checkpointsName, Checkpoint.fileName(step: step))
  }

  package func path(ofStep step: Int) -> String { Directory.join(path, Checkpoint.fileName(step: step)) }

  /// Writes a checkpoint to the device under a temporary name.
  /// - Throws: `FileError`.
  package func prepare(_ checkpoint: Checkpoint) throws -> AtomicFile.Prepared {
    // This makes only the folder: a run that was removed must not reappear without its events.
    try Directory.createDurable(path)
    return try checkpoint.prepared(for: path(ofStep: checkpoint.step))
  }

  /// Gives a checkpoint its name, then removes all others but the last `keep` and that of the best epoch.
  ///
  /// Checkpoints of later steps are removed too: they belong to steps that the resumed run takes again.
  /// - Parameter prepared: the file of `checkpoint`.
  /// - Returns: the checkpoint's path, relative to the run's directory.
  /// - Throws: `FileError`; then all earlier checkpoints are still there.
  package func add(_ checkpoint: Checkpoint, _ prepared: AtomicFile.Prepared, keep: Int) throws -> String {
    try prepared.commit()
    try removeSurplus(upTo: checkpoint.step, keep: keep, best: checkpoint.position.bestEpoch?.step)
    return Self.relativePath(ofStep: checkpoint.step)
  }

  /// Removes all checkpoints but the last `keep` up to a step, and that of the best epoch.
  ///
  /// A process that is killed after it has added a checkpoint leaves one too many.
  /// - Parameter best: the step of the best epoch, if there is one.
  /// - Throws: `FileError` if the directory cannot be read.
  package func removeSurplus(upTo last: Int, keep: Int, best: Int?) throws {
    let recent = try steps().filter { $0 <= last }.prefix(keep)
    for step in try steps() where !recent.contains(step) && step != best {
      // A checkpoint that cannot be removed does no harm.
      try? FileContents.remove(path(ofStep: step))
    }
  }

  /// Reads the checkpoint of a step.
  /// - Parameter record: the run's record; nil if it is lost.
  /// - Throws: `CheckpointError`, `FileError`; `RunError.otherCheckpoint` if it belongs to another run or step.
  package func checkpoint(ofStep step: Int, of record: RunRecord?) throws -> Checkpoint {
    let path = path(ofStep: step)
    let checkpoint = try Checkpoint(path: path)
    if checkpoint.step != step {
      throw RunError.otherCheckpoint(
        path: path, what: "step", got: "\(checkpoint.step)", source: "its name", want: "\(step)")
    }
    try record?.check(checkpoint, path: path)
    return checkpoint
  }

  /// Reads the checkpoint of the last step, or returns nil if there is none.
  ///
  /// A process that trains the run may delete a checkpoint between its listing and its opening. It has written a later one by then,
  /// so the directory is listed again.
  /// - Throws: as `checkpoint`.
  package func last(of record: RunRecord?) throws -> Checkpoint? {
    let attempts = 10
    for attempt in 1...attempts {
      guard let step = try steps().first else { return nil }
      do {
        return try checkpoint(ofStep: step, of: record)
      } catch let error as FileError where error.saysNotThere && attempt < attempts {
        continue
      }
    }
    return nil
  }

  /// Reads the checkpoint whose model is shown: the last, or that of the best epoch if the run has a patience. Nil if there is none.
  /// - Throws: as `checkpoint`.
  package func shown(of record: RunRecord?) throws -> Checkpoint? {
    guard let last = try last(of: record) else { return nil }
    guard last.configuration.patience > 0, let best = last.position.bestEpoch?.step, best != last.step else {
      return last
    }
    do {
      return try checkpoint(ofStep: best, of: record)
    } catch let error as FileError where error.saysNotThere {
      // A process that trains the run has found a better epoch meanwhile, or the checkpoint is lost.
      return last
    }
  }

  /// Returns the last sound checkpoint, and the faults of later ones.
  /// - Throws: `FileError` if the directory cannot be read, or something other than a file stands in a checkpoint's place;
  ///   `RunError.otherCheckpoint`.
  package func newestSound(of record: RunRecord?) throws -> (checkpoint: Checkpoint?, faults: [String]) {
    var faults: [String] = []
    for step in try steps() {
      do {
        return (try checkpoint(ofStep: step, of: record), faults)
      } catch let error as RunError {
        throw error
      } catch let error as FileError {
        if case .notAFile = error { throw error }
        faults.append("\(error)")
      } catch {
        faults.append("\(error)")
      }
    }
    return (nil, faults)
  }
}

extension CheckpointFolder {
  /// Reads the checkpoint of a step of a run; without a step the one that shows the run.
  /// - Throws: `RunError.noRun`, `.noCheckpoint`, `.otherCheckpoint`, `.badRecordValue`; `CheckpointError`, `FileError`.
  static func chosen(
    ofRun directory: String, step: Int?
  ) throws -> (checkpoint: Checkpoint, path: String, record: RunRecord?) {
    guard Directory.exists(directory) else { throw RunError.noRun(directory: directory) }
    let folder = CheckpointFolder(ofRun: directory)
    let lost = try InterruptedRun.record(of: directory)
    let record = try? lost.get()
    let checkpoint =
      if let step {
        try folder.steps().contains(step) ? folder.checkpoint(ofStep: step, of: record) : nil
      } else {
        try folder.shown(of: record)
      }
    guard let checkpoint else { throw RunError.noCheckpoint(directory: directory, step: step) }
    return (checkpoint, folder.path(ofStep: checkpoint.step), record)
  }
}
