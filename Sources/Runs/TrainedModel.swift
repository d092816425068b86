// TrainedModel.swift
// A trained model, read from a checkpoint, and the images that it encodes and reconstructs.

import ByteStreams
package import Datasets
package import Networks
package import Tensors
package import Training

/// A trained model with the checkpoint and the record that describe it.
package struct TrainedModel {
  package let runDirectory: String
  package let checkpointPath: String
  package let checkpoint: Checkpoint
  /// Nil if run.json is lost or damaged.
  package let record: RunRecord?
  package let autoencoder: Autoencoder

  package var configuration: TrainingConfiguration { checkpoint.configuration }
  /// Number of steps taken.
  package var step: Int { checkpoint.step }
  /// Number of completed epochs.
  package var epoch: Int { checkpoint.epoch }
  package var dataSource: DataSource { checkpoint.data.source }
  package var dataSeed: UInt64 { checkpoint.data.seed }
  /// A digest of all pixels and labels of the data.
  package var dataFingerprint: String { checkpoint.data.fingerprint }
  package var imageShape: ImageShape { checkpoint.data.shape }

  /// Reads a checkpoint: that of `step`; if it is nil the last one, or that of the best epoch of a run with a patience.
  /// - Throws: `RunError.noCheckpoint`, `.otherCheckpoint`, `.badRecordValue`; `CheckpointError`, `FileError`.
  package static func load(runDirectory: String, step: Int? = nil, threads: Int) throws -> TrainedModel {
    let (checkpoint, path, record) = try CheckpointFolder.chosen(ofRun: runDirectory, step: step)
    return TrainedModel(
      runDirectory: runDirectory, checkpointPath: path, checkpoint: checkpoint, record: record,
      autoencoder: try checkpoint.autoencoder(threads: threads, path: path))
  }

  /// Reads or draws the images that the model was trained on, or others of the same shape.
  /// - Parameter source: other images; if nil, the images that the model was trained on.
  /// - Throws: `RunError.otherShape` for images that the model does not take, `.otherImages` if the images of the
  ///   training have changed.
  package func loadData(from source: DataSource? = nil, threads: Int) throws -> DatasetSplits {
    let source = source.map(read)
    let data =
      try source?.load(seed: dataSeed, threads: threads)
      ?? DataSource.recorded { try dataSource.load(seed: dataSeed, threads: threads) }
    try check(data.shape, data.fingerprint, from: source, want: dataFingerprint)
    return data
  }

  /// Returns the images of one part. Reads or draws the training images only if they are needed.
  /// - Parameter source: other images, which are brought to the model's shape; if nil, those that the model was trained on.
  /// - Throws: as `loadData`.
  package func loadImages(_ split: Split, from source: DataSource? = nil, threads: Int) throws -> ShownImages {
    let source = source.map { fitted(read($0)) }
    if split != .training, let want = checkpoint.data.evaluationFingerprint {
      let data =
        try source?.loadEvaluation(seed: dataSeed, threads: threads)
        ?? DataSource.recorded { try dataSource.loadEvaluation(seed: dataSeed, threads: threads) }
      try check(data.shape, data.fingerprint, from: source, want: want)
      if var images = ShownImages(data, split) {
        images.other = data.fingerprint == want ? nil : source.map { .init(source: $0, fingerprint: data.fingerprint) }
        return images
      }
    }
    let data = try loadData(from: source, threads: threads)
    var images = ShownImages(data, split)
    images.other =
      data.fingerprint == dataFingerprint ? nil : source.map { .init(source: $0, fingerprint: data.fingerprint) }
    return images
  }

  /// Reads all images of a collection, in its order, brought to the model's shape; a collection has no parts then.
  /// - Parameter source: any collection; if nil, the one that the model was trained on.
  /// - Returns: the images, and remarks on the files, one line each.
  /// - Throws: `RunError.otherShape` for images that cannot be brought to the shape.
  package func loadWhole(
    from source: DataSource? = nil, threads: Int
  ) throws -> (images: ImageDataset, notes: [String]) {
    let wanted = fitted(source.map(read) ?? dataSource)
    var options = wanted.options
    (options.validation, options.test) = (nil, nil)
    let read = DataSource(argument: wanted.argument, options: options)
    let (images, notes) =
      try source == nil
      ? DataSource.recorded { try read.loadWhole(seed: dataSeed, threads: threads) }
      : read.loadWhole(seed: dataSeed, threads: threads)
    guard images.shape == imageShape else {
      throw RunError.otherShape(source: wanted.argument, got: "\(images.shape)", want: "\(imageShape)")
    }
    return (images, notes)
  }

  /// Returns the source with the options that bring its images to the model's shape, by the rule of the model's own images.
  private func fitted(_ source: DataSource) -> DataSource {
    guard case .files(let path, var options) = source, [1, 3].contains(imageShape.channels) else { return source }
    options.size = [imageShape.height, imageShape.width]
    options.channels = imageShape.channels == 1 ? .gray : .color
    return .files(path, options)
  }

  /// Returns how images are read that a command names without options.
  private func read(_ source: DataSource) -> DataSource {
    guard case .files(let path, let options) = source, options.isEmpty else { return source }
    return .files(path, readingOptions(at: path))
  }

  /// Returns the run's reading options as far as they apply to the images at a path. Other images have no labels of the run, and
  /// rows of numbers have the shape of the run's images.
  package func readingOptions(at path: String) -> ReadingOptions {
    var options = dataSource.options
    if DataSource.files(path).absolute.argument != dataSource.argument {
      (options.labels, options.areInherited) = (nil, true)
      options.imageShape = options.imageShape ?? [imageShape.height, imageShape.width, imageShape.channels]
    }
    return ImageSources.applicable(options, at: path)
  }

  private func check(_ shape: ImageShape, _ fingerprint: String, from source: DataSource?, want: String) throws {
    let argument = (source ?? dataSource).argument
    guard shape == imageShape else {
      throw RunError.otherShape(source: argument, got: "\(shape)", want: "\(imageShape)")
    }
    guard source != nil || fingerprint == want else { throw RunError.otherImages(source: argument) }
  }
}

/// The images that a trained model encodes or reconstructs: one part of a collection, and the parts that orient all its pictures.
package struct ShownImages: Sendable {
  package let split: Split
  package let images: ImageDataset
  package let evaluation: EvaluationImages
  /// The collection, if it differs from the one that the run was trained on.
  package var other: OtherCollection?

  /// A collection that a run was not trained on.
  package struct OtherCollection: Equatable, Sendable {
    package let source: DataSource
    /// Sixteen hexadecimal digits.
    package let fingerprint: String
  }

  package init(_ data: DatasetSplits, _ split: Split = .test) {
    (self.split, images, evaluation) = (split, data[split], data.evaluation)
  }

  /// - Returns: nil for training images, which the evaluation does not have.
  init?(_ evaluation: EvaluationImages, _ split: Split) {
    switch split {
    case .training: return nil
    case .validation: images = evaluation.validation
    case .test: images = evaluation.test
    }
    (self.split, self.evaluation) = (split, evaluation)
  }
}

extension DataSource {
  /// The source with its paths absolute and without symbolic links, if the system can resolve them.
  package var absolute: DataSource {
    guard case .files(let path, var options) = self else { return self }
    options.labels = options.labels.map { Directory.resolved($0) ?? $0 }
    return .files(Directory.resolved(((try? ImageSources.published(path)) ?? nil) ?? path) ?? path, options)
  }

  /// Runs `body`, which reads the images that a run was trained on, and reports missing files as moved images.
  /// - Throws: `RunError.movedImages` if the images are no longer there; else the error of `body`.
  package static func recorded<Images>(_ body: () throws -> Images) throws -> Images {
    do {
      return try body()
    } catch let error as DatasetError {
      switch error {
      case .missingDirectory(let path):
        throw RunError.movedImages(reason: "no directory \(DisplayName.quoted(path))")
      case .notADirectory(let path):
        throw RunError.movedImages(reason: "\(DisplayName.quoted(path)) is not a directory")
      case .missingFile(let directory, let missing, _):
        throw RunError.movedImages(reason: "no \(missing) in \(DisplayName.quoted(directory))")
      case .elsewhere(let directory, _), .noImages(let directory):
        throw RunError.movedImages(reason: "no images in \(DisplayName.quoted(directory))")
      default: throw error
      }
    }
  }
}
