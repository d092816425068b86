// Probe.swift
// Probes measure or draw something after every epoch: their protocol, and the list of all of them.

import Datasets
import Embeddings
package import EventFiles
package import Parallel
import PointMatrices
package import ProjectorExport
package import Runs
import Tensors
package import Training

/// Measures or draws something of the model after each epoch. To add a probe, write its file and name it in `Probes.init`.
package protocol Probe {
  /// Returns the values of a completed epoch.
  /// - Throws: an error that ends the run.
  func measure(_ epoch: CompletedEpoch) throws -> ProbeResult
}

/// The values of one probe after one epoch.
package struct ProbeResult {
  /// Logged in the training's run, beside its curves.
  package var training: [SummaryValue] = []
  /// Logged in the evaluation's run.
  package var evaluation: [SummaryValue] = []
  /// Writes files that must be on the device before the epoch's checkpoint is.
  package var beforeCheckpoint: (@Sendable () throws -> Void)?
  package var warning: RunWarning?
}

/// The model after an epoch, with values that several probes need, computed once.
package final class CompletedEpoch {
  package let report: EpochReport
  package let run: TrainingRun
  /// Whether the epoch is one of the few whose pictures are logged.
  package let isPictured: Bool
  let pool: WorkerPool
  /// The most threads that encode a picture.
  let threads: Int
  private let sample: LatentSample

  init(
    _ report: EpochReport, of run: TrainingRun, isPictured: Bool, sample: LatentSample, pool: WorkerPool, threads: Int
  ) {
    (self.report, self.run, self.isPictured) = (report, run, isPictured)
    (self.sample, self.pool, self.threads) = (sample, pool, threads)
  }

  /// The latent codes of the sample of validation images: [images, dimensions].
  private(set) lazy var codes: PointMatrix = run.autoencoder.codes(of: sample.images)

  /// Measures of these codes; nil for too few images, and for codes that are not finite.
  package private(set) lazy var quality: LatentQuality? = sample.quality(of: codes, pool: pool)
}

/// All probes of a run.
package struct Probes {
  private let all: [any Probe]
  private let sample: LatentSample
  private let pool: WorkerPool
  private let allowance: ThreadAllowance
  private let pictured: Set<Int>
  package let films: FilmProbe
  package let snapshots: SnapshotProbe?

  /// Makes the probes of a run, in the order in which they measure an epoch.
  /// - Parameters:
  ///   - snapshots: writes latent snapshots; nil if none are wanted.
  ///   - lastEpoch: the last epoch of the run, which decides which epochs have pictures.
  ///   - allowance: the number of threads that encode pictures; results do not depend on it.
  package init(
    of run: TrainingRun, in directory: RunDirectory, snapshots: SnapshotProbe?, lastEpoch: Int,
    pool: WorkerPool, allowance: ThreadAllowance
  ) {
    let sample = LatentSample(run.data.validation, pool: pool)
    let films = FilmProbe(run, in: directory)
    (self.sample, self.pool, self.allowance) = (sample, pool, allowance)
    (self.films, self.snapshots) = (films, snapshots)
    pictured = Set(ReconstructionEpochs.choose(last: lastEpoch))
    let probes: [(any Probe)?] = [
      WeightProbe(), ActivationProbe(run.autoencoder, validationImages: run.data.validation.count),
      ReconstructionProbe(run), films, snapshots, LatentProbe(),
      LatentPictureProbe(sample.images, from: run.data.evaluation, pool: pool),
      SampleProbe(run), InterpolationProbe(run), CodePlaneProbe(run.autoencoder),
    ]
    all = probes.compactMap(\.self)
  }

  /// Measures an epoch with all probes.
  package func measure(_ report: EpochReport, of run: TrainingRun) throws -> (
    epoch: CompletedEpoch, results: [ProbeResult]
  ) {
    let epoch = CompletedEpoch(
      report, of: run, isPictured: pictured.contains(report.epoch), sample: sample, pool: pool,
      threads: allowance.now)
    return (epoch, try all.map { try $0.measure(epoch) })
  }

  /// Measures the codes of the model as it is, for a run that ends between epochs.
  package func quality(of run: TrainingRun) -> LatentQuality? {
    sample.quality(of: run.autoencoder.codes(of: sample.images), pool: pool)
  }
}
