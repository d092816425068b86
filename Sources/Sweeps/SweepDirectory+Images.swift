// SweepDirectory+Images.swift
// The images of a sweep: the same for all trials, wherever they are now.

import ByteStreams
package import Datasets
import Experiments
import Tensors
import Zlib

extension SweepDirectory {
  /// What tells the images apart that trials were trained on so far; nil before the first trial.
  func fingerprint() -> (text: String, trial: Trial)? {
    for trial in trials {
      guard let record = try? RunRecord.read(from: runPath(trial)), !record.data.fingerprint.isEmpty else { continue }
      return (record.data.fingerprint, trial)
    }
    return nil
  }

  /// Reads the images to train a trial on.
  /// - Throws: `SweepError.noImages`, where they can't be read or are others than those of the sweep; no fault of the trial.
  func images(for trial: Trial, threads: Int) throws -> DatasetSplits {
    let images: DatasetSplits
    do {
      images = try specification.data.load(seed: specification.dataSeed, threads: threads)
    } catch let error where error is DatasetError || error is FileError || error is ZlibError {
      throw SweepError.noImages(reason: Self.reason(error))
    }
    if let known = fingerprint(), known.text != images.fingerprint {
      throw otherImages(specification.data, than: known.trial)
    }
    return images
  }

  /// Fits the default batch size of a specification to the sweep's images, as it was done when the sweep was begun.
  /// - Parameter source: where the images are now; they are read where no trial has a record yet.
  /// - Returns: the specification, unchanged where it has a batch size or the sweep has none.
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

  /// The sweep with its images in another place, which `sweep.yaml` names from now on.
  /// - Throws: `SweepError.noImages` where they are others; `FileError`, `.inUse` while somebody runs the sweep.
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
    try WholeFile.replace(Directory.join(path, Self.fileName), bytes: Array(moved.text.utf8))
    return try SweepDirectory(path)
  }

  private func otherImages(_ source: DataSource, than trial: Trial) -> SweepError {
    .noImages(
      reason:
        "the images of \(DisplayName.quoted(source.argument)) are not those that \(DisplayName.quoted(trial.name)) was trained on"
    )
  }

  /// A sweep's images were there once, so it is said where they are missing, not what images are.
  private static func reason(_ error: any Error) -> String {
    if case DatasetError.missingDirectory(let path) = error { return "no directory \(DisplayName.quoted(path))" }
    return "\(error)"
  }
}
