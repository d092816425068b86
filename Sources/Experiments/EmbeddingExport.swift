// EmbeddingExport.swift
// The codes of images as an embedding for TensorBoard's projector.

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

  /// Writes the codes of the first images of a part, with index, label and reconstruction error, and their thumbnails.
  /// Writing again leaves one whole set of files.
  /// - Parameter points: at most as many as the part has.
  package static func write(
    _ model: TrainedModel, data: DatasetSplits, split: Split = .test, points: Int = defaultPoints,
    format: TensorFormat = .tsv, into runDirectory: String
  ) throws -> Summary {
    throw ExperimentError.noImages(got: points)
  }
}
