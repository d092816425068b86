// RunWarning.swift
// Warnings of a run: what could not be done although the run continued.

/// One warning; `text` is the line that run.json stores and the terminal shows.
package enum RunWarning: Equatable, Sendable {
  /// The projector cannot show the codes.
  case noEmbedding(reason: String)
  /// The snapshot of an epoch could not be written.
  case noSnapshot(epoch: Int, reason: String)
  /// Epochs that the films lack because their pictures are gone.
  case lostFrames(epochs: [Int])
  /// Epochs that the trajectories lack because their snapshots are gone.
  case lostSnapshots(epochs: [Int])
  /// Updates that were skipped because loss or gradient was not finite.
  case skippedSteps(Int)
  /// The run resumes with other kernels, so the last bits of its numbers differ.
  case otherKernels(begun: String, resumed: String)
  /// A silent process of another machine had locked the run.
  case takenOver(process: Int, host: String, silentSeconds: Int)
  /// run.json was lost or damaged.
  case recordRemade(reason: String)
  /// A checkpoint cannot be read, so an earlier one is used.
  case damagedCheckpoint(reason: String)

  package var text: String {
    switch self {
    case .noEmbedding(let reason): Self.noEmbedding + reason
    case .noSnapshot(let epoch, let reason): "no snapshot of epoch \(epoch): \(reason)"
    case .lostFrames(let epochs):
      "\(Self.lostFrames)epochs \(Self.list(epochs)), whose files in \(RunDirectory.framesName)/ are gone"
    case .lostSnapshots(let epochs): "\(Self.lostSnapshots)epochs \(Self.list(epochs)), which have no snapshot"
    case .skippedSteps(let count): "\(count) \(Self.skippedSteps)"
    case .otherKernels(let begun, let resumed):
      "the run was begun with the kernels \(begun) and resumes with \(resumed): last bits differ"
    case .takenOver(let process, let host, let seconds):
      "process \(process) on \(host) had locked the run and was silent for \(seconds) s; its lock was ignored"
    case .recordRemade(let reason): "run.json was restored from the checkpoint: \(reason)"
    case .damagedCheckpoint(let reason): reason
    }
  }

  /// Whether a stored line is a warning about the end of a run, which a resumed run reports anew.
  package static func isAboutEnd(_ text: String) -> Bool {
    [noEmbedding, lostFrames, lostSnapshots].contains { text.hasPrefix($0) } || text.hasSuffix(skippedSteps)
  }

  private static let noEmbedding = "no embedding: "
  private static let lostFrames = "not in the films: "
  private static let lostSnapshots = "not in the trajectories: "
  private static let skippedSteps = "steps were skipped: loss or gradient was not finite"

  private static func list(_ epochs: [Int]) -> String { epochs.map(String.init).joined(separator: ", ") }
}

extension RunRecord {
  /// Adds a warning unless the record has it already.
  package mutating func warn(_ warning: RunWarning) {
    if !results.warnings.contains(warning.text) { results.warnings.append(warning.text) }
  }
}
