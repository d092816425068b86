// TrainedModel.swift
// A model as a run's checkpoint holds it, and what it was trained on.

import ByteStreams
package import Datasets
package import Networks
package import Tensors
package import Training

/// A trained model, read from a run's directory.
package struct TrainedModel {
  package let runDirectory: String
  package let checkpointPath: String
  package let checkpoint: Checkpoint
  /// Nil where run.json is lost.
  package let record: RunRecord?
  package let autoencoder: Autoencoder

  package var configuration: TrainingConfiguration { checkpoint.configuration }
  /// Steps taken.
  package var step: Int { checkpoint.step }
  /// Epochs finished.
  package var epoch: Int { checkpoint.epoch }
  package var dataSource: DataSource { checkpoint.data.source }
  package var dataSeed: UInt64 { checkpoint.data.seed }
  /// Changes with any pixel or label of the data.
  package var dataFingerprint: String { checkpoint.data.fingerprint }
  package var imageShape: ImageShape { checkpoint.data.shape }

  /// Reads a checkpoint: the last one, or that of a step.
  /// - Throws: `ExperimentError.noCheckpoint`, `.otherCheckpoint`, `.badRecordValue`; `CheckpointError`, `FileError`.
  package static func load(runDirectory: String, step: Int? = nil, threads: Int) throws -> TrainedModel {
    guard Directory.exists(runDirectory) else { throw ExperimentError.noRun(directory: runDirectory) }
    let folder = CheckpointFolder(ofRun: runDirectory)
    let lost = try InterruptedRun.record(of: runDirectory)
    let record = try? lost.get()
    let checkpoint =
      if let step {
        try folder.steps().contains(step) ? folder.checkpoint(ofStep: step, of: record) : nil
      } else {
        try folder.last(of: record)
      }
    guard let checkpoint else { throw ExperimentError.noCheckpoint(directory: runDirectory, step: step) }
    let path = folder.path(ofStep: checkpoint.step)
    return TrainedModel(
      runDirectory: runDirectory, checkpointPath: path, checkpoint: checkpoint, record: record,
      autoencoder: try checkpoint.autoencoder(threads: threads, path: path))
  }

  /// Reads or draws the images that the model was trained on, or others of the same shape.
  /// - Parameter source: other images; those of the training, if nil.
  /// - Throws: `ExperimentError.otherShape` for images that the model does not take, `.otherImages` where those of the
  ///   training are no longer what they were.
  package func loadData(from source: DataSource? = nil, threads: Int) throws -> DatasetSplits {
    let data =
      try source?.load(seed: dataSeed, threads: threads)
      ?? DataSource.recorded { try dataSource.load(seed: dataSeed, threads: threads) }
    try check(data.shape, data.fingerprint, from: source, want: dataFingerprint)
    return data
  }

  /// The images of one part, without reading or drawing those to learn from where they are not wanted.
  /// - Throws: as `loadData`.
  package func loadImages(_ split: Split, from source: DataSource? = nil, threads: Int) throws -> ShownImages {
    if split != .training, let want = checkpoint.data.evaluationFingerprint {
      let data =
        try source?.loadEvaluation(seed: dataSeed, threads: threads)
        ?? DataSource.recorded { try dataSource.loadEvaluation(seed: dataSeed, threads: threads) }
      try check(data.shape, data.fingerprint, from: source, want: want)
      if var images = ShownImages(data, split) {
        images.otherSource = data.fingerprint == want ? nil : source?.argument
        return images
      }
    }
    let data = try loadData(from: source, threads: threads)
    var images = ShownImages(data, split)
    images.otherSource = data.fingerprint == dataFingerprint ? nil : source?.argument
    return images
  }

  private func check(_ shape: ImageShape, _ fingerprint: String, from source: DataSource?, want: String) throws {
    let argument = (source ?? dataSource).argument
    guard shape == imageShape else {
      throw ExperimentError.otherShape(source: argument, got: "\(shape)", want: "\(imageShape)")
    }
    guard source != nil || fingerprint == want else { throw ExperimentError.otherImages(source: argument) }
  }
}
