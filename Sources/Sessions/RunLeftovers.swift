// RunLeftovers.swift
// Removes the temporary files that killed processes have left in a run's directory.

import ByteStreams
import ProjectorExport
import Runs

/// Temporary files, embeddings that no configuration names, and the lock file of a dead process.
package enum RunLeftovers {
  /// Removes all leftovers of a run and its snapshots, as far as possible. Call it while the run is locked.
  static func remove(from run: InterruptedRun) {
    for snapshot in run.directory.snapshots where Directory.isDirectoryNotLink(snapshot) {
      EmbeddingSet.removeLeftovers(in: snapshot)
    }
    remove(from: run.path)
  }

  /// - Parameter isOurs: false for a run that another program may have written; then only files are removed whose names no other
  ///   program gives.
  private static func remove(from run: String, isOurs: Bool = true) {
    for name in RunDirectory.folders where Directory.isDirectoryNotLink(Directory.join(run, name)) {
      AtomicFile.removeLeftovers(in: Directory.join(run, name))
    }
    EmbeddingSet.removeLeftovers(in: run, isOurs: isOurs)
  }

  /// Removes the leftovers in a run of any program, unless a process has locked it. A directory without leftovers is not touched.
  package static func removeUnheld(from run: String) {
    let hasLock = (try? FileStatus.of(Directory.join(run, DirectoryLock.fileName), followsLinks: false)) != .some(nil)
    let hasTemporary = RunDirectory.folders.contains { !AtomicFile.leftovers(in: Directory.join(run, $0)).isEmpty }
    guard hasLock || hasTemporary || EmbeddingSet.hasLeftovers(in: run) else { return }
    guard let lock = try? DirectoryLock(run) else { return }
    remove(from: run, isOurs: false)
    lock.release()
  }
}
