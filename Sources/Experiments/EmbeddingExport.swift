// EmbeddingExport.swift
// The codes of images as an embedding for TensorBoard's projector, made again from a checkpoint.

import ByteStreams
package import Datasets
package import ProjectorFiles
import Tensors

/// Writes projector files from a trained model.
package enum EmbeddingExport {
  /// What was written.
  package struct Summary: Sendable {
    package let points: Int
    package let dimensions: Int
    /// Nil for too few images.
    package let quality: CodeQuality?
    /// The files, the configuration last.
    package let files: [String]
  }

  /// Images in an embedding unless told otherwise.
  package static let defaultPoints = 10_000
  /// What TensorBoard's page shows of an embedding.
  package static let pointCounts = 2...100_000

  /// Writes the codes of images of a part, as many of each class, with index, label and reconstruction error, and their thumbnails.
  /// Codes and errors are those of clean images, even where the model was trained to remove noise. Writing again leaves
  /// one whole set of files.
  /// - Parameters:
  ///   - points: at most as many as the part has.
  ///   - seed: chooses and orders the images.
  ///   - layouts: other views of the codes, each an embedding of its own.
  ///   - threads: how many work; the results do not depend on it.
  ///   - progress: what is being done, and the share that is done of it.
  /// - Throws: `ExperimentError.imageCount`; `FileError`, `.inUse` while the run is being trained; `ProjectorError`.
  package static func write(
    _ model: TrainedModel, data: DatasetSplits, split: Split = .test, points: Int = defaultPoints,
    seed: UInt64 = 0, format: TensorFormat = .tsv, layouts: [EmbeddingLayout] = [], into runDirectory: String,
    threads: Int = 1,
    progress: (String, Double) -> Void = { _, _ in }
  ) throws -> Summary {
    guard pointCounts.contains(points) else { throw ExperimentError.imageCount(got: points, want: pointCounts) }
    let lock = try DirectoryLock(runDirectory)
    defer { lock.release() }
    let embedding = try BottleneckEmbedding(model.autoencoder, data[split], points: points, seed: seed)
    let pool = WorkerPool(threads: threads)
    let tables = try layouts.map { layout in
      (layout: layout, table: try layout.table(of: embedding.codes, pool: pool) { progress(layout.rawValue, $0) })
    }
    let files = try embedding.write(format: format, layouts: tables, to: runDirectory)
    return Summary(
      points: embedding.points, dimensions: embedding.dimensions,
      quality: CodeQuality(codes: embedding.codes, of: embedding.images, pool: pool), files: files)
  }
}
