// LogDirectory.swift
// The directory that TensorBoard is pointed at: begins runs in it, and finds them.

public import ByteStreams

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

/// A directory with at least one event file.
public struct LoggedRun: Equatable, Sendable {
  /// Its path relative to the log directory, which is TensorBoard's name for it; "." for the log directory itself.
  public let name: String
  /// Where it is.
  public let path: String
}

/// The runs of a log directory, and what else was found on the way.
package struct FoundRuns: Sendable {
  /// In the order of their names.
  package let runs: [LoggedRun]
  /// Why directories, or what is in them, could not be looked at.
  package let failures: [FileError]
  /// Other paths to directories, and the names under which these are read.
  package let repeats: [(path: String, name: String)]
  /// Whether there are more directories than `limit`, the most that are looked at.
  package let isCut: Bool

  package static let limit = LogWalk.limit
}

extension LogDirectory {
  /// The runs in this directory and in those below it, in the order of their names. Links are followed, except to a directory that
  /// is looked at anyway.
  /// - Throws: `FileError` where the directory can't be listed; those below it that can't are passed over.
  public func runs() throws(FileError) -> [LoggedRun] { try search().runs }

  /// As `runs`, with what could not be looked at.
  package func search() throws(FileError) -> FoundRuns {
    let walk = try LogWalk(path)
    return FoundRuns(
      runs: walk.places.filter { !$0.eventFiles.isEmpty }.map { LoggedRun(name: $0.name, path: $0.path) },
      failures: walk.places.flatMap { $0.skipped + $0.failures },
      repeats: walk.places.flatMap(\.repeats), isCut: walk.isCut)
  }
}

extension LogWalk.Place {
  /// Names that no path leads to, and what stands in the place of an event file. A directory may have "tfevents" in its name: only
  /// one that has the whole name of a file is meant for one.
  fileprivate var skipped: [FileError] {
    let directories = impostors.filter { EventFileName.seconds(of: $0) != nil }
    let others = pipes.map { ($0, "a pipe, a socket or a device") } + directories.map { ($0, "a directory") }
    return otherNames.map { .notUTF8(path: path, name: $0) }
      + others.map { name, got in
        .notAFile(path: Directory.join(path, name), got: got, want: "an event file", operation: .read)
      }
  }
}
