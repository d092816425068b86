// InterruptedRun.swift
// A run to resume: its configuration and its last sound checkpoint.

import ByteStreams
package import Datasets
import EventFiles
import Tensors
package import Training

/// A run on disk, after its user, an error, a kill or a power failure ended its process.
package struct InterruptedRun {
  package let directory: RunDirectory
  package var path: String { directory.path }
  /// Nil if run.json is lost or damaged; then the checkpoint replaces it.
  package let record: RunRecord?
  /// The checkpoint from which the run resumes; nil if it has none yet.
  package let checkpoint: Checkpoint?
  /// The configuration with which the run was begun.
  package let configuration: TrainingConfiguration
  package let dataSource: DataSource
  package let dataSeed: UInt64
  private let fingerprint: String
  /// Height, width, channels.
  private let imageShape: [Int]
  /// Warnings about damaged checkpoints and a lost record.
  package let warnings: [RunWarning]

  /// Reads the run in a directory; changes nothing.
  /// - Throws: `RunError.noRun`, `.badRecord`, `.badRecordValue`, `.noSoundCheckpoint`, `.otherCheckpoint`; `FileError`.
  package init(_ directory: String) throws {
    guard Directory.exists(directory) else { throw RunError.noRun(directory: directory) }
    self.directory = RunDirectory(directory)
    let folder = CheckpointFolder(ofRun: directory)
    let record = try Self.record(of: directory)
    let (checkpoint, faults) = try folder.newestSound(of: try? record.get())
    self.checkpoint = checkpoint
    guard let checkpoint else {
      let record = try record.get()
      if let fault = faults.first { throw RunError.noSoundCheckpoint(directory: folder.path, reason: fault) }
      if let known = record.results.checkpoint {
        throw RunError.noSoundCheckpoint(directory: folder.path, reason: "\(known) is not there")
      }
      self.record = record
      (configuration, warnings) = (record.configuration, [])
      (dataSource, dataSeed) = (record.data.dataSource, record.data.seed)
      (fingerprint, imageShape) = (record.data.fingerprint, record.data.image_shape)
      return
    }
    self.record = try? record.get()
    configuration = checkpoint.configuration
    (dataSource, dataSeed) = (checkpoint.data.source, checkpoint.data.seed)
    (fingerprint, imageShape) = (checkpoint.data.fingerprint, checkpoint.data.shape.extents)
    let damaged = faults.map { RunWarning.damagedCheckpoint(reason: $0) }
    do {
      _ = try record.get()
      warnings = damaged
    } catch {
      warnings = damaged + [.recordRemade(reason: "\(error)")]
    }
  }

  /// Returns the run's record, or the reason why it is lost or damaged.
  /// - Throws: an error if something other than a file stands in its place, which must not be replaced.
  static func record(of directory: String) throws -> Result<RunRecord, any Error> {
    do {
      return .success(try RunRecord.read(from: directory))
    } catch RunError.badRecord(let path) {
      return .failure(RunError.badRecord(path: path))
    } catch let error as FileError where error.saysNotThere {
      return .failure(error)
    }
  }

  /// Whether the run is complete with that number of epochs and that patience.
  /// - Parameter patience: defaults to the run's own.
  package func isComplete(epochs: Int, patience: Int? = nil) -> Bool {
    guard let record, record.status == .completed else { return false }
    return epochs == record.results.epochs
      || record.hasStoppedEarly(epochs: epochs, patience: patience ?? configuration.patience)
  }

  /// The model with whose weights the run begins again; nil if it has a checkpoint of its own, or if its weights were drawn.
  package var start: StartingModel? {
    get throws(RunError) {
      guard checkpoint == nil, let source = record?.start_from else { return nil }
      return try StartingModel(again: source)
    }
  }

  /// Whether the run is paused after exactly that epoch.
  package func isPaused(afterEpoch epoch: Int) -> Bool { hasEnded(.interrupted, epoch) }

  /// Whether the run was eliminated after exactly that epoch.
  package func isStopped(afterEpoch epoch: Int) -> Bool { hasEnded(.stopped, epoch) }

  private func hasEnded(_ status: RunRecord.Status, _ epoch: Int) -> Bool {
    record.map { $0.status == status && $0.results.epochs == epoch && checkpoint?.epoch == epoch } ?? false
  }

  /// Refuses a configuration that differs from the run's in more than the epochs and a larger patience.
  /// - Throws: `RunError.otherOption`, `.lessPatient`, `.epochsBehind`.
  package func check(_ other: TrainingConfiguration) throws(RunError) {
    if let conflict = configuration.conflict(with: other) {
      throw .otherOption(name: conflict.got.name, got: conflict.got.value, run: conflict.want.value)
    }
    if !other.isAtLeastAsPatient(as: configuration) {
      throw .lessPatient(got: other.patience, run: configuration.patience)
    }
    let done = checkpoint?.epoch ?? 0
    if other.epochs < done { throw .epochsBehind(got: other.epochs, done: done) }
  }

  /// Refuses another seed of drawn digits.
  /// - Throws: `RunError.otherOption`.
  package func check(dataSeed other: UInt64) throws(RunError) {
    if other != dataSeed { throw .otherOption(name: "data-seed", got: "\(other)", run: "\(dataSeed)") }
  }

  /// Refuses images other than the run's.
  /// - Throws: `RunError.otherShape`, `.otherImages`.
  package func check(_ images: DatasetSplits, from source: DataSource) throws(RunError) {
    guard images.shape.extents == imageShape else {
      let want = imageShape.map(String.init).joined(separator: "×")
      throw .otherShape(source: source.argument, got: "\(images.shape)", want: want)
    }
    guard images.fingerprint == fingerprint else { throw .otherImages(source: source.argument) }
  }

  /// Prepares the event files for resuming: moves torn records into separate files, and removes empty files. Without a checkpoint,
  /// removes all event files.
  /// - Returns: a warning if a silent process of another machine had locked the run.
  /// - Throws: `FileError`: `.inUse` while a process writes to the run, `.link` and `.severalNames` for files with several names,
  ///   `.notAFile` for directories, pipes and devices in the places of files.
  package func prepareFiles() throws -> RunWarning? {
    try directory.refuseLinks()
    try directory.checkFiles()
    let lock = try DirectoryLock(path)
    let silent = lock.takenFrom
    lock.release()
    if checkpoint != nil {
      for tail in try LogDirectory(path).verify().tornTails { try tail.repair() }
      try FailureMarker.remove(from: path)
    }
    try removeEventFiles(ofAnySize: checkpoint == nil)
    return silent.map {
      .takenOver(
        process: Int($0.process), host: DisplayName.quoted($0.host), silentSeconds: Int(abs($0.seconds)))
    }
  }

  private func removeEventFiles(ofAnySize: Bool) throws {
    for part in directory.loggedDirectories where Directory.exists(part) {
      let lock = try DirectoryLock(part)
      defer { lock.release() }
      for name in try RunDirectory.eventFiles(in: part) {
        let file = Directory.join(part, name)
        if try ofAnySize || FileStatus.of(file)?.size == 0 { try FileContents.remove(file) }
      }
    }
  }
}

extension ImageShape {
  /// Height, width, channels.
  fileprivate var extents: [Int] { [height, width, channels] }
}
