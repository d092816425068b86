// InterruptedRun.swift
// A run that is to go on: what it was asked for, and how far its last sound checkpoint is.

import ByteStreams
package import Datasets
import EventFiles
import Tensors
package import Training

/// A run as it was left, by its user, an error, a kill, or a power cut.
package struct InterruptedRun {
  /// Its directory.
  package let path: String
  package let record: RunRecord
  /// From where it goes on; nil where it never came to one.
  package let checkpoint: Checkpoint?
  /// Checkpoints that are damaged, each a line.
  package let warnings: [String]

  /// Reads what is there and changes nothing.
  /// - Throws: `ExperimentError.noRun`, `.badRecord`, `.noSoundCheckpoint`; `FileError`.
  package init(_ directory: String) throws {
    guard Directory.exists(directory) else { throw ExperimentError.noRun(directory: directory) }
    path = directory
    record = try RunRecord.read(from: directory)
    let folder = CheckpointFolder(ofRun: directory)
    (checkpoint, warnings) = try folder.newestSound()
    guard checkpoint == nil else { return }
    if let fault = warnings.first { throw ExperimentError.noSoundCheckpoint(directory: folder.path, reason: fault) }
    if let known = record.results.checkpoint {
      throw ExperimentError.noSoundCheckpoint(directory: folder.path, reason: "\(known) is not there")
    }
  }

  /// What the run was begun with.
  package var configuration: TrainingConfiguration { checkpoint?.configuration ?? record.configuration }
  package var dataSource: DataSource { checkpoint?.data.source ?? DataSource(argument: record.data.source) }
  package var dataSeed: UInt64 { checkpoint?.data.seed ?? record.data.seed }

  /// True where training for so many epochs would find nothing left to do.
  package func isComplete(epochs: Int) -> Bool { record.status == .completed && epochs == record.results.epochs }

  /// Refuses a configuration that is not a continuation of this run.
  /// - Throws: `ExperimentError.otherOption`, `.epochsBehind`.
  package func check(_ other: TrainingConfiguration) throws(ExperimentError) {
    if let conflict = configuration.conflict(with: other) {
      throw .otherOption(name: conflict.got.name, got: conflict.got.value, run: conflict.want.value)
    }
    let done = checkpoint?.epoch ?? 0
    if other.epochs < done { throw .epochsBehind(got: other.epochs, done: done) }
  }

  /// Refuses images that are not those of the run.
  /// - Throws: `ExperimentError.otherShape`, `.otherImages`.
  func check(_ data: DatasetSplits, from source: DataSource) throws(ExperimentError) {
    let shape = record.data.image_shape.map(String.init).joined(separator: "×")
    let got = "\(data.shape.height)×\(data.shape.width)×\(data.shape.channels)"
    guard got == shape else { throw .otherShape(source: source.argument, got: got, want: shape) }
    guard data.fingerprint == record.data.fingerprint else { throw .otherImages(source: source.argument) }
  }

  /// Makes its event files ready to be followed by others: half-written records go into files of their own. Where there is
  /// no checkpoint nothing of them is wanted.
  /// - Throws: `FileError`, `.inUse` among them while somebody is writing to the run.
  func prepareFiles() throws {
    if checkpoint == nil { return try removeEventFiles() }
    for tail in try LogDirectory(path).verify().tornTails { try tail.repair() }
  }

  private func removeEventFiles() throws {
    for directory in [path, Directory.join(path, RunLog.evaluationName)] where Directory.exists(directory) {
      let lock = try DirectoryLock(directory)
      defer { lock.release() }
      for name in try Directory.list(directory) where name.hasPrefix("events.out.tfevents.") {
        try FileContents.remove(Directory.join(directory, name))
      }
    }
  }

  /// Temporary files of writes that were cut off. Call it while the run is held.
  func removeLeftovers() {
    for folder in ["", CheckpointFolder.name, RunLog.evaluationName, BottleneckEmbedding.folder] {
      WholeFile.removeLeftovers(in: folder.isEmpty ? path : Directory.join(path, folder))
    }
  }
}
