// SweepEvent.swift
// What happens while a sweep runs, wherever its trials do.

/// Something has just happened.
package enum SweepEvent {
  case started(Trial)
  case ended(Trial, TrialState)
  /// Trials were compared.
  case compared(HalvingRecord.Rung)
  /// A job array is in Slurm's queue, with so many trials.
  case submitted(job: Int, trials: Int)
  /// So many trials were in the queue already.
  case found(trials: Int)
  /// Nothing runs, and so many trials wait, for a reason that Slurm names.
  case waiting(trials: Int, reason: String)
  /// Slurm does not answer, or does again.
  case silent(SlurmError?)
}
