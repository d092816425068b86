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
  /// Nil where it is lost, but a checkpoint holds all that is needed.
  package let record: RunRecord?
  /// From where it goes on; nil where it never came to one.
  package let checkpoint: Checkpoint?
  /// What the run was begun with.
  package let configuration: TrainingConfiguration
  package let dataSource: DataSource
  package let dataSeed: UInt64
  private let fingerprint: String
  /// Height, width, channels.
  private let imageShape: [Int]
  /// Checkpoints that are damaged, and a record that is lost, each a line.
  package let warnings: [String]

  /// Reads what is there and changes nothing.
  /// - Throws: `ExperimentError.noRun`, `.badRecord`, `.badRecordValue`, `.noSoundCheckpoint`, `.otherCheckpoint`; `FileError`.
  package init(_ directory: String) throws {
    guard Directory.exists(directory) else { throw ExperimentError.noRun(directory: directory) }
    path = directory
    let folder = CheckpointFolder(ofRun: directory)
    let record = try Self.record(of: directory)
    let (checkpoint, faults) = try folder.newestSound(of: try? record.get())
    self.checkpoint = checkpoint
    guard let checkpoint else {
      let record = try record.get()
      if let fault = faults.first { throw ExperimentError.noSoundCheckpoint(directory: folder.path, reason: fault) }
      if let known = record.results.checkpoint {
        throw ExperimentError.noSoundCheckpoint(directory: folder.path, reason: "\(known) is not there")
      }
      self.record = record
      (configuration, warnings) = (record.configuration, [])
      (dataSource, dataSeed) = (DataSource(argument: record.data.source), record.data.seed)
      (fingerprint, imageShape) = (record.data.fingerprint, record.data.image_shape)
      return
    }
    self.record = try? record.get()
    configuration = checkpoint.configuration
    (dataSource, dataSeed) = (checkpoint.data.source, checkpoint.data.seed)
    (fingerprint, imageShape) = (checkpoint.data.fingerprint, checkpoint.data.shape.extents)
    do {
      _ = try record.get()
      warnings = faults
    } catch {
      warnings = faults + ["run.json was made anew from the checkpoint: \(error)"]
    }
  }

  /// The run's record, or why there is none: it is lost, or damaged.
  /// - Throws: what says that something else is there, which must not be replaced.
  static func record(of directory: String) throws -> Result<RunRecord, any Error> {
    do {
      return .success(try RunRecord.read(from: directory))
    } catch ExperimentError.badRecord(let path) {
      return .failure(ExperimentError.badRecord(path: path))
    } catch let error as FileError where error.saysNotThere {
      return .failure(error)
    }
  }

  /// True where training for so many epochs would find nothing left to do.
  package func isComplete(epochs: Int) -> Bool {
    record.map { $0.status == .completed && epochs == $0.results.epochs } ?? false
  }

  /// True where it pauses after that very epoch, and its record says so.
  package func isPaused(afterEpoch epoch: Int) -> Bool { isThere(.interrupted, epoch) }

  /// True where it is over for good after that very epoch, and its record says so.
  package func isStopped(afterEpoch epoch: Int) -> Bool { isThere(.stopped, epoch) }

  /// True where its last checkpoint is that very epoch's.
  package func hasCome(toEpoch epoch: Int) -> Bool { checkpoint?.epoch == epoch }

  private func isThere(_ status: RunRecord.Status, _ epoch: Int) -> Bool {
    record.map { $0.status == status && $0.results.epochs == epoch && checkpoint?.epoch == epoch } ?? false
  }

  /// Refuses a configuration that is not a continuation of this run.
  /// - Throws: `ExperimentError.otherOption`, `.epochsBehind`.
  package func check(_ other: TrainingConfiguration) throws(ExperimentError) {
    if let conflict = configuration.conflict(with: other) {
      throw .otherOption(name: conflict.got.name, got: conflict.got.value, run: conflict.want.value)
    }
    let done = checkpoint?.epoch ?? 0
    if other.epochs < done { throw .epochsBehind(got: other.epochs, done: done) }
  }

  /// Refuses other drawn digits than those of the run.
  /// - Throws: `ExperimentError.otherOption`.
  package func check(dataSeed other: UInt64) throws(ExperimentError) {
    if other != dataSeed { throw .otherOption(name: "data-seed", got: "\(other)", run: "\(dataSeed)") }
  }

  /// Refuses images that are not those of the run.
  /// - Throws: `ExperimentError.otherShape`, `.otherImages`.
  func check(_ images: DatasetSplits, from source: DataSource) throws(ExperimentError) {
    guard images.shape.extents == imageShape else {
      let want = imageShape.map(String.init).joined(separator: "×")
      throw .otherShape(source: source.argument, got: "\(images.shape)", want: want)
    }
    guard images.fingerprint == fingerprint else { throw .otherImages(source: source.argument) }
  }

  /// Refuses a run with parts that are symbolic links: what is written there may belong to another run.
  /// - Throws: `FileError.link`.
  private func refuseLinks() throws {
    for name in [CheckpointFolder.name, RunLog.evaluationName, ReconstructionFrames.folder, EmbeddingSet.folder] {
      try Directory.refuseLink(Directory.join(path, name))
    }
    for snapshot in snapshots { try Directory.refuseLink(snapshot) }
  }

  private var snapshots: [String] {
    ((try? Directory.list(path)) ?? []).filter { $0.hasPrefix(LatentSnapshots.prefix) }.map { Directory.join(path, $0) }
  }

  /// Makes its event files ready to be followed by others: half-written records go into files of their own, and files without
  /// any go away. Where there is no checkpoint nothing of them is wanted.
  /// - Throws: `FileError`, `.inUse` among them while somebody is writing to the run, `.link` and `.severalNames` for files that
  ///   would be changed under other names as well, `.notAFile` for what stands in the place of a file.
  /// - Returns: a line about a process of another machine that had the run and is taken for dead, if any.
  func prepareFiles() throws -> String? {
    try refuseLinks()
    try RunFiles.check(path)
    let lock = try DirectoryLock(path)
    let silent = lock.takenFrom
    lock.release()
    if checkpoint != nil {
      for tail in try LogDirectory(path).verify().tornTails { try tail.repair() }
      try FailureNote.remove(from: path)
    }
    try removeEventFiles(ofAnySize: checkpoint == nil)
    return silent.map { silent in
      "process \(silent.process) on \(DisplayName.quoted(silent.host)) had the run and was silent for "
        + "\(Int(abs(silent.seconds))) s; it was taken for dead"
    }
  }

  private func removeEventFiles(ofAnySize: Bool) throws {
    for directory in [path, Directory.join(path, RunLog.evaluationName)] where Directory.exists(directory) {
      let lock = try DirectoryLock(directory)
      defer { lock.release() }
      for name in try Directory.list(directory) where name.beginsWithBytes(of: "events.out.tfevents.") {
        let file = Directory.join(directory, name)
        if try ofAnySize || FileStatus.of(file)?.size == 0 { try FileContents.remove(file) }
      }
    }
  }

  /// Temporary files of writes that were cut off. Call it while the run is held.
  func removeLeftovers() {
    for run in snapshots where Directory.isItself(run) { EmbeddingSet.removeLeftovers(in: run) }
    RunLeftovers.remove(from: path)
  }
}

extension ImageShape {
  /// Height, width, channels.
  fileprivate var extents: [Int] { [height, width, channels] }
}
