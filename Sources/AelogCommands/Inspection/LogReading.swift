// LogReading.swift
// A log directory read once, or again and again while it grows.

import ByteStreams
import EventFiles

/// The runs and tags that a command was asked for, and how far each run has been read.
struct LogReading {
  private let directory: LogDirectory
  private let runs: [NamePattern]
  private let tags: [NamePattern]
  private var progress: [ExactName: Progress] = [:]
  /// What has been said, so that following does not say it again and again.
  private var said: Set<ExactName> = []
  /// Why something was not read, the first time that happened.
  private(set) var failure: ExitReason?

  /// How far a run has been read.
  private struct Progress {
    var reader: RunReader
    /// Whether each series was asked for.
    var wanted: [Bool] = []
    /// Damages that were told.
    var reported = 0
  }

  init(_ path: String, runs: [String], tags: [String]) {
    directory = LogDirectory(path)
    self.runs = runs.map(NamePattern.init)
    self.tags = tags.map(NamePattern.init)
  }

  /// Throws where the path leads to something else than a directory.
  static func check(_ path: String) throws {
    guard let status = try FileStatus.of(path), status.kind != .directory else { return }
    throw Failure(
      message: "\(DisplayName.quoted(path)) is not a directory; give the directory that holds the runs",
      status: .noInput)
  }

  /// Hands every value that has come since the last call to `body`, with the name of its run.
  /// - Returns: how many runs there are, asked for or not, and lines about what could not be read.
  mutating func read(_ body: (String, borrowing LoggedValue) throws -> Void) throws -> (runs: Int, warnings: [String]) {
    let found = try directory.search()
    var warnings = walkWarnings(found).filter { said.insert(ExactName($0)).inserted }
    for run in found.runs where NamePattern.any(runs, match: run.name) {
      let name = ExactName(run.name)
      var state = progress[name] ?? Progress(reader: RunReader(run))
      var choice = state.wanted
      var isOfBody = false
      do {
        try state.reader.read { value in
          while choice.count <= value.series { choice.append(NamePattern.any(tags, match: value.tag.name)) }
          if !choice[value.series] { return }
          isOfBody = true
          try body(run.name, value)
          isOfBody = false
        }
      } catch let error as FileError where !isOfBody && (progress.count > 0 || found.runs.count > 1) {
        // One run that can't be read leaves the others.
        if said.insert(ExactName("\(error)")).inserted { warnings.append("\(error)") }
        failure = failure ?? Failure(error).status
      }
      warnings += state.reader.damages[state.reported...].map { "\(DisplayName.quoted($0.file)): \($0.error)" }
      state.reported = state.reader.damages.count
      state.wanted = choice
      progress[name] = state
    }
    return (found.runs.count, warnings)
  }

  /// What was not looked at, or is looked at under another name.
  private mutating func walkWarnings(_ found: FoundRuns) -> [String] {
    var warnings = found.failures.map { "\($0)" }
    failure = failure ?? found.failures.first.map { Failure($0).status }
    if found.isTruncated {
      warnings.append("there are more than \(Quantity.grouped(FoundRuns.limit)) directories; the others are not read")
      failure = failure ?? .inputOutput
    }
    return warnings
      + found.repeats.map { path, name in
        "\(DisplayName.quoted(path)) is a second path to \(DisplayName.quoted(name)), which is read once"
      }
  }
}
