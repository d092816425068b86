// LogDirectory.swift
// The directory that TensorBoard is pointed at: runs side by side.

import ByteStreams

/// A directory of runs, to be shown by `tensorboard --logdir`.
public struct LogDirectory: Sendable {
  /// Where it is.
  public let path: String

  /// A log directory; it is made with its first run.
  public init(_ path: String) { self.path = path }

  /// Begins the run `name`, or goes on with it.
  /// - Parameters:
  ///   - name: a relative path below the log directory; "/" makes groups.
  ///   - step: where a run that is there already is to be resumed.
  /// - Throws: as `RunWriter.init`.
  public func run(_ name: String, resumingAt step: Step? = nil) throws -> RunWriter {
    try LogDirectory.check(name)
    return try RunWriter(Directory.join(path, name), resumingAt: step)
  }

  /// Throws unless `name` stays below its directory, and TensorBoard can read a directory of that name.
  static func check(_ name: String) throws(EventFileError) {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isSafe = parts.allSatisfy { part in
      let part = String(Substring(part))
      return !part.isEmpty && part != "." && part != ".." && !EventFileName.isMarked(part)
    }
    guard isSafe, !name.utf8.contains(0) else { throw .badRunName(name) }
  }
}
