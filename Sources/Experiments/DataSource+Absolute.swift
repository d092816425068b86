// DataSource+Absolute.swift
// A source that is the same from any working directory.

import Datasets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension DataSource {
  /// The source with its path absolute and without links, where the system knows it.
  var absolute: DataSource {
    guard case .directory(let path) = self, let resolved = realpath(path, nil) else { return self }
    defer { free(resolved) }
    return .directory(String(cString: resolved))
  }
}
