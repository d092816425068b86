// EmbeddingExport.swift
// Exports the activations of a trained model's layers for images as embeddings for TensorBoard's projector.

import ByteStreams
import Datasets
import Embeddings
import Networks
import Parallel
package import ProjectorFiles
package import Runs
import Tensors
import Training

/// Writes projector files from a trained model.
package enum EmbeddingExport {
  /// The embeddings and files of an export.
  package struct Summary: Sendable {
    /// One embedding.
    package struct Layer: Sendable {
      package let name: String
      package let points: Int
      package let dimensions: Int
      /// Nil for too few images, or if measures were not asked for.
      package let quality: LatentQuality?
      /// Nil if there is only one class, or if measures were not asked for.
      package let confusion: ClassConfusion?
    }

    package let layers: [Layer]
    /// The paths of the pictures of the codes; empty if only other layers were written.
    package let pictures: [String]
    /// The files, the configuration last.
    package let files: [String]
  }

  /// The layers, images, layouts and files of an export.
  package struct Options: Sendable {
    /// The names of the layers; if empty, only the bottleneck.
    package var layers: [String] = []
    package var choice = LayerChoice()
    /// If nil, the number of values decides.
    package var format: TensorFormat?
    package var layouts: [EmbeddingLayout] = []
    /// The layout in `embedding.png`; if nil, the first of `layouts` that is no projection, else principal components.
    package var picture: EmbeddingLayout?
    /// Whether a layout in three dimensions is also drawn from all sides, as `embedding.apng`.
    package var turns = false
    /// Whether neighbors, trustworthiness and silhouette are measured.
    package var isMeasured = false
    /// The name of a separate run for the embedding; if nil, the model's own run, or one that is named for other images.
    package var name: String?
    /// The log directory of a separate run; if nil, the one that holds the model's run.
    package var logdir: String?
    /// Number of threads; the results do not depend on it.
    package var threads = 1

    package init() {}
  }

  /// The default number of images in an embedding.
  package static let defaultPoints = 10_000
  /// The numbers of points that TensorBoard's page shows.
  package static let pointCounts = 2...PointSample.shownPoints

  /// Writes the activations of layers for images of a part, equally many of each class, with label, index, reconstruction error
  /// and thumbnail. The images are clean, even if the model was trained to remove noise. Later exports replace all files of
  /// earlier ones. A model's own run takes only codes of its own images; codes of others get a run of their own beside it.
  /// - Parameter progress: the current work, and the fraction of it that is done.
  /// - Throws: `ExportError.imageCount`, `.noLayer`, `.embeddingInTheWay`; `FileError`, `.inUse` while
  ///   the run is being trained; `ProjectorError`.
  package static func write(
    _ model: TrainedModel, _ shown: ShownImages, _ options: Options = Options(), into runDirectory: String,
    progress: (String, Double) -> Void = { _, _ in }
  ) throws -> Summary {
    guard pointCounts.contains(options.choice.points) else {
      throw ExportError.imageCount(got: options.choice.points, want: pointCounts)
    }
    let name = options.name ?? shown.other.map { self.name(of: $0, with: runDirectory) }
    let logdir = options.logdir ?? Directory.parent(of: runDirectory)
    let exported = try name.map { try ExportedRun(logdir: logdir, name: $0) }
    try exported?.check()
    let lock = try exported == nil ? Self.lock(runDirectory) : nil
    defer { lock?.release() }
    let pool = WorkerPool(threads: options.threads)
    var sets: [EmbeddingSet] = []
    var layers: [Summary.Layer] = []
    var picture: @Sendable (_ directory: String) throws -> [String] = { _ in [] }
    for name in options.layers.isEmpty ? [LayerEmbedding.bottleneckName] : options.layers {
      var choice = options.choice
      choice.layer = name
      let embedding = try LayerEmbedding(
        model.autoencoder, isDenoising: model.configuration.isDenoising, shown.images, choice, format: options.format,
        threads: options.threads)
      var set = embedding.set
      if sets.contains(where: { $0.name == set.name }) { continue }
      set.arrange(options.layouts, seed: options.choice.seed, pool: pool, progress: progress)
      sets.append(set)
      if set.name == LayerEmbedding.bottleneckName {
        picture = self.picture(of: embedding, in: set, model, shown, options, pool: pool, progress: progress)
      }
      let quality = options.isMeasured ? LatentQuality(codes: embedding.codes, of: embedding.images, pool: pool) : nil
      layers.append(
        Summary.Layer(
          name: set.name, points: embedding.points, dimensions: embedding.codes.dimensions,
          quality: quality,
          confusion: quality?.votes.map { ClassConfusion($0, classNames: shown.evaluation.classNames) }))
    }
    let files: [String]
    var pictures: [String] = []
    if let exported {
      files = try exported.write(sets, threads: options.threads) { pictures = try picture(exported.path) }
    } else {
      let trajectories = try trajectories(of: model, shown, in: runDirectory, threads: options.threads)
      // One thread draws the picture while the files wait for the device.
      (files, pictures) = try sideBySide(threads: options.threads) { [sets] in
        try EmbeddingSet.write(sets, trajectories: trajectories, to: runDirectory, threads: options.threads)
      } _: { [picture] in
        try picture(runDirectory)
      }
    }
    return Summary(layers: layers, pictures: pictures, files: files)
  }

  /// Chooses the layout of the codes' picture, and computes it unless the set has it.
  /// - Returns: a function that writes the pictures into a run's directory and returns their paths.
  private static func picture(
    of embedding: LayerEmbedding, in set: EmbeddingSet, _ model: TrainedModel, _ shown: ShownImages, _ options: Options,
    pool: WorkerPool, progress: (String, Double) -> Void
  ) -> @Sendable (_ directory: String) throws -> [String] {
    let view = options.picture ?? .pictured(of: options.layouts, turns: options.turns)
    let source = LayoutSource(points: embedding.codes, seed: options.choice.seed)
    let layout = set.computed(view) ?? view.points(source, pool) { progress(view.title, $0) }
    let title = EmbeddingPicture.title(view, of: embedding.codes, shown.split, epoch: model.epoch)
    return { directory in
      try EmbeddingPicture(of: embedding.images, from: shown.evaluation, pool: pool).write(
        view, layout, of: embedding.codes, title: title, to: directory, turns: options.turns, threads: options.threads)
    }
  }

  /// Names the run for codes of another collection. Its fingerprint tells it from others of the same name.
  private static func name(of other: ShownImages.OtherCollection, with runDirectory: String) -> String {
    let run = Directory.lastPart(of: Directory.resolved(runDirectory) ?? runDirectory)
    let source = other.source.name.prefix(60).map { character -> Character in
      let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
      return isPlain ? character : "-"
    }
    return "\(run)-on-\(String(source))-\(other.fingerprint.prefix(6))"
  }

  /// Locks the model's own run.
  private static func lock(_ runDirectory: String) throws -> DirectoryLock {
    try RunDirectory(runDirectory).checkFiles()
    let lock = try DirectoryLock(runDirectory)
    try EmbeddingSet.checkPlace(in: runDirectory)
    EmbeddingSet.removeLeftovers(in: runDirectory)
    return lock
  }

  /// Returns the codes over training, if the run has snapshots.
  private static func trajectories(
    of model: TrainedModel, _ shown: ShownImages, in runDirectory: String, threads: Int
  ) throws -> ProjectorBundle.Embedding? {
    guard let every = model.record?.embed_every else { return nil }
    return try LatentSnapshots(directory: RunDirectory(runDirectory), every: every)
      .trajectories(
        shown.evaluation.test, dimensions: model.autoencoder.bottleneckCount, last: model.epoch, threads: threads
      )
      .embedding
  }
}
