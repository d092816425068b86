// LogReading.swift
// A log directory read once, or again and again while it grows.

import ByteStreams
import EventFiles

/// The runs and tags that a command was asked for, and how far each run has been read.
struct LogReading {
  private let directory: LogDirectory
  private let runs: [NamePattern]
  private let tags: [NamePattern]
  private var readers: [String: RunReader] = [:]
  /// Whether each series of a run was asked for.
  private var wanted: [String: [Bool]] = [:]
  private var reported: [String: Int] = [:]
  /// What has been said, so that following does not say it again and again.
  private var said: Set<String> = []
  /// Why something was not read, the first time that happened.
  private(set) var failure: ExitReason?

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
    var warnings = walkWarnings(found).filter { said.insert($0).inserted }
    for run in found.runs where NamePattern.any(runs, match: run.name) {
      var reader = readers[run.name] ?? RunReader(run)
      var choice = wanted[run.name] ?? []
      var isOfBody = false
      do {
        try reader.read { value in
          while choice.count <= value.series { choice.append(NamePattern.any(tags, match: value.tag.name)) }
          if !choice[value.series] { return }
          isOfBody = true
          try body(run.name, value)
          isOfBody = false
        }
      } catch let error as FileError where !isOfBody && (readers.count > 0 || found.runs.count > 1) {
        // One run that can't be read leaves the others.
        if said.insert("\(error)").inserted { warnings.append("\(error)") }
        failure = failure ?? Failure(error).status
      }
      let known = reported[run.name] ?? 0
      warnings += reader.damages[known...].map { "\(DisplayName.quoted($0.file)): \($0.error)" }
      reported[run.name] = reader.damages.count
      readers[run.name] = reader
      wanted[run.name] = choice
    }
    return (found.runs.count, warnings)
  }

  /// What was not looked at, or is looked at under another name.
  private mutating func walkWarnings(_ found: FoundRuns) -> [String] {
    var warnings = found.failures.map { "\($0)" }
    failure = failure ?? found.failures.first.map { Failure($0).status }
    if found.isCut {
      warnings.append("there are more than \(Quantity.grouped(FoundRuns.limit)) directories; the others are not read")
      failure = failure ?? .inputOutput
    }
    return warnings
      + found.repeats.map { path, name in
        "\(DisplayName.quoted(path)) is a second path to \(DisplayName.quoted(name)), which is read once"
      }
  }
}
