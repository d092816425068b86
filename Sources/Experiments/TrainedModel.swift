// TrainedModel.swift
// A model as a run's checkpoint holds it, and what it was trained on.

package import Datasets
package import Networks
package import Training

/// A trained model, read from a run's directory.
package struct TrainedModel {
  package let runDirectory: String
  package let checkpointPath: String
  package let autoencoder: Autoencoder
  package let configuration: TrainingConfiguration
  package let step: Int
  package let epoch: Int
  package let dataSource: DataSource
  package let dataSeed: UInt64
  /// Changes with any pixel or label of the data.
  package let dataFingerprint: String

  /// Reads a checkpoint: the last one, or that of a step.
  /// - Throws: `ExperimentError.noCheckpoint`, `CheckpointError`, `FileError`.
  package static func load(runDirectory: String, step: Int? = nil, threads: Int) throws -> TrainedModel {
    throw ExperimentError.noCheckpoint(directory: runDirectory, step: step)
  }

  /// Reads or draws the images that the model was trained on.
  /// - Parameter source: where they are now, if no longer where they were.
  /// - Throws: `ExperimentError.otherImages` where they have another shape or other pixels.
  package func loadData(from source: DataSource? = nil, threads: Int) throws -> DatasetSplits {
    try (source ?? dataSource).load(seed: dataSeed, threads: threads)
  }
}
