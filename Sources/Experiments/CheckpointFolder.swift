// CheckpointFolder.swift
// The checkpoints of one run: the last few and the best.

import ByteStreams
import Training

/// The directory of a run's checkpoints.
package struct CheckpointFolder: Sendable {
  /// Its name in the run's directory.
  package static let name = "checkpoints"

  package let path: String

  package init(ofRun runDirectory: String) { path = Directory.join(runDirectory, Self.name) }

  /// The steps of which there is a checkpoint, in falling order.
  /// - Throws: `FileError`.
  package func steps() throws -> [Int] {
    guard Directory.exists(path) else { return [] }
    return try Directory.list(path).compactMap(Checkpoint.step(ofFileName:)).sorted(by: >)
  }

  /// The checkpoint's path from the run's directory.
  static func relativePath(ofStep step: Int) -> String { Directory.join(name, Checkpoint.fileName(step: step)) }

  package func path(ofStep step: Int) -> String { Directory.join(path, Checkpoint.fileName(step: step)) }

  /// Brings a checkpoint to the device, without its name.
  /// - Throws: `FileError`.
  func prepare(_ checkpoint: Checkpoint) throws -> AtomicFile.Prepared {
    // Its own only: a run that was removed is not to rise again without its events.
    try Directory.createLasting(path)
    return try checkpoint.prepared(for: path(ofStep: checkpoint.step))
  }

  /// Gives a checkpoint its name, and then removes what is no longer wanted: all but the last `keep` and that of the best epoch.
  /// What is of a later step belongs to a history that has been given up.
  /// - Parameter prepared: of `checkpoint`.
  /// - Returns: its name, relative to the run's directory.
  /// - Throws: `FileError`; the earlier checkpoints are all there then.
  func add(_ checkpoint: Checkpoint, _ prepared: AtomicFile.Prepared, keep: Int) throws -> String {
    try prepared.commit()
    let recent = try steps().filter { $0 <= checkpoint.step }.prefix(keep)
    for step in try steps() where !recent.contains(step) && step != checkpoint.position.bestEpoch?.step {
      // One too many does no harm.
      try? FileContents.remove(path(ofStep: step))
    }
    return Self.relativePath(ofStep: checkpoint.step)
  }

  /// Reads the checkpoint of a step.
  /// - Parameter record: of the run; nil where it is lost.
  /// - Throws: `CheckpointError`, `FileError`; `ExperimentError.otherCheckpoint` where it is another run's, or another step's.
  func checkpoint(ofStep step: Int, of record: RunRecord?) throws -> Checkpoint {
    let path = path(ofStep: step)
    let checkpoint = try Checkpoint(path: path)
    if checkpoint.step != step {
      throw ExperimentError.otherCheckpoint(
        path: path, what: "step", got: "\(checkpoint.step)", source: "its name", want: "\(step)")
    }
    try record?.check(checkpoint, path: path)
    return checkpoint
  }

  /// The last checkpoint that is whole, and what is wrong with those after it.
  /// - Throws: `FileError` where the directory can't be read, or something else stands in a checkpoint's place;
  ///   `ExperimentError.otherCheckpoint`.
  func newestSound(of record: RunRecord?) throws -> (checkpoint: Checkpoint?, faults: [String]) {
    var faults: [String] = []
    for step in try steps() {
      do {
        return (try checkpoint(ofStep: step, of: record), faults)
      } catch let error as ExperimentError {
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
