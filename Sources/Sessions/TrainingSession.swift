// TrainingSession.swift
// A training run with all its files: how it begins, and how it resumes.

import ByteStreams
package import Datasets
package import Networks
import Parallel
import Probes
import ProjectorExport
package import Runs
import Tensors
import Training

/// A run that is ready to be trained. Its directory exists and is locked.
package final class TrainingSession {
  package let options: TrainingOptions
  package let placement: RunPlacement
  let training: TrainingRun
  let log: RunLog
  var record: RunRecord
  let start = ContinuousClock.now
  /// The speed of the whole run, or since it was resumed.
  var speed = SpeedMeter()
  /// The threads that measure and draw between epochs.
  private(set) lazy var pool = WorkerPool(options.allowance)
  private(set) lazy var probes = Probes(
    of: training, in: directory,
    snapshots: options.embedEvery.map {
      SnapshotProbe(in: directory, every: $0, lastEpoch: options.endAfter ?? options.configuration.epochs)
    },
    lastEpoch: options.configuration.epochs, pool: pool, allowance: options.allowance)
  /// Measures of the validation codes after the last epoch; nil before it, and for too few images.
  var validationQuality: LatentQuality?
  /// Seconds that the run had taken when it was resumed.
  let earlierSeconds: Double

  /// Checks all options, builds the model, and only then makes the run's directory and its files.
  /// - Throws: an error of one line; then no files are left.
  package init(_ options: TrainingOptions, data: DatasetSplits) throws {
    var options = options
    options.data = options.data.absolute
    let name = options.name ?? options.configuration.architecture.name
    try RunPlacement.check(name)
    let training = try Self.begin(options, on: data)
    placement = try RunPlacement.create(logdir: options.logdir, name: name)
    do {
      // The record is written first, so that a run that is interrupted at any moment can be resumed.
      record = RunRecord(options, name: placement.name, run: training)
      record.embed_every = options.embedEvery
      try record.write(to: placement.path)
      log = try RunLog(placement.path, names: Self.names(options))
      try log.begin(options, run: training, guide: RunGuide(of: training))
    } catch {
      placement.remove()
      throw error
    }
    self.options = options
    self.training = training
    earlierSeconds = 0
  }

  /// Resumes a run. Its results equal those of an uninterrupted run.
  /// - Parameter options: `configuration` may differ from the run's only in its epochs and a larger patience; the log directory and name are ignored.
  /// - Throws: an error of one line; then the run is unchanged.
  package init(resuming run: InterruptedRun, _ options: TrainingOptions, data: DatasetSplits) throws {
    try run.check(options.configuration)
    try run.check(data, from: options.data)
    var options = options
    options.data = options.data.absolute
    options.start = try run.start
    let training = try Self.begin(options, on: data)
    if let checkpoint = run.checkpoint {
      try training.restore(checkpoint, path: CheckpointFolder(ofRun: run.path).path(ofStep: checkpoint.step))
    }
    placement = RunPlacement(logdir: Directory.parent(of: run.path), name: Directory.lastPart(of: run.path))
    let takenOver = try run.prepareFiles()
    try LoggedHyperParameters.set(options.configuration, in: run.path)
    try Self.thinPictures(of: run, epochs: options.configuration.epochs, stepsPerEpoch: training.stepsPerEpoch)
    log = try RunLog(run.path, resumingAt: run.checkpoint.map { $0.step + 1 }, names: Self.names(options))
    RunLeftovers.remove(from: run)
    if run.checkpoint == nil {
      try log.begin(options, run: training, guide: RunGuide(of: training))
    }
    record = run.record ?? RunRecord(options, name: placement.name, run: training)
    record.resume(options, at: training.step, run: training)
    options.embedEvery = options.embedEvery ?? record.embed_every ?? LatentSnapshots.every(in: run.directory)
    record.embed_every = options.embedEvery
    record.results.checkpoint = run.checkpoint.map { CheckpointFolder.relativePath(ofStep: $0.step) }
    record.results.warnings += (run.warnings + [takenOver].compactMap(\.self)).map(\.text)
    if let kernels = run.checkpoint?.kernels, kernels != training.autoencoder.kernelsName {
      let warning = RunWarning.otherKernels(begun: kernels, resumed: training.autoencoder.kernelsName)
      record.results.warnings.append(warning.text)
    }
    try record.write(to: run.path)
    self.options = options
    self.training = training
    earlierSeconds = run.record?.results.seconds ?? 0
  }

  /// The names of a new run's tags; those of the other trials in a sweep.
  private static func names(_ options: TrainingOptions) -> TagNames {
    options.comparison == .default ? .current : TagNames(ofTrials: options.logdir)
  }

  /// Builds an untrained model, or one with the weights from which the options start.
  private static func begin(_ options: TrainingOptions, on data: DatasetSplits) throws -> TrainingRun {
    try options.start?.check(options.configuration, images: data.shape)
    let training = try TrainingRun(options.configuration, on: data, threads: options.allowance)
    training.onNonFinite = options.onNonFinite
    try options.start?.begin(training)
    return training
  }

  /// Removes pictures that the log of a run with more epochs would not have.
  private static func thinPictures(of run: InterruptedRun, epochs: Int, stepsPerEpoch: Int) throws {
    guard let checkpoint = run.checkpoint else { return }
    let steps = ReconstructionEpochs.choose(last: epochs).map { $0 * stepsPerEpoch }
    for part in run.directory.loggedDirectories where Directory.exists(part) {
      try LoggedPictures.thin(in: part, keeping: steps, upTo: checkpoint.step)
    }
  }

  /// The run's directory.
  package var runPath: String { placement.path }
  var directory: RunDirectory { RunDirectory(runPath) }
  package var data: DatasetSplits { training.data }
  /// Number of steps taken so far; above 0 before the first one of a resumed run.
  package var step: Int { training.step }
  /// The layers, for the layer table.
  package var layers: [Layer] { training.autoencoder.layers }
  package var weightCount: Int { training.autoencoder.slab.weightCount }
  package var bottleneckCount: Int { training.autoencoder.bottleneckCount }
  package var stepsPerEpoch: Int { training.stepsPerEpoch }
  package var totalSteps: Int { training.totalSteps }
  /// The step after which the run pauses or ends.
  package var stepsNow: Int {
    min(totalSteps, (options.pauseAfter ?? options.endAfter ?? options.configuration.epochs) * stepsPerEpoch)
  }
  /// The kernels in use, for example "avx2+winograd".
  package var kernelsName: String { training.autoencoder.kernelsName }
}
