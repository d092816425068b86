// LoggedLoss.swift
// The validation loss of an earlier epoch, read from a run's log.

import ByteStreams
import EventFiles

/// Losses that a run's record no longer has.
package enum LoggedLoss {
  /// Returns the validation loss that the run in `directory` logged at `step`; nil where its log has none.
  ///
  /// Of several values of one step the last counts, as a resumed run logs its steps again.
  package static func validation(ofRun directory: String, step: Int) -> Double? {
    let path = Directory.join(directory, RunLog.evaluationName)
    guard Directory.exists(path) else { return nil }
    var loss: Double?
    var reader = RunReader(path)
    try? reader.read { value in
      if value.step == Step(step), value.tag == MetricTag.reconstructionLoss.tag { loss = value.number }
    }
    return loss
  }
}
