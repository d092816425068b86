// CrashedRun.swift
// A run whose process died without a word, noted as failed by somebody else.

package import ByteStreams
package import Datasets
import EventFiles
package import Training

/// What others say of a run that can't say it any more.
package enum CrashedRun {
  /// Notes in its record and its log that the run in `directory` has failed. One that has come to an end stays as it is.
  /// - Throws: `ExperimentError.badRecord`; `FileError`, `.inUse` among them while somebody is writing to the run.
  package static func record(_ directory: String, reason: String, comparison: RunComparison = .default) throws {
    var record = try RunRecord.read(from: directory)
    guard record.status == .running else { return }
    for tail in try LogDirectory(directory).verify().tornTails { try tail.repair() }
    for part in [directory, Directory.join(directory, RunLog.evaluationName)] where Directory.exists(part) {
      if part != directory { try Directory.refuseLink(part) }
      for name in try Directory.list(part) where name.beginsWithBytes(of: "events.out.tfevents.") {
        let file = Directory.join(part, name)
        if try FileStatus.of(file)?.size == 0 { try FileContents.remove(file) }
      }
    }
    try FailureNote.remove(from: directory)
    if try !hasBegun(directory) {
      try begin(directory, record.configuration, data: record.data.name, reason: reason, comparison)
    }
    try FailureNote.write(to: directory)
    record.status = .failed
    record.error = reason
    try record.write(to: directory)
  }

  /// Logs in `directory`, where there is no record, that a run of this configuration failed before it began: the dashboards show
  /// that it was wanted.
  /// - Throws: `FileError`, `EventFileError`.
  package static func announce(
    _ configuration: TrainingConfiguration, data: DataSource, reason: String, in directory: String,
    comparison: RunComparison = .default
  ) throws {
    try Directory.create(directory)
    guard try !hasBegun(directory) else { return }
    try begin(directory, configuration, data: data.name, reason: reason, comparison)
    try FailureNote.write(to: directory)
  }

  /// Notes that the run in `directory` was cut off, where its record says that it failed: it may go on then.
  /// - Throws: `ExperimentError.badRecord`, `FileError`.
  package static func forgive(_ directory: String) throws {
    var record = try RunRecord.read(from: directory)
    guard record.status == .failed else { return }
    record.status = .interrupted
    try record.write(to: directory)
  }

  /// What the file system refused, if that is what an error tells.
  package static func refusal(in error: any Error) -> FileError? {
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
    let log = try RunWriter(directory, resumingAt: 1)
    try log.hyperParameterTable(HyperParameterTable(comparison))
    try log.hyperParameters(RunTexts.hyperParameters(configuration, data: data))
    let lines = reason.split(whereSeparator: \.isNewline).map(String.init)
    try log.write(
      [.text(MetricTag.failure.tag, RunTexts.block(lines), description: MetricTag.failure.description)], step: 0)
    try log.close()
  }

  /// Whether the run's log tells of its hyperparameters: an end without a beginning is shown nowhere.
  private static func hasBegun(_ directory: String) throws -> Bool {
    var hasBegun = false
    var reader = RunReader(directory)
    try reader.read { if $0.tag.name == "_hparams_/session_start_info" { hasBegun = true } }
    return hasBegun
  }
}
