// SnapshotProbe.swift
// Latent snapshots: every few epochs, an embedding of the same test images in a run of its own.

import Datasets
package import Parallel
import ProjectorExport
import ProjectorFiles
package import Runs
import Tensors
package import Training

/// Writes the snapshots of a run.
package struct SnapshotProbe: Probe {
  private let snapshots: LatentSnapshots
  private let lastEpoch: Int

  /// - Parameters:
  ///   - every: epochs between two snapshots.
  ///   - lastEpoch: the epoch that gets a snapshot in any case.
  package init(in directory: RunDirectory, every: Int, lastEpoch: Int) {
    snapshots = LatentSnapshots(directory: directory, every: every)
    self.lastEpoch = lastEpoch
  }

  package func measure(_ epoch: CompletedEpoch) throws -> ProbeResult {
    ProbeResult(warning: try write(epoch.run, epoch: epoch.report.epoch, pool: epoch.pool))
  }

  /// Writes the snapshot of the model as it is, if `epoch` has one.
  /// - Returns: a warning if the projector cannot show the codes.
  package func write(_ run: TrainingRun, epoch: Int, pool: WorkerPool) throws -> RunWarning? {
    guard snapshots.isDue(epoch, last: lastEpoch) else { return nil }
    do {
      try snapshots.write(
        run.autoencoder, isDenoising: run.configuration.isDenoising, run.data.test, epoch: epoch, pool: pool)
      return nil
    } catch let error as ProjectorError {
      return .noSnapshot(epoch: epoch, reason: "\(error)")
    }
  }
}
