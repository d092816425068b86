// SlurmError.swift
// What went wrong between a sweep and Slurm, in one line for people.

import ByteStreams

/// Slurm is not there, refuses, or says what can't be understood. Texts are as given, not escaped.
package enum SlurmError: Error, Equatable {
  case missing(program: String)
  /// - Parameter words: the program's own, without its name before each line.
  case refused(program: String, words: String)
  case unreadable(program: String, got: String, want: String)
  /// Slurm does without job arrays.
  case noArrays
  case badOption(name: String, got: String, reason: String)
  /// Tasks of the sweep are in Slurm's queue, and it was to be run otherwise.
  case queued(trials: Int, sweep: String)
  case notSubmitted(sweep: String)
  /// Slurm could not begin the process of trials; `words` is what it says of the first, a task of `job`.
  case notLaunched(trials: Int, job: Int, words: String)
}

extension SlurmError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let program):
      "can't find Slurm's \(program) on PATH; run this where Slurm's commands are, or leave --executor slurm away"
    case .refused(let program, let words): "\(program) refuses: \(words)"
    case .unreadable(let program, let got, let want): "\(program): got \(DisplayName.quoted(got)), want \(want)"
    case .noArrays: "this Slurm runs no job arrays: its MaxArraySize is below 2; run the sweep with --executor local"
    case .badOption(let name, let got, let reason): "--\(name): got \(DisplayName.quoted(got)); \(reason)"
    case .queued(let trials, let sweep):
      "\(trials) of the trials in \(DisplayName.quoted(sweep)) are in Slurm's queue; go on with --executor slurm, or end them "
        + "with --cancel first"
    case .notLaunched(let trials, let job, let words):
      "Slurm could not begin \(trials == 1 ? "1 trial" : "\(trials) trials") (\(words)): see that the nodes have the sweep's "
        + "directory and the program under the same paths, and what scontrol show job \(job) says"
    case .notSubmitted(let sweep): "\(DisplayName.quoted(sweep)) was never given to Slurm; there is nothing to cancel"
    }
  }
}
