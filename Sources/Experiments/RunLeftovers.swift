// RunLeftovers.swift
// What processes that were killed have left in a run's directory, beside what the run is made of.

import ByteStreams

/// Temporary files, embeddings that no configuration names, and the lock file of a dead process.
package enum RunLeftovers {
  private static let folders = [CheckpointFolder.name, RunLog.evaluationName, ReconstructionFrames.folder]

  /// Removes what there is, as far as that is possible. Call it while the run is held.
  /// - Parameter isOurs: false for a run that another program may have written: there only names count that no other program gives.
  static func remove(from run: String, isOurs: Bool = true) {
    for name in folders where Directory.isItself(Directory.join(run, name)) {
      AtomicFile.removeLeftovers(in: Directory.join(run, name))
    }
    EmbeddingSet.removeLeftovers(in: run, isOurs: isOurs)
  }

  /// Removes what there is in any program's run, unless somebody holds it. A directory without any stays untouched.
  package static func removeUnheld(from run: String) {
    let hasLock = (try? FileStatus.ofItself(Directory.join(run, DirectoryLock.fileName))) != .some(nil)
    let hasTemporary = folders.contains { !AtomicFile.leftovers(in: Directory.join(run, $0)).isEmpty }
    guard hasLock || hasTemporary || EmbeddingSet.hasLeftovers(in: run) else { return }
    guard let lock = try? DirectoryLock(run) else { return }
    remove(from: run, isOurs: false)
    lock.release()
  }
}
