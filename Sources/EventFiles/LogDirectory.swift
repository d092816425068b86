// LogDirectory.swift
// The directory that TensorBoard is pointed at: begins runs in it, and finds them.

public import ByteStreams

/// A directory of runs, to be shown by `tensorboard --logdir`.
public struct LogDirectory: Sendable {
  /// Where it is.
  public let path: String

  /// A log directory; its first run creates it.
  public init(_ path: String) { self.path = path }

  /// Begins the run `name`, or resumes it.
  /// - Parameters:
  ///   - name: a relative path below the log directory; "/" makes a hierarchy.
  ///   - step: the step at which to resume a run that exists already.
  /// - Throws: as `RunWriter.init`.
  public func run(_ name: String, resumingAt step: Step? = nil) throws -> RunWriter {
    try LogDirectory.check(name)
    return try RunWriter(Directory.join(path, name), resumingAt: step)
  }

  /// Throws unless `name` stays below its directory and TensorBoard can read a directory of that name.
  static func check(_ name: String) throws(EventFileError) {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isSafe = parts.allSatisfy { part in
      let part = String(Substring(part))
      return !part.isEmpty && part != "." && part != ".." && !EventFileName.isEventFile(part)
    }
    guard isSafe, !name.utf8.contains(0) else { throw .badRunName(name) }
  }
}

/// A directory with at least one event file.
public struct LoggedRun: Equatable, Sendable {
  /// TensorBoard's name for it: its path relative to the log directory; "." for the log directory itself.
  public let name: String
  /// Where it is.
  public let path: String
}

/// The runs of a log directory, and the directories that were not read as runs of their own.
package struct FoundRuns: Sendable {
  /// The runs in the order of their names.
  package let runs: [LoggedRun]
  /// Errors of directories and files that could not be read.
  package let failures: [FileError]
  /// Other paths to directories that were read already, and the names under which they were read.
  package let repeats: [(path: String, name: String)]
  /// True if there are more directories than `limit`; the others are not read.
  package let isTruncated: Bool

  /// The largest number of directories that are read.
  package static let limit = LogWalk.limit
}

extension LogDirectory {
  /// Returns the runs in this directory and below it, in the order of their names. It follows links, except to a directory that it
  /// reads anyway.
  /// - Throws: `FileError` if the directory cannot be listed; directories below it that cannot are skipped.
  public func runs() throws(FileError) -> [LoggedRun] { try search().runs }

  /// Returns the runs, and the errors met on the way.
  package func search() throws(FileError) -> FoundRuns {
    let walk = try LogWalk(path)
    return FoundRuns(
      runs: walk.places.filter { !$0.eventFiles.isEmpty }.map { LoggedRun(name: $0.name, path: $0.path) },
      failures: walk.places.flatMap { $0.skipped + $0.failures },
      repeats: walk.places.flatMap(\.repeats), isTruncated: walk.isTruncated)
  }
}

extension LogWalk.Place {
  /// Errors for names that are not UTF-8, and for pipes, devices and directories in the place of an event file. A directory may have
  /// "tfevents" in its name; it counts only if it has the complete name of an event file.
  fileprivate var skipped: [FileError] {
    let directories = misnamedDirectories.filter { EventFileName.seconds(of: $0) != nil }
    let others = specialFiles.map { ($0, "a pipe, a socket or a device") } + directories.map { ($0, "a directory") }
    return otherNames.map { .notUTF8(path: path, name: $0) }
      + others.map { name, got in
        .notAFile(path: Directory.join(path, name), got: got, want: "an event file", operation: .read)
      }
  }
}
