// LogDirectory+Runs.swift
// The runs that TensorBoard would find.

public import ByteStreams

/// A directory with at least one event file.
public struct LoggedRun: Equatable, Sendable {
  /// Its path relative to the log directory, which is TensorBoard's name for it; "." for the log directory itself.
  public let name: String
  /// Where it is.
  public let path: String
}

extension LogDirectory {
  /// The runs in this directory and in those below it, in the order of their names. Links are followed, except back to a
  /// directory above.
  /// - Throws: `FileError` where the directory can't be listed; those below it that can't are passed over.
  public func runs() throws(FileError) -> [LoggedRun] {
    try LogWalk(path).places.filter { !$0.eventFiles.isEmpty }.map { LoggedRun(name: $0.name, path: $0.path) }
  }
}
