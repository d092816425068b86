// TemporaryDirectory.swift
// A new directory for one test, gone afterwards.

import Foundation

/// Runs `body` with the path of a new, empty directory, and removes it with all it holds afterwards.
package func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let directory = try TemporaryDirectory()
  return try withExtendedLifetime(directory) { try body(directory.path) }
}

/// A new, empty directory that is removed with all it holds when the last reference goes.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    let name = "aelog-test-\(UUID().uuidString)"
    path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` in the directory.
  package func file(_ name: String) -> String { "\(path)/\(name)" }
}
