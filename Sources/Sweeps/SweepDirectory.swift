// SweepDirectory.swift
// A sweep on disk: what was asked for, a run's directory for each trial, and who works on which.

import ByteStreams
import Experiments
import Training

/// The directory `LOGDIR/SWEEP`, which TensorBoard opens as it would any log directory.
package struct SweepDirectory: Sendable {
  /// What was asked for, in every sweep's directory.
  package static let fileName = "sweep.yaml"

  /// What a sweep's directory holds beside its runs.
  static let ownNames: Set = [
    fileName, "results.csv", "results.json", HalvingRecord.fileName, SweepReport.pictureName, SummaryRun.name,
  ]

  package let path: String
  package let specification: SweepSpecification
  package let trials: [Trial]
  /// When trials are compared; nil where every one is trained to its end.
  package let ladder: Ladder?
  let configurations: Configurations

  /// Begins a sweep.
  /// - Throws: `SweepError`, where the specification can't be trained; `FileError.alreadyExists` for a name that is taken.
  package init(making path: String, for specification: SweepSpecification) throws {
    try RunPlacement.check(Directory.lastPart(of: path))
    var specification = specification
    specification.data = specification.data.absolute
    trials = try specification.resolved()
    ladder = try specification.ladder(of: trials)
    configurations = Configurations(trials)
    self.specification = specification
    self.path = path
    try Directory.createNew(path)
    do {
      try WholeFile.replace(Directory.join(path, Self.fileName), bytes: Array(specification.text.utf8))
      try? Directory.sync(Directory.parent(of: path))
    } catch {
      try? Directory.removeEmpty(path)
      throw error
    }
  }

  /// Reads a sweep that was begun.
  /// - Parameter path: its directory, or the file in it.
  /// - Throws: `SweepError`, `FileError`.
  package init(_ path: String) throws {
    let isFile = Directory.lastPart(of: path) == Self.fileName
    self.path = isFile ? Directory.parent(of: path) : path
    specification = try SweepSpecification(path: Directory.join(self.path, Self.fileName))
    trials = try specification.resolved()
    ladder = try specification.ladder(of: trials)
    configurations = Configurations(trials)
  }

  /// Refuses a specification of other trials than the sweep's.
  /// - Throws: `SweepError.otherSpecification` with the first line that differs.
  package func check(_ other: SweepSpecification) throws(SweepError) {
    var other = other
    other.data = other.data.absolute
    let (got, want) = (other.text.split(separator: "\n"), specification.text.split(separator: "\n"))
    guard got != want, try !isSame(other) else { return }
    for place in 0..<max(got.count, want.count) {
      let lines = [got, want].map { place < $0.count ? String($0[place]).trimmingPrefix { $0 == " " } : "nothing" }
      if lines[0] != lines[1] { throw .otherSpecification(got: String(lines[0]), want: String(lines[1])) }
    }
  }

  /// Whether a specification has the same trials, rungs and images: a default that is given is no difference.
  private func isSame(_ other: SweepSpecification) throws(SweepError) -> Bool {
    guard other.data == specification.data, other.dataSeed == specification.dataSeed,
      other.settings.complete == specification.settings.complete
    else { return false }
    let others = try other.resolved()
    let rungs = try other.ladder(of: others)
    return others == trials && rungs == ladder
  }

  /// For what its runs are compared.
  var comparison: RunComparison {
    var comparison = RunComparison(differing: TrialNaming.differing(trials.map(\.configuration)))
    comparison.isByValidation = ladder != nil
    return comparison
  }

  /// The directory of a trial's run.
  package func runPath(_ trial: Trial) -> String { Directory.join(path, trial.name) }

  /// Holds what there is of trials beside their runs.
  var trialsPath: String { Directory.join(path, ".trials") }

  /// The directory that a trial's worker holds, with what it says in it; made when it begins.
  package func workPath(_ trial: Trial) -> String { Directory.join(trialsPath, "\(trial.index)") }

  /// Makes that directory where it is missing.
  /// - Throws: `FileError`, `.link` where a link has its name.
  func makeWorkPath(_ trial: Trial) throws {
    try Directory.create("\(Directory.lastPart(of: trialsPath))/\(trial.index)", inside: path)
  }

  /// Why a trial failed that has no run to say so.
  func failurePath(_ trial: Trial) -> String { Directory.join(workPath(trial), "failure") }
}
