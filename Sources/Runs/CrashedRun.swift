// CrashedRun.swift
// Marks a run as failed after its process died and could not do so itself.

package import ByteStreams
package import Datasets
import EventFiles
package import Training

/// Changes the record and the log of a run whose process is gone.
package enum CrashedRun {
  /// Marks the run in `directory` as failed in its record and its log. A run that has ended is not changed.
  /// - Throws: `RunError.badRecord`; `FileError`, `.inUse` among them while a process writes to the run.
  package static func markFailed(_ directory: String, reason: String, comparison: RunComparison = .default) throws {
    var record = try RunRecord.read(from: directory)
    guard record.status == .running else { return }
    for tail in try LogDirectory(directory).verify().tornTails { try tail.repair() }
    for part in RunDirectory(directory).loggedDirectories where Directory.exists(part) {
      if part != directory { try Directory.refuseLink(part) }
      for name in try RunDirectory.eventFiles(in: part) {
        let file = Directory.join(part, name)
        if try FileStatus.of(file)?.size == 0 { try FileContents.remove(file) }
      }
    }
    try FailureMarker.remove(from: directory)
    if try !hasBegun(directory) {
      try begin(directory, record.configuration, data: record.data.name, reason: reason, comparison)
    }
    try FailureMarker.write(to: directory)
    record.status = .failed
    record.error = reason
    try record.write(to: directory)
  }

  /// Logs that a run of this configuration failed before it began, so that the dashboards show it; `directory` has no record.
  /// - Throws: `FileError`, `EventFileError`.
  package static func logFailedStart(
    _ configuration: TrainingConfiguration, data: DataSource, reason: String, in directory: String,
    comparison: RunComparison = .default
  ) throws {
    try Directory.create(directory)
    guard try !hasBegun(directory) else { return }
    try begin(directory, configuration, data: data.name, reason: reason, comparison)
    try FailureMarker.write(to: directory)
  }

  /// Changes the record of a failed run to interrupted, so that it can be resumed.
  /// - Throws: `RunError.badRecord`, `FileError`.
  package static func allowResuming(_ directory: String) throws {
    var record = try RunRecord.read(from: directory)
    guard record.status == .failed else { return }
    record.status = .interrupted
    try record.write(to: directory)
  }

  /// Returns the error of the file system that caused an error, if any.
  package static func fileError(in error: any Error) -> FileError? {
    switch error {
    case let error as FileError: error
    case EventFileError.recordsLost(_, let cause), EventFileError.damaged(_, let cause): cause
    default: nil
    }
  }

  private static func begin(
    _ directory: String, _ configuration: TrainingConfiguration, data: String, reason: String,
    _ comparison: RunComparison
  ) throws {
    let names = comparison == .default ? .current : TagNames(ofTrials: Directory.parent(of: directory))
    let log = try RunWriter(directory, resumingAt: 1)
    try log.hyperParameterTable(HyperParameterTable(comparison, names: names))
    try log.hyperParameters(RunHyperParameters.values(of: configuration, data: data))
    let lines = reason.split(whereSeparator: \.isNewline).map(String.init)
    try log.write([MetricTag.failure.code(lines)], step: 0)
    try log.close()
  }

  /// Whether the run's log holds its hyperparameters. TensorBoard does not show an end without a beginning.
  private static func hasBegun(_ directory: String) throws -> Bool {
    var hasBegun = false
    var reader = RunReader(directory)
    try reader.read { if $0.tag.name == SessionTag.start { hasBegun = true } }
    return hasBegun
  }
}

/// Marks a run as failed in a separate event file, which is deleted when the run resumes.
///
/// TensorBoard takes the first end that a run's files hold, so a failure must be gone before the run ends otherwise.
package enum FailureMarker {
  /// The most bytes of a file that holds only the marker.
  private static let sizeLimit = 4096

  /// Logs that the run in `directory` has failed. Steps logged after the last checkpoint stay visible.
  /// - Throws: `FileError`, `.inUse` among them while a process writes to the run.
  package static func write(to directory: String) throws {
    let log = try RunWriter(directory, resumingAt: Step(Int64.max))
    try log.ended(.failure)
    try log.sync()
    try log.close()
  }

  /// Removes the markers of `directory`. Call it while no process writes to the run.
  /// - Throws: `FileError`.
  package static func remove(from directory: String) throws {
    for name in try RunDirectory.eventFiles(in: directory) {
      let file = Directory.join(directory, name)
      guard let status = try FileStatus.of(file), status.kind == .regular, status.size <= sizeLimit else { continue }
      var tags: [String] = []
      var reader = RunReader(directory)
      try reader.read(file: name) { tags.append($0.tag.name) }
      if tags == [SessionTag.end], reader.damages.isEmpty { try FileContents.remove(file) }
    }
  }
}

/// The tags under which TensorBoard's HParams plugin stores the beginning and the end of a run.
private enum SessionTag {
  static let start = "_hparams_/session_start_info"
  static let end = "_hparams_/session_end_info"
}
