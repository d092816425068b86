// DataSource+Absolute.swift
// A source that is the same from any working directory.

import ByteStreams
package import Datasets

extension DataSource {
  /// The source with its path absolute and without links, where the system knows it.
  package var absolute: DataSource {
    guard case .directory(let path) = self, let resolved = Directory.resolved(path) else { return self }
    return .directory(resolved)
  }
}
