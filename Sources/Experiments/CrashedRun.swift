// CrashedRun.swift
// A run whose process died without a word, noted as failed by somebody else.

import ByteStreams
import EventFiles

/// What others say of a run that can't say it any more.
package enum CrashedRun {
  /// Notes in its record and its log that the run in `directory` has failed. One that has come to an end stays as it is.
  /// - Throws: `ExperimentError.badRecord`; `FileError`, `.inUse` among them while somebody is writing to the run.
  package static func record(_ directory: String, reason: String) throws {
    var record = try RunRecord.read(from: directory)
    guard record.status == .running else { return }
    for tail in try LogDirectory(directory).verify().tornTails { try tail.repair() }
    for part in [directory, Directory.join(directory, RunLog.evaluationName)] where Directory.exists(part) {
      for name in try Directory.list(part) where name.hasPrefix("events.out.tfevents.") {
        let file = Directory.join(part, name)
        if try FileStatus.of(file)?.size == 0 { try FileContents.remove(file) }
      }
    }
    if try hasBegun(directory) {
      // No step is taken back: what was logged after the last checkpoint stays to be seen.
      let log = try RunWriter(directory, resumingAt: Step(Int64.max))
      try log.ended(.failure)
      try log.sync()
      try log.close()
    }
    record.status = .failed
    record.error = reason
    try record.write(to: directory)
  }

  /// Whether the run's log tells of its hyperparameters: an end without a beginning is shown nowhere.
  private static func hasBegun(_ directory: String) throws -> Bool {
    var hasBegun = false
    var reader = RunReader(directory)
    try reader.read { if $0.tag.name == "_hparams_/session_start_info" { hasBegun = true } }
    return hasBegun
  }
}
