// DataSource+Absolute.swift
// A source that is the same from any working directory, and one that a record names.

import ByteStreams
package import Datasets

extension DataSource {
  /// The source with its path absolute and without links, where the system knows it.
  package var absolute: DataSource {
    guard case .directory(let path) = self, let resolved = Directory.resolved(path) else { return self }
    return .directory(resolved)
  }

  /// Runs `body`, which reads images from where a run was trained on them.
  /// - Throws: `ExperimentError.movedImages` if they are no longer there, else what `body` throws.
  package static func recorded<Images>(_ body: () throws -> Images) throws -> Images {
    do {
      return try body()
    } catch let error as DatasetError {
      switch error {
      case .missingDirectory(let path):
        throw ExperimentError.movedImages(reason: "no directory \(DisplayName.quoted(path))")
      case .notADirectory(let path):
        throw ExperimentError.movedImages(reason: "\(DisplayName.quoted(path)) is not a directory")
      case .missingFile(let directory, let missing, _):
        throw ExperimentError.movedImages(reason: "no \(missing) in \(DisplayName.quoted(directory))")
      case .elsewhere(let directory, _), .pictures(let directory, _):
        throw ExperimentError.movedImages(reason: "no IDX files in \(DisplayName.quoted(directory))")
      default: throw error
      }
    }
  }
}
