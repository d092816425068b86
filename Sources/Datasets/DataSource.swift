// DataSource.swift
// Where a run's images come from.

import ByteStreams

/// What `--data` names.
package enum DataSource: Hashable, Sendable {
  /// Handwritten digits drawn by the program itself.
  case digits
  /// A directory with the four IDX files of MNIST or of a collection stored like it.
  case directory(String)

  /// The word `digits`, or a path. A directory called "digits" is reached as "./digits".
  package init(argument: String) {
    self = argument == "digits" ? .digits : .directory(argument)
  }

  /// The argument that names this source.
  package var argument: String {
    switch self {
    case .digits: "digits"
    case .directory(let path): path
    }
  }

  /// Of the images: the last part of the path.
  package var name: String {
    switch self {
    case .digits: "digits"
    case .directory(let path): Directory.lastPart(of: path)
    }
  }

  /// Reads or draws the images.
  /// - Parameters:
  ///   - seed: chooses the drawn digits; of no account for files.
  ///   - threads: at most so many work at once; the result does not depend on it.
  /// - Throws: `DatasetError`, `FileError` or `ZlibError`, each a clear line.
  package func load(seed: UInt64, threads: Int) throws -> DatasetSplits {
    switch self {
    case .digits:
      try MemoryCheck.require(DrawnDigits(seed: seed).byteCount)
      return DrawnDigits(seed: seed).splits(threads: threads)
    case .directory(let path): return try IDXDirectory(path).load(threads: threads)
    }
  }

  /// Reads or draws the validation and test images alone, which takes a fraction of the time. What is wrong behind the last
  /// image that is wanted is not noticed.
  /// - Throws: as `load`.
  package func loadEvaluation(seed: UInt64, threads: Int) throws -> EvaluationImages {
    switch self {
    case .digits: DrawnDigits(seed: seed).evaluation(threads: threads)
    case .directory(let path): try IDXDirectory(path).loadEvaluation(threads: threads)
    }
  }
}
