// LogReading.swift
// Reads the selected runs and tags of a log directory, once or repeatedly while it grows.

import ByteStreams
import EventFiles
import Runs

/// The selected runs and tags, and the position up to which each run has been read.
struct LogReading {
  private let directory: LogDirectory
  private let runs: [NamePattern]
  private let tags: [NamePattern]
  private var progress: [ExactName: Progress] = [:]
  /// The warnings given so far, so that following does not repeat them.
  private var said: Set<ExactName> = []
  /// The reason of the first failure to read something.
  private(set) var failure: ExitReason?

  /// The position in a run.
  private struct Progress {
    var reader: RunReader
    /// Whether each series is selected.
    var wanted: [Bool] = []
    /// The number of damages reported so far.
    var reported = 0
  }

  init(_ path: String, runs: [String], tags: [String]) {
    directory = LogDirectory(path)
    self.runs = runs.map(NamePattern.init)
    self.tags = tags.map(NamePattern.init)
  }

  /// Throws if the path leads to something other than a directory.
  static func check(_ path: String) throws {
    guard let status = try FileStatus.of(path), status.kind != .directory else { return }
    throw Failure(
      message: "\(DisplayName.quoted(path)) is not a directory; give the directory that holds the runs",
      status: .noInput)
  }

  /// Calls `body` with every selected value logged since the last call, and the name of its run.
  /// - Returns: the number of runs, selected or not, and warnings about files that could not be read.
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
          while choice.count <= value.series { choice.append(wants(value.tag.name)) }
          if !choice[value.series] { return }
          isOfBody = true
          try body(run.name, value)
          isOfBody = false
        }
      } catch let error as FileError where !isOfBody && (progress.count > 0 || found.runs.count > 1) {
        // If one run can't be read, the others still are.
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

  /// Whether a tag is selected, by its name or by the name that it has in another version of aelog.
  private func wants(_ tag: String) -> Bool {
    [tag, LoggedTag.formerName(of: tag), LoggedTag.name(ofFormer: tag)].compactMap(\.self)
      .contains { NamePattern.any(tags, match: $0) }
  }

  /// Returns warnings about directories that were not searched, or are read under another name.
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

/// A pattern for names of runs and tags in which each "*" matches any text.
struct NamePattern: Equatable {
  private let parts: [[UInt8]]

  init(_ pattern: String) {
    parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
  }

  /// - Complexity: O(length of the name × length of the pattern).
  func matches(_ name: String) -> Bool {
    var rest = Array(name.utf8)[...]
    guard let first = parts.first, let last = parts.last else { return rest.isEmpty }
    if parts.count == 1 { return rest.elementsEqual(first) }
    guard rest.starts(with: first) else { return false }
    rest = rest.dropFirst(first.count)
    guard rest.count >= last.count, rest.suffix(last.count).elementsEqual(last) else { return false }
    rest = rest.dropLast(last.count)
    // The leftmost match of each part leaves the most room for the next parts.
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }

  /// Whether any of the patterns matches; an empty list matches every name.
  static func any(_ patterns: [NamePattern], match name: String) -> Bool {
    patterns.isEmpty || patterns.contains { $0.matches(name) }
  }
}
