// DataSource.swift
// The source of a run's images: drawn digits, or a collection at a path.

import ByteStreams

/// The source that `--data` names, and how it is read.
package enum DataSource: Hashable, Sendable {
  /// Handwritten digits drawn by the program itself.
  case digits
  /// A collection of any kind that `ImageSources` knows.
  case files(String, ReadingOptions = ReadingOptions())

  /// Takes the word `digits`, or a path; "./digits" is a path of that name.
  package init(argument: String, options: ReadingOptions = ReadingOptions()) {
    self = argument == "digits" ? .digits : .files(argument, options)
  }

  /// The argument that names this source.
  package var argument: String {
    switch self {
    case .digits: "digits"
    case .files(let path, _): path
    }
  }

  package var options: ReadingOptions {
    switch self {
    case .digits: ReadingOptions()
    case .files(_, let options): options
    }
  }

  /// Returns this source, read as another one is if it has no options of its own: by those of the other's options that apply.
  package func readLike(_ other: DataSource) -> DataSource {
    guard options.isEmpty, case .files(let path, _) = self else { return self }
    return .files(path, ImageSources.applicable(other.options, at: path))
  }

  /// The name of the images: `digits`, or the last part of the path.
  package var name: String {
    switch self {
    case .digits: "digits"
    case .files(let path, _): Directory.lastPart(of: path)
    }
  }

  /// Reads or draws the images.
  /// - Parameters:
  ///   - seed: chooses the drawn digits; ignored for files.
  ///   - threads: the most threads at work; the result does not depend on it.
  /// - Throws: `DatasetError`, `FileError` or `ZlibError`.
  package func load(seed: UInt64, threads: Int) throws -> DatasetSplits {
    switch self {
    case .digits:
      try MemoryCheck.require(DrawnDigits(seed: seed).byteCount)
      return DrawnDigits(seed: seed).splits(threads: threads)
    case .files(let path, let options):
      return try ImageSources.open(path, options).load(threads: threads)
    }
  }

  /// Reads or draws all images as one dataset, in the order of the collection.
  /// - Returns: the images, and remarks on the files, one line each.
  /// - Throws: as `load`.
  package func loadWhole(seed: UInt64, threads: Int) throws -> (images: ImageDataset, notes: [String]) {
    switch self {
    case .digits:
      let splits = try load(seed: seed, threads: threads)
      return (.joined([splits.validation, splits.training, splits.test]), [])
    case .files(let path, let options): return try ImageSources.open(path, options).loadWhole(threads: threads)
    }
  }

  /// Reads or draws only the validation and test images, which takes a fraction of the time. Damage behind the last of
  /// them is not noticed.
  /// - Throws: as `load`.
  package func loadEvaluation(seed: UInt64, threads: Int) throws -> EvaluationImages {
    switch self {
    case .digits: DrawnDigits(seed: seed).evaluation(threads: threads)
    case .files(let path, let options): try ImageSources.open(path, options).loadEvaluation(threads: threads)
    }
  }
}
