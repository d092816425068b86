// EmbeddingExport.swift
// The codes of images as an embedding for TensorBoard's projector, made again from a checkpoint.

import ByteStreams
package import Datasets
package import ProjectorFiles

/// Writes projector files from a trained model.
package enum EmbeddingExport {
  /// What was written.
  package struct Summary: Hashable, Sendable {
    package let points: Int
    package let dimensions: Int
    /// The files, the configuration last.
    package let files: [String]
  }

  /// Images in an embedding unless told otherwise.
  package static let defaultPoints = 10_000
  /// What TensorBoard's page shows of an embedding.
  package static let pointCounts = 2...100_000

  /// Writes the codes of the first images of a part, with index, label and reconstruction error, and their thumbnails.
  /// Codes and errors are those of clean images, even where the model was trained to remove noise. Writing again leaves
  /// one whole set of files.
  /// - Parameter points: at most as many as the part has.
  /// - Throws: `ExperimentError.imageCount`; `FileError`, `.inUse` while the run is being trained; `ProjectorError`.
  package static func write(
    _ model: TrainedModel, data: DatasetSplits, split: Split = .test, points: Int = defaultPoints,
    format: TensorFormat = .tsv, into runDirectory: String
  ) throws -> Summary {
    guard pointCounts.contains(points) else { throw ExperimentError.imageCount(got: points, want: pointCounts) }
    let lock = try DirectoryLock(runDirectory)
    defer { lock.release() }
    let embedding = try BottleneckEmbedding(model.autoencoder, data[split], points: points)
    let files = try embedding.write(format: format, to: runDirectory)
    return Summary(points: embedding.points, dimensions: embedding.dimensions, files: files)
  }
}
