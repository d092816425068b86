// SweepDirectory.swift
// A sweep on disk: its specification, the directory of each trial's run, and the images that all trials share.

import ByteStreams
package import Datasets
import Runs
import Tensors
import Training
import Zlib

/// The directory `LOGDIR/SWEEP`, which is also a log directory of TensorBoard.
package struct SweepDirectory: Sendable {
  /// The name of the specification's file.
  package static let fileName = "sweep.yaml"

  /// The names of a sweep's own files, which no trial may have.
  static let ownNames: Set = [
    fileName, "results.csv", "results.json", HalvingRecord.fileName, SweepReport.pictureName, SummaryRun.name,
  ]

  package let path: String
  /// The sweep as its user specified it.
  package let specification: SweepSpecification
  package let trials: [Trial]
  /// The rungs at which trials are compared; nil if every trial is trained to its end.
  package let ladder: Ladder?
  let configurations: Configurations

  /// Begins a sweep.
  /// - Throws: `SweepError` if the specification can't be trained; `FileError.alreadyExists` for a name that is taken.
  package init(making path: String, for specification: SweepSpecification) throws {
    try RunPlacement.check(Directory.lastPart(of: path))
    var specification = specification
    specification.data = specification.data.absolute
    trials = try specification.resolved()
    ladder = try specification.ladder(of: trials)
    configurations = Configurations(trials)
    self.specification = specification
    self.path = path
    try Directory.createNew(path)
    do {
      try AtomicFile.replace(Directory.join(path, Self.fileName), bytes: Array(specification.text.utf8))
      try? Directory.sync(Directory.parent(of: path))
    } catch {
      try? Directory.removeEmpty(path)
      throw error
    }
  }

  /// Reads an existing sweep.
  /// - Parameter path: the sweep's directory, or the specification's file in it.
  /// - Throws: `SweepError`, `FileError`.
  package init(_ path: String) throws {
    let isFile = Directory.lastPart(of: path) == Self.fileName
    self.path = isFile ? Directory.parent(of: path) : path
    specification = try SweepSpecification(path: Directory.join(self.path, Self.fileName))
    trials = try specification.resolved()
    ladder = try specification.ladder(of: trials)
    configurations = Configurations(trials)
  }

  /// Throws if a specification has other trials than the sweep's.
  /// - Throws: `SweepError.otherSpecification` with the first line that differs.
  package func check(_ other: SweepSpecification) throws(SweepError) {
    var other = other
    other.data = other.data.absolute
    let (got, want) = (other.text.split(separator: "\n"), specification.text.split(separator: "\n"))
    guard got != want, try !isSame(other) else { return }
    for place in 0..<max(got.count, want.count) {
      let lines = [got, want].map { place < $0.count ? String($0[place]).trimmingPrefix { $0 == " " } : "nothing" }
      if lines[0] != lines[1] { throw .otherSpecification(got: String(lines[0]), want: String(lines[1])) }
    }
  }

  /// Whether a specification has the same trials, rungs and images. Giving a default explicitly makes no difference.
  private func isSame(_ other: SweepSpecification) throws(SweepError) -> Bool {
    guard other.data == specification.data, other.dataSeed == specification.dataSeed,
      other.settings.complete == specification.settings.complete
    else { return false }
    let others = try other.resolved()
    let rungs = try other.ladder(of: others)
    return others == trials && rungs == ladder
  }

  /// The comparison that the sweep's runs belong to.
  var comparison: RunComparison {
    var comparison = RunComparison(differing: TrialNaming.differing(trials.map(\.configuration)))
    comparison.isByValidation = ladder != nil
    return comparison
  }

  /// Returns the directory of a trial's run.
  package func runPath(_ trial: Trial) -> String { Directory.join(path, trial.name) }

  /// The directory for files of trials outside their runs.
  var trialsPath: String { Directory.join(path, ".trials") }

  /// The decoded pictures that all trials share.
  private var decodedImages: DecodedImages { DecodedImages(Directory.join(trialsPath, "images")) }

  /// Keeps the images of the sweep, which were just read, for its trials.
  package func keep(_ images: DatasetSplits) { decodedImages.keep(images, of: specification.data) }

  /// Returns the directory that a trial's process locks, with its output; it is made when the trial begins.
  package func workPath(_ trial: Trial) -> String { Directory.join(trialsPath, "\(trial.index)") }

  /// Makes that directory if it is missing.
  /// - Throws: `FileError`, `.link` if a link has its name.
  func makeWorkPath(_ trial: Trial) throws {
    try Directory.create("\(Directory.lastPart(of: trialsPath))/\(trial.index)", inside: path)
  }

  /// Returns the file with the reason why a trial failed that has no run.
  func failurePath(_ trial: Trial) -> String { Directory.join(workPath(trial), "failure") }
}

extension SweepDirectory {
  /// Returns the fingerprint of the images that trials were trained on so far; nil before the first trial.
  func fingerprint() -> (text: String, trial: Trial)? {
    for trial in trials {
      guard let record = try? RunRecord.read(from: runPath(trial)), !record.data.fingerprint.isEmpty else { continue }
      return (record.data.fingerprint, trial)
    }
    return nil
  }

  /// Reads the images to train a trial on.
  /// - Throws: `SweepError.noImages` if they can't be read or differ from the sweep's; the trial has not failed then.
  func images(for trial: Trial, threads: Int) throws -> DatasetSplits {
    let images: DatasetSplits
    do {
      images = try decodedImages.images(of: specification.data, seed: specification.dataSeed, threads: threads)
    } catch let error where error is DatasetError || error is FileError || error is ZlibError {
      throw SweepError.noImages(reason: Self.reason(error))
    }
    if let known = fingerprint(), known.text != images.fingerprint {
      throw otherImages(specification.data, than: known.trial)
    }
    return images
  }

  /// Fits the default batch size of a specification to the sweep's images, as when the sweep was begun.
  /// - Parameter source: the images' current place; they are read if no trial has a record yet.
  /// - Returns: the specification, unchanged if it has a batch size or the sweep has none.
  package func fitted(
    _ other: SweepSpecification, to source: DataSource, threads: Int
  ) throws -> SweepSpecification {
    guard other.choices[.batchSize] == nil, specification.choices[.batchSize] != nil else { return other }
    let recorded = fingerprint().flatMap { try? RunRecord.read(from: runPath($0.trial)).data.training_images }
    var fitted = other
    _ = try fitted.fitBatch(
      to: recorded ?? source.load(seed: specification.dataSeed, threads: threads).training.count)
    return fitted
  }

  /// Returns the sweep with its images in another place, and writes the place to `sweep.yaml`.
  /// - Throws: `SweepError.noImages` if the images differ; `FileError`, `.inUse` while another process runs the sweep.
  package func moved(to source: DataSource, threads: Int) throws -> SweepDirectory {
    if source.absolute == specification.data { return self }
    var moved = specification
    moved.data = source.absolute
    let images = try moved.data.load(seed: moved.dataSeed, threads: threads)
    if let known = fingerprint() {
      if known.text != images.fingerprint { throw otherImages(moved.data, than: known.trial) }
    } else {
      for trial in trials { try TrialSize.check(trial, images: images) }
    }
    let lock = try DirectoryLock(path)
    defer { lock.release() }
    try AtomicFile.replace(Directory.join(path, Self.fileName), bytes: Array(moved.text.utf8))
    return try SweepDirectory(path)
  }

  private func otherImages(_ source: DataSource, than trial: Trial) -> SweepError {
    .noImages(
      reason:
        "the images of \(DisplayName.quoted(source.argument)) are not those that \(DisplayName.quoted(trial.name)) was trained on"
    )
  }

  /// A sweep's images existed once, so the message names the missing directory, and does not explain collections.
  private static func reason(_ error: any Error) -> String {
    if case DatasetError.missingDirectory(let path) = error { return "no directory \(DisplayName.quoted(path))" }
    return "\(error)"
  }
}
