// DataSource.swift
// The source of a run's images: drawn digits, or a directory of IDX files.

import ByteStreams

/// The source that `--data` names.
package enum DataSource: Hashable, Sendable {
  /// Handwritten digits drawn by the program itself.
  case digits
  /// A directory with the four IDX files of MNIST or of a collection stored like it.
  case directory(String)

  /// Takes the word `digits`, or a path; "./digits" is a directory of that name.
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

  /// The name of the images: `digits`, or the last part of the path.
  package var name: String {
    switch self {
    case .digits: "digits"
    case .directory(let path): Directory.lastPart(of: path)
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
    case .directory(let path): return try IDXDirectory(path).load(threads: threads)
    }
  }

  /// Reads or draws only the validation and test images, which takes a fraction of the time. Damage behind the last of
  /// them is not noticed.
  /// - Throws: as `load`.
  package func loadEvaluation(seed: UInt64, threads: Int) throws -> EvaluationImages {
    switch self {
    case .digits: DrawnDigits(seed: seed).evaluation(threads: threads)
    case .directory(let path): try IDXDirectory(path).loadEvaluation(threads: threads)
    }
  }
}
